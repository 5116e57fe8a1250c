"""Links to posts: on which platform one is, and what two links to the same post have in common."""

import re
from urllib.parse import parse_qs, urlsplit

from crm.errors import DomainError
from crm.handles.urls import safe_url

_HOSTS = {
    "facebook.com": "facebook",
    "fb.watch": "facebook",
    "instagram.com": "instagram",
    "x.com": "x",
    "twitter.com": "x",
    "linkedin.com": "linkedin",
    "twitch.tv": "twitch",
    "youtube.com": "youtube",
    "youtu.be": "youtube",
    "tiktok.com": "tiktok",
    "bsky.app": "bluesky",
}
# The id as the platform's own exports give it. Instagram and Facebook count otherwise in links than in their exports.
_IDS = {
    "x": re.compile(r"/status/(\d{1,25})(?:/|$)"),
    "tiktok": re.compile(r"/(?:video|photo)/(\d{1,25})(?:/|$)"),
    "youtube": re.compile(r"/(?:shorts|live|embed)/([A-Za-z0-9_-]{11})(?:/|$)"),
}
_YOUTUBE = re.compile(r"[A-Za-z0-9_-]{11}")
_INSTAGRAM = re.compile(r"/(?:p|reel|reels|tv)/([A-Za-z0-9_-]+)(?:/|$)")
_OF_QUERY = frozenset({"v", "id", "story_fbid", "fbid"})  # what names a post there; the rest says where one came from


def post_platform(url: str) -> str:
    """The platform a link leads to; blank where its host is none that we know."""
    host = _host(url)
    return next((name for known, name in _HOSTS.items() if host == known or host.endswith(f".{known}")), "")


def post_id(url: str) -> str:
    """The id of the post as its platform's exports give it; blank where the link does not tell it."""
    if not (platform := post_platform(url)):
        return ""
    parts = urlsplit(url)
    if platform == "youtube":
        said = parts.path.strip("/") if _host(url) == "youtu.be" else parse_qs(parts.query).get("v", [""])[0]
        if _YOUTUBE.fullmatch(said):
            return said
    found = _IDS[platform].search(parts.path) if platform in _IDS else None
    return found[1] if found else ""


def post_mark(url: str) -> str:
    """What two links to one post have in common, however they were copied; blank for what is no web link."""
    try:
        url = safe_url(url)
    except DomainError:
        return ""
    platform, parts = post_platform(url), urlsplit(url)
    if found := post_id(url) or (platform == "instagram" and (m := _INSTAGRAM.search(parts.path)) and m[1]):
        return f"{platform}:{found}"
    query = parse_qs(parts.query)
    named = "&".join(f"{name}={query[name][0]}" for name in sorted(_OF_QUERY & query.keys()))
    return f"{_host(url)}{parts.path.rstrip('/')}?{named}".rstrip("?")


def _host(url: str) -> str:
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
    return host.removeprefix("www.").removeprefix("m.").removeprefix("mobile.")
