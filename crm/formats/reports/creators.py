"""What all vendors' reports say alike: where somebody can be written to, on which platform they post, and on what."""

from collections.abc import Iterable, Iterator

from crm.errors import DomainError
from crm.formats.cells import ITEM_LIMIT, clean_hashtag, clean_word, platform_name
from crm.formats.reports.values import Report
from crm.handles import PLATFORMS, clean_email, clean_handle, profile_url, read_profile_url, safe_url


def read_email(report: Report, paths: Iterable[str]) -> str:
    """The first of these that is an address one may write to; others before it are noted."""
    for path in paths:
        if email := report.read(path, clean_email, ignore=True):
            report.names["email"] = path
            return email
    return ""


def contact_emails(report: Report, path: str) -> Iterator[str]:
    """Where [{"type": "email", "value": …}] has addresses. The vendors do not say whose they are: no kind is taken."""
    for place, entry in report.entries(path, limit=ITEM_LIMIT):
        if isinstance(entry, dict) and str(entry.get("type")).lower() == "email":
            yield f"{place}.value"


def read_words(report: Report, path: str, key: str = "") -> tuple[str, ...]:
    """A list of words, or of objects that have one under `key`. A single text counts as one word."""
    if isinstance(report.value(path), str):
        word = report.read(path, clean_word, ignore=True)
        return (word,) if word else ()
    places = (_inside(place, entry, key) for place, entry in _items(report, path))
    words = (report.read(place, clean_word, ignore=True) for place in places)
    return tuple(dict.fromkeys(filter(None, words)))


def read_hashtags(report: Report, path: str, key: str = "") -> tuple[str, ...]:
    tags = (
        report.read(_inside(place, entry, key), clean_hashtag, ignore=True) for place, entry in _items(report, path)
    )
    return tuple(dict.fromkeys(filter(None, tags)))


def read_platform(report: Report, name_path: str, url_path: str) -> str:
    """As the report says, else as its link shows; "" with an error on record where neither does."""
    if name_path and report.has(name_path):
        return report.read(name_path, platform_name) or ""
    found = report.read(url_path, read_profile_url, ignore=True)
    if found is None:
        report.fail(url_path, "platform_missing", known=list(PLATFORMS))
    return found[0] if found else ""


def read_handle(report: Report, platform: str, *paths: str, ignore: bool = False) -> str:
    """The first of these that is there; "" with an error on record (or a note) where none is, or it is no handle."""
    path = next(filter(report.has, paths), "")
    if not path:
        report.fail(paths[0], "handle_missing", platform=platform)
        return ""
    report.names.setdefault("handle", path)
    return report.read(path, lambda text: clean_handle(platform, text), ignore=ignore) or ""


def read_link(report: Report, path: str, platform: str, handle: str) -> str:
    """The link to the profile, as the report has it or as the platform makes it."""
    said = report.read(path, safe_url, ignore=True) if path else None
    try:
        return said or (profile_url(platform, handle) if platform and handle else "")
    except DomainError:
        return ""


def _items(report: Report, path: str) -> Iterator[tuple[str, object]]:
    return report.entries(path, limit=ITEM_LIMIT)


def _inside(place: str, entry: object, key: str) -> str:
    return f"{place}.{key}" if key and isinstance(entry, dict) else place
