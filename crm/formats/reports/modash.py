"""Modash's report of one creator: {"error": false, "profile": {"profile": {…}, "audience": {…}, …}}.

Rates and weights are 0–1. Some versions have the averages beside the inner profile, some inside it; the link alone
tells the platform. "avgReelsPlays" stands for the views where there are no others: reels are what Instagram counts.
"credibility" is the part of the followers that is not fake; 0 says that nobody looked.
"""

from collections.abc import Iterator

from crm.formats.countries import country_code
from crm.formats.documents import Documents
from crm.formats.languages import language_tag
from crm.formats.reports.audiences import read_audience
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
from crm.formats.rows import AccountReading, Dimension, InfluencerRow, Parsed

_INNER, _OUTER = "profile.profile", "profile"
_AUDIENCE: dict[str, Dimension] = {
    "profile.audience.geoCountries": "country",
    "profile.audience.languages": "language",
    "profile.audience.ages": "age",
    "profile.audience.genders": "gender",
    "profile.audience.interests": "interest",
}
_CREDIBILITY = "profile.audience.credibility"
_HISTORY = {
    "followers": "followers",
    "following": "following",
    "avg_likes": "avgLikes",
    "avg_comments": "avgComments",
    "avg_shares": "avgShares",
    "avg_views": "avgViews",
}
_FIGURES = ("avgLikes", "avgComments", "avgShares", "avgViews", "avgReelsPlays")
_NAMES = ("username", "handle", "fullname", "url", "userId", "followers", "engagements", "engagementRate")
_PERSON = ("bio", "country", "city", "contacts", "hashtags", "interests", "statHistory", "userId", "postsCount")
_KNOWN = frozenset(
    {
        "error",
        *("profile.language.code", _CREDIBILITY),
        *(f"{_INNER}.{key}" for key in (*_NAMES, *_FIGURES, "bio", "postsCount")),
        *(f"{_OUTER}.{key}" for key in (*_FIGURES, *_PERSON)),
        *(f"{_OUTER}.stats.{key}.value" for key in _FIGURES),
        *_AUDIENCE,
    }
)


def matches(documents: Documents) -> bool:
    return any(map(_is_profile, documents.head))


def read(documents: Documents, filename: str) -> Iterator[Parsed]:
    return read_reports(documents, lambda body: _is_profile(body) or _is_error(body), _verdict)


def unknown_keys(documents: Documents) -> tuple[str, ...]:
    return unread_keys(documents, _KNOWN)


def _is_profile(body: object) -> bool:
    profile = body.get("profile") if isinstance(body, dict) else None
    return isinstance(profile, dict) and isinstance(profile.get("profile"), dict)


def _is_error(body: object) -> bool:
    return isinstance(body, dict) and bool(body.get("error"))


def _verdict(report: Report) -> Parsed:
    if report.value("error"):
        report.fail("error", "report_failed")
        return report.verdict(InfluencerRow(report.line))
    report.names["name"] = f"{_INNER}.fullname"
    language = report.read("profile.language.code", language_tag, ignore=True)
    account = _account(report)
    return report.verdict(
        InfluencerRow(
            line=report.line,
            name=report.text(f"{_INNER}.fullname", limit=200) or account.handle,
            email=read_email(report, contact_emails(report, "profile.contacts")),
            languages=(language,) if language else (),
            country=report.read("profile.country", country_code, ignore=True) or "",
            city=report.text("profile.city", limit=200),
            bio=report.prose("profile.bio", limit=5_000) or report.prose(f"{_INNER}.bio", limit=5_000),
            topics=read_words(report, "profile.interests", "name"),
            hashtags=read_hashtags(report, "profile.hashtags", "tag"),
            accounts=(account,) if account.handle else (),
            raw=report.raw,
        )
    )


def _account(report: Report) -> AccountReading:
    platform = read_platform(report, "", f"{_INNER}.url")
    handle = read_handle(report, platform, f"{_INNER}.username", f"{_INNER}.handle") if platform else ""
    posts = report.count("profile.postsCount")
    return AccountReading(
        platform=platform,
        handle=handle,
        url=read_link(report, f"{_INNER}.url", platform, handle),
        platform_id=report.identifier(f"{_INNER}.userId") or report.identifier("profile.userId"),
        followers=report.count(f"{_INNER}.followers"),
        posts=report.count(f"{_INNER}.postsCount") if posts is None else posts,
        avg_engagements=report.average(f"{_INNER}.engagements"),
        avg_likes=_average(report, "avgLikes"),
        avg_comments=_average(report, "avgComments"),
        avg_shares=_average(report, "avgShares"),
        avg_views=_average(report, "avgViews", "avgReelsPlays"),
        engagement_rate=report.rate(f"{_INNER}.engagementRate", unit="fraction"),
        credible_share=report.share(_CREDIBILITY, unit="fraction") or None,
        audience=read_audience(report, _AUDIENCE, unit="fraction"),
        past=read_history(report, "profile.statHistory", _HISTORY),
    )


def _average(report: Report, *keys: str) -> float | None:
    places = ("{outer}.{key}", "{inner}.{key}", "{outer}.stats.{key}.value")
    return report.average(*(p.format(outer=_OUTER, inner=_INNER, key=key) for key in keys for p in places))
