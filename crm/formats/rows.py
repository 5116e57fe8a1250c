"""What every reader of files hands over. An empty value says nothing; it never says "none"."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Dimension = Literal["country", "language", "age", "gender", "interest"]


@dataclass(frozen=True)
class AudienceShare:
    """A trait of an audience. `share` is 0–1; None says "this is the main one, its size unknown"."""

    dimension: Dimension
    key: str  # spelled as crm.formats.audience says, so that two sources speak of the same country or age
    share: float | None = None


@dataclass(frozen=True)
class AccountReading:
    """What one source says of one presence on one platform."""

    platform: str  # one of crm.handles.PLATFORMS
    handle: str  # clean, without "@"
    url: str = ""
    platform_id: str = ""
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    avg_engagements: float | None = None  # likes and comments (and what else the source counts) per post
    avg_likes: float | None = None
    avg_comments: float | None = None
    avg_shares: float | None = None
    avg_views: float | None = None
    engagement_rate: float | None = None  # 0–1
    credible_share: float | None = None  # 0–1: the part of the followers that the source holds to be real people
    observed_at: datetime | date | None = None  # an instant with its zone, or a day
    audience: tuple[AudienceShare, ...] = ()
    past: tuple["FiguresReading", ...] = ()  # what the source tells of earlier days
    published: tuple["PostReading", ...] = ()  # its posts; `posts` above counts them
    days: tuple["DayReading", ...] = ()


@dataclass(frozen=True)
class FiguresReading:
    """The figures of an account at an earlier time. `is_estimate`: the source models them and did not count."""

    observed_at: datetime | date
    followers: int | None = None
    following: int | None = None
    posts: int | None = None
    avg_engagements: float | None = None
    avg_likes: float | None = None
    avg_comments: float | None = None
    avg_shares: float | None = None
    avg_views: float | None = None
    engagement_rate: float | None = None  # 0–1
    is_estimate: bool = False


@dataclass(frozen=True)
class DayReading:
    """What happened on an account on one day, as its owner's statistics count it."""

    day: date
    views: int | None = None  # impressions, where the platform says so
    engagements: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    follows: int | None = None
    unfollows: int | None = None
    followers: int | None = None  # in all, at the end of the day


@dataclass(frozen=True)
class PostReading:
    """What one source says of one post. None or blank says nothing, also of `is_advert`: "not declared" is False."""

    platform_id: str  # the platform's own name for the post; never blank
    published_at: datetime
    format: str = ""  # one of crm.models.Post.Format
    text: str = ""
    hashtags: tuple[str, ...] = ()  # without "#"
    language: str = ""  # lower-case primary tag
    url: str = ""  # http or https
    is_advert: bool | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    views: int | None = None
    saves: int | None = None
    reach: int | None = None  # people, where views count showings
    duration_seconds: int | None = None
    observed_at: datetime | None = None


@dataclass(frozen=True)
class InfluencerRow:
    """A person, a brand or an agency as one row tells. At least one of external_id, name, email, account is there."""

    line: int
    external_id: str = ""
    name: str = ""
    kind: str = ""  # person, brand, agency
    email: str = ""  # may be written to as it stands; compare by crm.handles.canonical_email
    email_kind: str = ""  # professional, personal
    email_source: str = ""
    basis: str = ""  # consent, legitimate_interest, contract
    languages: tuple[str, ...] = ()  # lower-case primary tags, the main one first
    country: str = ""  # ISO 3166 alpha-2
    city: str = ""
    timezone: str = ""  # IANA name
    bio: str = ""
    topics: tuple[str, ...] = ()  # topic slugs and free words, as the source wrote them
    hashtags: tuple[str, ...] = ()  # without "#"
    notes: str = ""
    accounts: tuple[AccountReading, ...] = ()  # no two of one platform and handle
    raw: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GoalReading:
    """A wanted number of actions, or a wanted sum in minor units of a currency: one of the two."""

    kind: str  # donation, sign_up, signature, attendance, volunteer_hours, other
    quantity: int | None = None
    amount_minor: int | None = None
    currency: str = ""  # ISO 4217
    due_date: date | None = None


@dataclass(frozen=True)
class CauseRow:
    line: int
    slug: str
    name: str = ""
    description: str = ""
    topics: tuple[str, ...] = ()  # lower-case topic slugs; whether they exist is for the service to say
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    audience: tuple[AudienceShare, ...] = ()
    goals: tuple[GoalReading, ...] = ()
    conflicts: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    website: str = ""
    values: tuple[str, ...] = ()
    tone: str = ""
    transparency: str = ""  # what becomes of the money; a fact, so it needs transparency_source
    transparency_source: str = ""
    asks_approval: bool | None = None  # None: says nothing of it
    link_hosts: tuple[str, ...] = ()  # that tracked links may lead to


@dataclass(frozen=True)
class RowError:
    """Why a cell (with an empty column: a row) was not taken. Params hold no cell content: they may end in a log."""

    line: int
    column: str  # as the file names it
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Parsed:
    """The verdict on one row: either `row`, or at least one error.

    `notes` tell what a person should know of an accepted row: a cell that was set aside (`…_ignored`), or that the file
    said the same before (`row_repeated`). `raw` is the row as the file has it, safe to store: what cannot be stored
    in a text column stands as U+FFFD. `title` is what the row calls itself; `names`, how the file calls our
    columns.
    """

    line: int
    row: InfluencerRow | CauseRow | None = None
    errors: tuple[RowError, ...] = ()
    notes: tuple[RowError, ...] = ()
    title: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    raw: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """A file being read. `rows` reads as it is walked and may raise DomainError; keep the stream open until its end."""

    format: str
    unknown_columns: tuple[str, ...]
    rows: Iterator[Parsed]
    header: tuple[str, ...] = ()  # of a table, as the file has it
    needs_owner: bool = False  # the file does not say whose account it is about: handles in it may be blank
