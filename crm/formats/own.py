"""Our own influencers.csv: any subset of its columns, in English or French, one row per account."""

from collections.abc import Iterator, Mapping
from functools import partial

from crm.formats import french
from crm.formats.audience import parse_audience, rest_of
from crm.formats.cells import (
    Cells,
    clean_hashtag,
    clean_word,
    parse_link,
    parse_timezone,
    platform_name,
    read_rows,
)
from crm.formats.countries import country_code
from crm.formats.languages import language_tag
from crm.formats.rows import AccountReading, AudienceShare, Dimension, InfluencerRow, Parsed
from crm.formats.tables import Table, header_key
from crm.handles import PLATFORMS, clean_email, clean_handle, handle_key, profile_url, read_profile_url

KINDS = ("person", "brand", "agency")
EMAIL_KINDS = ("professional", "personal")
BASES = ("consent", "legitimate_interest", "contract")
AUDIENCE: dict[str, Dimension] = {
    "audience_countries": "country",
    "audience_languages": "language",
    "audience_ages": "age",
    "audience_genders": "gender",
    "audience_interests": "interest",
}
_FIGURES = "followers following posts avg_likes avg_comments avg_shares avg_views engagement_rate real_followers"
_PERSON = "external_id name kind email email_kind email_source basis language languages country city timezone bio"
ACCOUNT = ("platform", "handle", "url", "platform_id", *_FIGURES.split(), *AUDIENCE)
COLUMNS = (*_PERSON.split(), "topics", "hashtags", *ACCOUNT, "observed_at", "notes")
# No column of ours: what a table of somebody else may say instead of real_followers, as crm.formats.mapped reads it.
FAKE = "fake_followers"
_WHO = frozenset({"external_id", "name", "email", "handle", "url"})
_FRENCH = {header_key(name): key for name, key in french.INFLUENCER_NAMES.items()}


def matches(keys: frozenset[str]) -> bool:
    """Whether a header has a column that says who a row is about."""
    return bool({_FRENCH.get(key, key) for key in keys} & _WHO)


def read(table: Table, filename: str) -> Iterator[Parsed]:
    """Every row with its verdict. Of a repeated column the first is read."""
    table = called_ours(table)
    return read_rows(table, table.first(COLUMNS), lambda cells: cells.verdict(influencer(cells)))


def unknown_columns(table: Table) -> tuple[str, ...]:
    return called_ours(table).unread(COLUMNS)


def called_ours(table: Table) -> Table:
    """The table with our names of columns, where it has them in French."""
    return table.also_called(french.INFLUENCER_NAMES)


def wrong_with(values: Mapping[str, str], *, day_first: bool | None) -> list[tuple[str, str]]:
    """Which of these values our reader would refuse in a row that needs nothing else: column, code."""
    cells = Cells(0, values, {}, day_first=day_first)
    cells.read("platform", platform_name)
    cells.read("language", language_tag)
    cells.read("country", country_code)
    for column, known in {"kind": KINDS, "email_kind": EMAIL_KINDS, "basis": BASES}.items():
        cells.choice(column, known)
    cells.items("topics", clean_word)
    cells.text("email_source", limit=500)
    cells.day("observed_at")
    return [(error.column, error.code) for error in cells.errors]


def influencer(cells: Cells, more: tuple[AccountReading, ...] = ()) -> InfluencerRow:
    """What a row says by our columns. `more`: accounts that it names elsewhere."""
    main = cells.read("language", language_tag)
    languages = cells.items("languages", language_tag)
    row = InfluencerRow(
        line=cells.line,
        external_id=cells.identifier("external_id", limit=200),
        name=cells.text("name", limit=200),
        kind=cells.choice("kind", KINDS),
        email=cells.read("email", clean_email) or "",
        email_kind=cells.choice("email_kind", EMAIL_KINDS),
        email_source=cells.text("email_source", limit=500),
        basis=cells.choice("basis", BASES),
        languages=tuple(dict.fromkeys([*([main] if main else []), *languages])),
        country=cells.read("country", country_code) or "",
        city=cells.text("city", limit=200),
        timezone=cells.read("timezone", parse_timezone) or "",
        bio=cells.prose("bio", limit=5_000),
        topics=cells.items("topics", clean_word),
        hashtags=cells.items("hashtags", clean_hashtag),
        notes=cells.prose("notes", limit=20_000),
        accounts=(*accounts(cells), *more),
        raw=cells.raw,
    )
    if not cells.errors and not (row.external_id or row.name or row.email or row.accounts):
        cells.fail("", "identity_missing")
    return row


def accounts(cells: Cells) -> tuple[AccountReading, ...]:
    """The account that a row speaks of, if any."""
    if not cells.has(*ACCOUNT, FAKE):
        return ()
    url = cells.read("url", parse_link) or ""
    platform = _platform(cells, url)
    handle = _handle(cells, platform, url) if platform else None
    reading = AccountReading(
        platform=platform or "",
        handle=handle or "",
        url=url or (profile_url(platform, handle) if platform and handle else ""),
        platform_id=cells.identifier("platform_id", limit=100),
        followers=cells.count("followers"),
        following=cells.count("following"),
        posts=cells.count("posts"),
        avg_likes=cells.average("avg_likes"),
        avg_comments=cells.average("avg_comments"),
        avg_shares=cells.average("avg_shares"),
        avg_views=cells.average("avg_views"),
        engagement_rate=cells.rate("engagement_rate"),
        credible_share=_credible_share(cells),
        observed_at=cells.day("observed_at"),
        audience=read_audience(cells),
    )
    return (reading,) if platform and handle else ()


def _credible_share(cells: Cells) -> float | None:
    real, fake = cells.share("real_followers"), cells.share(FAKE)
    return rest_of(fake) if real is None else real


def _platform(cells: Cells, url: str) -> str | None:
    """As the row says, else as its link shows."""
    if cells.has("platform"):
        return cells.read("platform", platform_name)
    found = read_profile_url(url) or cells.read("handle", read_profile_url)
    if found is None and not cells.errors:
        cells.fail("platform", "platform_missing", known=list(PLATFORMS))
    return found[0] if found else None


def _handle(cells: Cells, platform: str, url: str) -> str | None:
    if cells.has("handle"):
        handle = cells.read("handle", lambda text: clean_handle(platform, text))
        _compare(cells, platform, handle, url)
        return handle
    if not cells.has("url"):
        cells.fail("handle", "handle_missing", platform=platform)
        return None
    return cells.read("url", lambda text: clean_handle(platform, text)) if url else None


def _compare(cells: Cells, platform: str, handle: str | None, url: str) -> None:
    """A link to somebody else's profile is a shifted or mixed-up row. YouTube has several names for one channel."""
    if handle and url.rstrip("/") == profile_url(platform, handle):  # as it mostly does: no need to take it apart
        return
    found = read_profile_url(url) if url else None
    if found is None or handle is None:
        return
    if found[0] != platform:
        cells.fail("url", "handle_other_platform", platform=platform, found=found[0])
    elif platform != "youtube" and handle_key(platform, found[1]) != handle_key(platform, handle):
        cells.fail("url", "url_other_account")


def read_audience(cells: Cells) -> tuple[AudienceShare, ...]:
    """The five columns of an audience, which causes have too."""
    shares: list[AudienceShare] = []
    for column, dimension in AUDIENCE.items():
        shares += cells.read(column, partial(parse_audience, dimension)) or ()
    return tuple(shares)
