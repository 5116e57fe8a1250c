"""Influencers.club's enriched creator: {"credits_cost": 1, "result": {"email": …, "instagram": {…}, "youtube": {…}}}.

One person with a block for each platform; the blocks beside the one asked for may hold little but a name. Each has its
own names for figures, Twitch in camelCase. "engagement_percent" is a percentage, while shares of audiences are 0–1.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from crm.formats.cells import clean_word
from crm.formats.countries import country_code
from crm.formats.documents import Documents
from crm.formats.languages import language_tag
from crm.formats.reports.audiences import AUDIENCES, CREDIBILITY, DIMENSIONS, read_credible_share, read_first_audience
from crm.formats.reports.creators import read_email, read_handle, read_hashtags, read_link, read_words
from crm.formats.reports.values import Report, read_reports
from crm.formats.reports.values import unknown_keys as unread_keys
from crm.formats.rows import AccountReading, AudienceShare, InfluencerRow, Parsed
from crm.handles import fold


@dataclass(frozen=True)
class _Block:
    """How the block of one platform calls things; of several names the first that is there counts."""

    platform: str
    handle: tuple[str, ...] = ("username",)
    id: str = "user_id"
    name: str = "full_name"
    bio: str = "biography"
    followers: str = "follower_count"
    following: str = "following_count"
    posts: str = ""
    likes: str = "avg_likes"
    comments: str = ""
    views: str = "avg_views"
    has_audience: bool = False

    @property
    def keys(self) -> frozenset[str]:
        figures = (self.followers, self.following, self.posts, self.likes, self.comments, self.views)
        said = (*self.handle, self.id, self.name, self.bio, *figures)
        words = ("engagement_percent", "country", "niche_class", "niche_sub_class", "hashtags")
        return frozenset(filter(None, (*said, *words)))


_BLOCKS = {
    "instagram": _Block(
        "instagram",
        id="userid",
        posts="media_count",
        comments="avg_comments",
        views="reels.avg_view_count",
        has_audience=True,
    ),
    "youtube": _Block(
        "youtube",
        handle=("custom_url", "id"),
        id="id",
        name="title",
        bio="description",
        followers="subscriber_count",
        following="",
        posts="video_count",
        comments="avg_comments",
        has_audience=True,
    ),
    "tiktok": _Block(
        "tiktok", posts="video_count", comments="comment_count_avg", views="play_count_avg", has_audience=True
    ),
    "twitter": _Block("x", id="userid", posts="tweets_count", comments="avg_reply"),
    "twitch": _Block(
        "twitch", name="displayName", bio="description", followers="total_followers", following="", likes=""
    ),
    "linkedin": _Block("linkedin", following="", views=""),
}
# Whatever else the vendor may write here ("verified", "harvested") does not say whose mailbox it is.
_EMAIL_KINDS = {
    "business": "professional",
    "professional": "professional",
    "work": "professional",
    "personal": "personal",
    "private": "personal",
}
_PERSON = ("email", "email_type", "first_name", "speaking_language", "ai_niches")
_SUCCESS = (*(f"{place}.{key}" for place in AUDIENCES for key in ("success", "error")),)
_GROUPS = (*(f"{place}.data.{key}" for place in AUDIENCES for key in (*DIMENSIONS, "audience_geo")),)
_AUDIENCE_KEYS = tuple(f"{prefix}{key}" for prefix in ("", "audience.") for key in (*_SUCCESS, *_GROUPS, CREDIBILITY))
_KNOWN = frozenset(
    {
        *("credits_cost", "error"),
        *(f"result.{key}" for key in _PERSON),
        *(f"result.{name}.{key}" for name, block in _BLOCKS.items() for key in block.keys),
        *(f"result.{name}.{key}" for name, block in _BLOCKS.items() if block.has_audience for key in _AUDIENCE_KEYS),
    }
)


def matches(documents: Documents) -> bool:
    return any(map(_is_result, documents.head))


def read(documents: Documents, filename: str) -> Iterator[Parsed]:
    return read_reports(documents, lambda body: _is_result(body) or _is_error(body), _verdict)


def unknown_keys(documents: Documents) -> tuple[str, ...]:
    return unread_keys(documents, _KNOWN)


def _is_result(body: object) -> bool:
    result = body.get("result") if isinstance(body, dict) else None
    return isinstance(result, dict) and any(isinstance(result.get(name), dict) for name in _BLOCKS)


def _is_error(body: object) -> bool:
    return isinstance(body, dict) and bool(body.get("error"))


@dataclass
class _Person:
    """What the blocks say of who they belong to; where several do, the first that says anything."""

    name: str = ""
    bio: str = ""
    country: str = ""
    topics: dict[str, None] = field(default_factory=dict)
    hashtags: dict[str, None] = field(default_factory=dict)


def _verdict(report: Report) -> Parsed:
    if not report.has("result"):
        report.fail("error", "report_failed")
        return report.verdict(InfluencerRow(report.line))
    person = _Person()
    accounts = tuple(_accounts(report, person))
    if not accounts and report.is_sound:
        report.fail("result", "handle_missing", platform="")
    language = report.read("result.speaking_language", language_tag, ignore=True)
    email = read_email(report, ["result.email"])
    kind = report.read("result.email_type", clean_word, ignore=True) or ""
    first_name = report.text("result.first_name", limit=200)
    return report.verdict(
        InfluencerRow(
            line=report.line,
            name=person.name or first_name or next((account.handle for account in accounts), ""),
            email=email,
            email_kind=_EMAIL_KINDS.get(fold(kind), "") if email else "",
            languages=(language,) if language else (),
            country=person.country,
            bio=person.bio,
            topics=tuple(dict.fromkeys((*person.topics, *read_words(report, "result.ai_niches")))),
            hashtags=tuple(person.hashtags),
            accounts=accounts,
            raw=report.raw,
        )
    )


def _accounts(report: Report, person: _Person) -> Iterator[AccountReading]:
    """Of several blocks one without a usable handle is noted; where none has one, the report is refused."""
    handles = {name: [f"result.{name}.{key}" for key in block.handle] for name, block in _BLOCKS.items()}
    named = [name for name, paths in handles.items() if any(map(report.has, paths))]  # a block of nulls points nowhere
    for name in named:
        block = _BLOCKS[name]
        handle = read_handle(report, block.platform, *handles[name], ignore=len(named) > 1)
        if handle:
            _tell(report, f"result.{name}", block, person)
            yield _account(report, f"result.{name}", block, handle)


def _tell(report: Report, prefix: str, block: _Block, person: _Person) -> None:
    if not person.name and (name := report.text(f"{prefix}.{block.name}", limit=200)):
        person.name = name
        report.names["name"] = f"{prefix}.{block.name}"
    person.bio = person.bio or report.prose(f"{prefix}.{block.bio}", limit=5_000)
    person.country = person.country or report.read(f"{prefix}.country", country_code, ignore=True) or ""
    for key in ("niche_class", "niche_sub_class"):
        person.topics |= dict.fromkeys(read_words(report, f"{prefix}.{key}"))
    person.hashtags |= dict.fromkeys(read_hashtags(report, f"{prefix}.hashtags", "name"))


def _account(report: Report, prefix: str, block: _Block, handle: str) -> AccountReading:
    def count(key: str) -> int | None:
        return report.count(f"{prefix}.{key}") if key else None

    def average(key: str) -> float | None:
        return report.average(f"{prefix}.{key}") if key else None

    return AccountReading(
        platform=block.platform,
        handle=handle,
        url=read_link(report, "", block.platform, handle),
        platform_id=report.identifier(f"{prefix}.{block.id}"),
        followers=count(block.followers),
        following=count(block.following),
        posts=count(block.posts),
        avg_likes=average(block.likes),
        avg_comments=average(block.comments),
        avg_views=average(block.views),
        engagement_rate=report.rate(f"{prefix}.engagement_percent", unit="percent"),
        credible_share=_credible_share(report, prefix) if block.has_audience else None,
        audience=_audience(report, prefix) if block.has_audience else (),
    )


def _audience(report: Report, prefix: str) -> tuple[AudienceShare, ...]:
    """In the block, or one level down."""
    return read_first_audience(report, f"{prefix}.") or read_first_audience(report, f"{prefix}.audience.")


def _credible_share(report: Report, prefix: str) -> float | None:
    """In the block, or one level down."""
    return read_credible_share(report, f"{prefix}.") or read_credible_share(report, f"{prefix}.audience.")
