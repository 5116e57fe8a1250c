"""What one request tells by itself, whatever came before or after it."""

from functools import lru_cache
from typing import Final

from outreach.robots import agents
from outreach.robots.clicks import ClickClass, Headers, Verdict

MOST: Final = 500  # characters of a User-Agent that are looked at: no browser needs more, and no text takes longer
_PAGES = {"", "document", "iframe", "frame", "embed", "object"}
_NAVIGATES = {"", "navigate", "nested-navigate"}
_AHEAD = ("prefetch", "prerender", "preview", "instant")
_TOO_MUCH_MISSING = 2


def judge(*, method: str, user_agent: str, headers: Headers | None) -> Verdict:
    """What it wants comes first, then who it says it is, then whether it is what it says. The first that decides."""
    return _judged(method, user_agent[:MOST], headers)


@lru_cache(maxsize=4096)  # most people have one of few browsers
def _judged(method: str, user_agent: str, headers: Headers | None) -> Verdict:
    if headers and any(word in headers.purpose.lower() for word in _AHEAD):
        return Verdict(ClickClass.PREFETCH, "purpose")
    return _by_name(method, user_agent) or (headers and _by_headers(user_agent, headers)) or _by_shape(user_agent)


def _by_name(method: str, user_agent: str) -> Verdict | None:
    if found := agents.named(user_agent):
        return Verdict(*found)
    if method == "HEAD":  # looks whether the link is there; no browser asks for a page so
        return Verdict(ClickClass.SCANNER, "head")
    if method != "GET":
        return Verdict(ClickClass.TOOL, "method")
    if not user_agent.strip():
        return Verdict(ClickClass.TOOL, "nameless")
    return None


def _by_headers(user_agent: str, headers: Headers) -> Verdict | None:
    if headers.fetch_mode.lower() not in _NAVIGATES or headers.fetch_dest.lower() not in _PAGES:
        return Verdict(ClickClass.PREFETCH, "no-page")  # a browser fetched it for a page; nobody looks at it
    if headers.has_range:
        return Verdict(ClickClass.PREVIEW, "range")  # only the beginning is wanted
    if agents.is_like_mozilla(user_agent) and _missing(user_agent, headers) >= _TOO_MUCH_MISSING:
        return Verdict(ClickClass.SCANNER, "disguised")
    if headers.fetch_mode and headers.has_language and "html" in headers.accept.lower():
        return Verdict(ClickClass.HUMAN, "navigates")
    return None


def _missing(user_agent: str, headers: Headers) -> int:
    """How much of what every browser sends is not there. One may be lost on the way: a proxy, a site without https."""
    purpose_untold = not headers.fetch_mode and agents.tells_its_purpose(user_agent)
    return (not headers.has_language) + ("html" not in headers.accept.lower()) + purpose_untold


def _by_shape(user_agent: str) -> Verdict:
    """Unsure counts as a person where it is built like a browser, and as a program where it is not."""
    if agents.is_like_browser(user_agent):
        return Verdict(ClickClass.HUMAN, "like-browser")
    return Verdict(ClickClass.TOOL, "unlike-browser")
