"""Who listens, as vendors' reports say it: [{"code": "18-24", "weight": 0.4}], or {"18-24": 0.4}.

Ages, genders, countries, languages and interests only. Guesses about ethnicity are special-category data (GDPR, article
9) that no charity needs for finding partners: no reader takes them, nor notable followers and lookalikes, who are other
people.

Of credibility one thing is taken: the part of the followers that the vendor holds to be real people. Its class
("good"), and scores that mix it with engagement or growth, are the vendor's judgement.
"""

from collections.abc import Iterator, Mapping

from crm.errors import DomainError
from crm.formats.audience import parse_audience
from crm.formats.reports.values import Report, Unit
from crm.formats.rows import AudienceShare, Dimension

# Where the vendors that share one source keep it, and whose audience it is.
AUDIENCES = ("audience_followers", "audience_likers", "audience_commenters")
CREDIBILITY = "audience_followers.data.audience_credibility"
DIMENSIONS: dict[str, Dimension] = {
    "audience_geo.countries": "country",
    "audience_languages": "language",
    "audience_ages": "age",
    "audience_genders": "gender",
    "audience_interests": "interest",
}
_LIMIT = 300  # groups of one dimension: there are more countries than anything else
_ROUNDING = 0.02
_NAMES = ("code", "name", "gender", "group")
_SHARES = ("weight", "value")


def read_audience(report: Report, places: Mapping[str, Dimension], *, unit: Unit) -> tuple[AudienceShare, ...]:
    """The shares of each dimension that has a place. A group nobody knows is left out, as is a dimension whose shares
    come to more than a whole; both are noted.
    """
    shares: list[AudienceShare] = []
    for path, dimension in places.items():
        shares += read_groups(report, path, dimension, unit=unit, groups=_groups(report, path))
    return tuple(shares)


def read_first_audience(report: Report, prefix: str) -> tuple[AudienceShare, ...]:
    """Of the first of the three that succeeded and tells anything."""
    for place in AUDIENCES:
        places = {_place(report, f"{prefix}{place}.data.{key}"): dimension for key, dimension in DIMENSIONS.items()}
        if report.value(f"{prefix}{place}.success") is not False and any(map(report.has, places)):
            return read_audience(report, places, unit="fraction")
    return ()


def read_credible_share(report: Report, prefix: str) -> float | None:
    """Of followers alone: what is held of those who like or comment says nothing of them. 0 says that nobody looked."""
    if report.value(f"{prefix}audience_followers.success") is False:
        return None
    return report.share(f"{prefix}{CREDIBILITY}", unit="fraction") or None


def _place(report: Report, path: str) -> str:
    """Countries may also be all there is: {"audience_geo": {"FR": 0.4}}."""
    geo = path.removesuffix(".countries")
    value = report.value(geo)
    is_map = isinstance(value, dict) and all(isinstance(share, int | float) for share in value.values())
    return geo if is_map else path


def read_groups(
    report: Report, path: str, dimension: Dimension, *, unit: Unit, groups: Iterator[tuple[object, object]]
) -> Iterator[AudienceShare]:
    """Each group once: two that we call the same ("zh-Hans", "zh-Hant") are one, their shares added.

    A share above 1 tells that the dimension is not in this unit, and then its small shares are wrong unseen: all go.
    """
    found: dict[str, float | None] = {}
    unread: dict[str, int] = {}
    for name, share in groups:
        try:
            group = _group(dimension, name, share, unit)
        except DomainError as error:
            unread[error.code] = unread.get(error.code, 0) + 1
            continue
        before = found.get(group.key)
        found[group.key] = group.share if before is None else before + (group.share or 0)
    if "share_out_of_range" in unread:
        unread["share_out_of_range"] += len(found)
        found.clear()
    for code, count in unread.items():
        report.note(path, "audience_ignored", dimension=dimension, reason=code, count=count)
    if dimension != "interest" and sum(share or 0 for share in found.values()) > 1 + _ROUNDING:
        report.note(path, "audience_ignored", dimension=dimension, reason="audience_over_one", count=len(found))
        return
    for key, known in found.items():
        yield AudienceShare(dimension, key, None if known is None else min(known, 1.0))


def _groups(report: Report, path: str) -> Iterator[tuple[object, object]]:
    value = report.value(path)
    if isinstance(value, dict):
        yield from list(value.items())[:_LIMIT]
        return
    for _place, entry in report.entries(path, limit=_LIMIT):
        said = entry if isinstance(entry, dict) else {}
        yield _first(said, _NAMES), _first(said, _SHARES)


def _first(entry: Mapping[str, object], keys: tuple[str, ...]) -> object:
    return next((entry[key] for key in keys if entry.get(key) not in (None, "")), None)


def _group(dimension: Dimension, name: object, share: object, unit: Unit) -> AudienceShare:
    """Raises DomainError: what parse_audience raises; value_invalid."""
    is_number = isinstance(share, int | float) and not isinstance(share, bool)
    if not isinstance(name, str) or not (share is None or is_number):
        raise DomainError("value_invalid")
    # HypeAuditor writes "age18-24".
    key = name.replace("|", "/").removeprefix("age" if dimension == "age" else "")
    said = "" if share is None else f":{share}{'%' if unit == 'percent' else ''}"
    if share is None and ":" in key:
        raise DomainError("audience_key_invalid", dimension=dimension)
    [group] = parse_audience(dimension, f"{key}{said}") or [None]
    if group is None:
        raise DomainError("audience_key_invalid", dimension=dimension)
    return group
