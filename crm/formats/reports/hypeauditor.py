"""HypeAuditor's report of an Instagram account: {"result": {"report_state": "READY", "user": {…}}}, or what is inside.

Percentages are 0–100, the United Kingdom is "uk", ages are "age18-24". The vendor states no unit for the weights of
interests, so these are taken without a size. Scores (aqs, audience_authenticity), prices and reach are the vendor's
judgement: not taken.
"""

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain

from crm.errors import DomainError
from crm.formats.audience import rest_of
from crm.formats.cells import ITEM_LIMIT
from crm.formats.countries import country_code
from crm.formats.documents import Documents
from crm.formats.languages import language_tag
from crm.formats.reports.audiences import read_audience, read_groups
from crm.formats.reports.creators import read_email, read_handle, read_words
from crm.formats.reports.values import Report, read_reports
from crm.formats.reports.values import unknown_keys as unread_keys
from crm.formats.rows import AccountReading, AudienceShare, InfluencerRow, Parsed
from crm.handles import clean_handle, handle_key, profile_url

_LOW_CONFIDENCE = "READY_LOW_CONFIDENCE"
_REFUSED = {
    "NOT_READY": "report_not_ready",
    "PRIVATE": "report_private",
    "DELETED": "report_deleted",
    "RESTRICTED": "report_restricted",
    "LOW_VIEWS": "report_low_views",
}
_NETWORKS = {1: "instagram", 2: "youtube", 3: "tiktok", 4: "twitch", 5: "x"}  # 7 is Snapchat, where we know nobody
_GROUPS = 300
_USER_KEYS = """
username full_name about posts_count followers_count followings_count avg_likes avg_comments er.value
blogger_categories blogger_languages blogger_geo.country blogger_geo.city contact_details.emails social_networks
audience_geography.countries audience_languages audience_interests audience_type.susp demography demography_by_age
"""
_KNOWN = frozenset(
    f"{root}{key}"
    for root in ("", "result.")
    for key in ("report_state", "error", *(f"user.{key}" for key in _USER_KEYS.split()))
)


def matches(documents: Documents) -> bool:
    return any(map(_is_report, documents.head))


def read(documents: Documents, filename: str) -> Iterator[Parsed]:
    return read_reports(documents, lambda body: _is_report(body) or _is_error(body), _verdict)


def unknown_keys(documents: Documents) -> tuple[str, ...]:
    return unread_keys(documents, _KNOWN)


def _is_report(body: object) -> bool:
    inner = body.get("result", body) if isinstance(body, dict) else None
    return isinstance(inner, dict) and isinstance(inner.get("report_state"), str)


def _is_error(body: object) -> bool:
    return isinstance(body, dict) and bool(body.get("error"))


def _verdict(report: Report) -> Parsed:
    root = "result." if report.has("result") else ""
    state = str(report.value(f"{root}report_state") or "").upper()
    if state == _LOW_CONFIDENCE:
        report.note(f"{root}report_state", "report_low_confidence")
    elif not state:
        report.fail("error", "report_failed")
    elif state != "READY":
        report.fail(f"{root}report_state", _REFUSED.get(state, "report_state_unknown"))
    user = f"{root}user"
    report.names |= {"name": f"{user}.full_name", "handle": f"{user}.username"}
    report.text(f"{user}.username", limit=200)  # a refused report has a title too
    return report.verdict(_influencer(report, user) if report.is_sound else InfluencerRow(report.line))


def _influencer(report: Report, user: str) -> InfluencerRow:
    account = _account(report, user)
    emails = (place for place, _ in report.entries(f"{user}.contact_details.emails", limit=ITEM_LIMIT))
    tongues = (place for place, _ in report.entries(f"{user}.blogger_languages", limit=ITEM_LIMIT))
    languages = (report.read(place, language_tag, ignore=True) for place in tongues)
    return InfluencerRow(
        line=report.line,
        name=report.text(f"{user}.full_name", limit=200) or account.handle,
        email=read_email(report, emails),
        languages=tuple(dict.fromkeys(filter(None, languages))),
        country=report.read(f"{user}.blogger_geo.country", country_code, ignore=True) or "",
        city=report.text(f"{user}.blogger_geo.city", limit=200),
        bio=report.prose(f"{user}.about", limit=5_000),
        topics=_topics(report, f"{user}.blogger_categories"),
        accounts=(account, *_others(report, f"{user}.social_networks", account)) if account.handle else (),
        raw=report.raw,
    )


def _account(report: Report, user: str) -> AccountReading:
    handle = read_handle(report, "instagram", f"{user}.username")
    return AccountReading(
        platform="instagram",
        handle=handle,
        url=profile_url("instagram", handle) if handle else "",
        platform_id=_own_id(report, f"{user}.social_networks", handle),
        followers=report.count(f"{user}.followers_count"),
        following=report.count(f"{user}.followings_count"),
        posts=report.count(f"{user}.posts_count"),
        avg_likes=report.average(f"{user}.avg_likes"),
        avg_comments=report.average(f"{user}.avg_comments"),
        engagement_rate=report.rate(f"{user}.er.value", unit="percent"),
        credible_share=_credible_share(report, f"{user}.audience_type"),
        audience=_audience(report, user),
    )


def _others(report: Report, path: str, account: AccountReading) -> Iterator[AccountReading]:
    """The same person's further accounts. One of a platform that we do not know, or that cannot be read, is noted."""
    seen = {("instagram", handle_key("instagram", account.handle))}
    for place, entry in report.entries(_list_in(report, path), limit=ITEM_LIMIT):
        try:
            platform, handle = _network(entry)
        except DomainError as error:
            report.note(place, "account_ignored", reason=error.code)
            continue
        if (platform, handle_key(platform, handle)) in seen:
            continue
        seen.add((platform, handle_key(platform, handle)))
        yield AccountReading(
            platform=platform,
            handle=handle,
            url=profile_url(platform, handle),
            platform_id=report.identifier(f"{place}.social_id", ignore=True),
            followers=report.count(f"{place}.subscribers_count", ignore=True),
            # Twitch has no such figure, and the vendor writes 0.
            engagement_rate=report.rate(f"{place}.er", unit="percent") if platform != "twitch" else None,
        )


def _own_id(report: Report, path: str, handle: str) -> str:
    """The list of networks may begin with the very account the report is about, and alone has its id."""
    for place, entry in report.entries(_list_in(report, path), limit=ITEM_LIMIT):
        with suppress(DomainError):
            platform, name = _network(entry)
            if platform == "instagram" and handle_key(platform, name) == handle_key(platform, handle):
                return report.identifier(f"{place}.social_id", ignore=True)
    return ""


def _network(entry: object) -> tuple[str, str]:
    """Platform and handle. Raises DomainError: platform_unknown; handle_missing; and what clean_handle raises."""
    said = entry if isinstance(entry, dict) else {}
    number = said.get("type")
    platform = _NETWORKS.get(number) if isinstance(number, int) else None
    if platform is None:
        raise DomainError("platform_unknown")
    name = said.get("username") or (said.get("social_id") if platform == "youtube" else None)
    if not isinstance(name, str):
        raise DomainError("handle_missing", platform=platform)
    return platform, clean_handle(platform, name)


def _credible_share(report: Report, types: str) -> float | None:
    """All but those held to be bots, fakes or buyers of likes. What the vendor calls "real" is less than that: people
    whom many follow, and who follow many, are counted apart. Zeros all over say that nobody looked.
    """
    is_told = any(report.value(f"{types}.{kind}") for kind in ("real", "susp", "infs", "mass"))
    return rest_of(report.share(f"{types}.susp", unit="percent")) if is_told else None


def _audience(report: Report, user: str) -> tuple[AudienceShare, ...]:
    ages, interests = f"{user}.demography_by_age", _list_in(report, f"{user}.audience_interests")
    told = read_audience(
        report,
        {
            f"{user}.audience_geography.countries": "country",
            _list_in(report, f"{user}.audience_languages"): "language",
            f"{user}.demography": "gender",
        },
        unit="percent",
    )
    return tuple(
        chain(
            told,
            read_groups(report, ages, "age", unit="percent", groups=_ages(report, ages)),
            read_groups(report, interests, "interest", unit="percent", groups=_interests(report, interests)),
        )
    )


def _ages(report: Report, path: str) -> Iterator[tuple[object, object]]:
    """Of women and of men, each a share of the whole audience: what has one age is added up."""
    for gender, _ in report.entries(path, limit=_GROUPS):
        for _place, entry in report.entries(f"{gender}.by_age_group", limit=_GROUPS):
            said = entry if isinstance(entry, dict) else {}
            yield said.get("group"), said.get("value")


def _interests(report: Report, path: str) -> Iterator[tuple[object, object]]:
    """[["Travel", 12]], or [{"category_name": "Travel", "weight": 12}]."""
    for _place, entry in report.entries(path, limit=_GROUPS):
        if isinstance(entry, dict):
            yield entry.get("category_name"), None
        else:
            yield entry[0] if isinstance(entry, list) and entry else entry, None


def _topics(report: Report, path: str) -> tuple[str, ...]:
    """Some versions list categories by number, which says nothing without the vendor's list."""
    value = report.value(path)
    is_named = isinstance(value, list) and not any(isinstance(entry, int) for entry in value)
    return read_words(report, path) if is_named else ()


def _list_in(report: Report, path: str) -> str:
    """Newer versions wrap some lists: {"data": […]}."""
    return f"{path}.data" if isinstance(report.value(path), dict) else path
