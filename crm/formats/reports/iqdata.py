"""The report shape that IQFluence and several other resellers share: {"user_profile": {…}, "audience_followers": {…}}.

Rates and weights are 0–1. Whose audience is told: the followers', else that of those who like, else of those who
comment, each {"success": …, "data": {…}}. "paid_post_perfomance" (sic) is the vendor's judgement, and not taken.
"""

from collections.abc import Iterator

from crm.formats.cells import parse_day
from crm.formats.countries import country_code
from crm.formats.documents import Documents
from crm.formats.languages import language_tag
from crm.formats.reports.audiences import AUDIENCES, CREDIBILITY, DIMENSIONS, read_credible_share, read_first_audience
from crm.formats.reports.creators import (
    contact_emails,
    read_email,
    read_handle,
    read_hashtags,
    read_link,
    read_platform,
    read_words,
)
from crm.formats.reports.history import read_history
from crm.formats.reports.values import Report, read_reports
from crm.formats.reports.values import unknown_keys as unread_keys
from crm.formats.rows import AccountReading, InfluencerRow, Parsed

_USER = "user_profile"
_HISTORY = {key: key for key in ("followers", "following", "avg_likes", "avg_comments", "avg_shares", "avg_views")}
_USER_KEYS = """
type user_id username custom_name handle url fullname description followers following posts_count engagements
engagement_rate avg_likes avg_comments avg_views avg_reels_plays avg_shares stat_history geo.city.name geo.country.code
geo.country.name language.code contacts top_hashtags interests
"""
_KNOWN = frozenset(
    {
        *("success", "error", "error_message", "report_info.created", "report_info.profile_updated"),
        *(f"{_USER}.{key}" for key in _USER_KEYS.split()),
        *(f"{place}.{key}" for place in AUDIENCES for key in ("success", "error", "error_message")),
        *(f"{place}.data.{key}" for place in AUDIENCES for key in DIMENSIONS),
        CREDIBILITY,
    }
)


def matches(documents: Documents) -> bool:
    return any(map(_is_profile, documents.head))


def read(documents: Documents, filename: str) -> Iterator[Parsed]:
    return read_reports(documents, lambda body: _is_profile(body) or _is_error(body), _verdict)


def unknown_keys(documents: Documents) -> tuple[str, ...]:
    return unread_keys(documents, _KNOWN)


def _is_profile(body: object) -> bool:
    return isinstance(body, dict) and isinstance(body.get(_USER), dict)


def _is_error(body: object) -> bool:
    return isinstance(body, dict) and (body.get("success") is False or bool(body.get("error")))


def _verdict(report: Report) -> Parsed:
    if not report.has(_USER):
        report.fail("error", "report_failed")
        return report.verdict(InfluencerRow(report.line))
    report.names["name"] = f"{_USER}.fullname"
    language = report.read(f"{_USER}.language.code", language_tag, ignore=True)
    country = "code" if report.has(f"{_USER}.geo.country.code") else "name"
    account = _account(report)
    return report.verdict(
        InfluencerRow(
            line=report.line,
            name=report.text(f"{_USER}.fullname", limit=200) or account.handle,
            email=read_email(report, contact_emails(report, f"{_USER}.contacts")),
            languages=(language,) if language else (),
            country=report.read(f"{_USER}.geo.country.{country}", country_code, ignore=True) or "",
            city=report.text(f"{_USER}.geo.city.name", limit=200),
            bio=report.prose(f"{_USER}.description", limit=5_000),
            topics=read_words(report, f"{_USER}.interests", "name"),
            hashtags=read_hashtags(report, f"{_USER}.top_hashtags", "tag"),
            accounts=(account,) if account.handle else (),
            raw=report.raw,
        )
    )


def _account(report: Report) -> AccountReading:
    platform = read_platform(report, f"{_USER}.type", f"{_USER}.url")
    # Only YouTube knows channels by their id, and some channels have nothing else.
    names = ("username", "handle", "custom_name", *(["user_id"] if platform == "youtube" else []))
    handle = read_handle(report, platform, *(f"{_USER}.{name}" for name in names)) if platform else ""
    seen = "profile_updated" if report.has("report_info.profile_updated") else "created"
    return AccountReading(
        platform=platform,
        handle=handle,
        url=read_link(report, f"{_USER}.url", platform, handle),
        platform_id=report.identifier(f"{_USER}.user_id"),
        followers=report.count(f"{_USER}.followers"),
        following=report.count(f"{_USER}.following"),
        posts=report.count(f"{_USER}.posts_count"),
        avg_engagements=report.average(f"{_USER}.engagements"),
        avg_likes=report.average(f"{_USER}.avg_likes"),
        avg_comments=report.average(f"{_USER}.avg_comments"),
        avg_shares=report.average(f"{_USER}.avg_shares"),
        avg_views=report.average(f"{_USER}.avg_views", f"{_USER}.avg_reels_plays"),
        engagement_rate=report.rate(f"{_USER}.engagement_rate", unit="fraction"),
        credible_share=read_credible_share(report, ""),
        observed_at=report.read(f"report_info.{seen}", parse_day, ignore=True),
        audience=read_first_audience(report, ""),
        past=read_history(report, f"{_USER}.stat_history", _HISTORY),
    )
