"""Presences on platforms: handles as people type them, profile links as they paste them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import parse_qs, quote, unquote, urlsplit

from crm.errors import DomainError
from crm.handles.folding import normalise, without_invisible
from crm.handles.urls import ascii_host

_LIMIT = 200  # characters, as wide as the columns that keep handles and their keys
_URL_LIMIT = 2000
_YOUTUBE_ID = re.compile(r"UC[A-Za-z0-9_-]{22}")
_YOUTUBE_HANDLE = re.compile(r"[\w.·-]{3,30}")
_DOMAIN = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]"
# What may follow a profile's name in its own link. Anything else is a post, a video, a story: not a profile.
_TAB_WORDS = """
about channels clips community details featured followers following home likes live media mentions photos playlists
posts recent-activity reels replies schedule search shorts streams tagged videos with_replies
"""
_TABS = frozenset(_TAB_WORDS.split())
# First words of paths that no person can have as a name, over all platforms.
_RESERVED_WORDS = """
about accounts ads business directory downloads embed events explore feed feeds gaming groups hashtag hashtags help
home i intent jobs l.php legal live login marketplace messages notifications p permalink.php photo photo.php
playlist policies post posts privacy profile profile.php pulse reel reels results search settings share sharer
sharer.php shorts signup stories story.php subscriptions tag tags terms tos tv video videos watch web
"""
_RESERVED = frozenset(_RESERVED_WORDS.split())
# A link alone does not tell that a server runs Mastodon; these do.
_MASTODON_HOST = re.compile(
    r"(?:.*\.)?(?:mastodon|mstdn|masto)\..+|(?:.*\.)?mastodon-?[a-z]*\.[a-z]+"
    r"|mas\.to|piaille\.fr|mamot\.fr|framapiaf\.org|pouet\.chapril\.org|hachyderm\.io|fosstodon\.org|techhub\.social"
)

_InPath = Callable[[list[str], Mapping[str, list[str]]], str | None]


@dataclass(frozen=True)
class _Platform:
    hosts: tuple[str, ...]
    shape: re.Pattern[str]
    page: str
    in_path: _InPath


@lru_cache(maxsize=256)  # of one row the same is asked several times
def clean_handle(platform: str, raw: str) -> str:
    """The handle, without "@", from "@name", "name" or a link to the profile; its case is kept.

    Facebook: the name or number of a page. LinkedIn: a person's name, or "company/name" ("school/", "showcase/").
    Mastodon: name@server. Bluesky: a domain or a DID. YouTube: a handle, a channel id (UC…) or, as vendors' files have
    it, the channel's display name. Raises DomainError: platform_unknown (known); handle_invalid (platform);
    handle_other_platform (platform, found), for a link to another platform.
    """
    rules = _rules(platform)
    if len(raw) > _URL_LIMIT:
        raise DomainError("handle_invalid", platform=platform)
    text = " ".join(normalise("NFC", without_invisible(raw)).split())
    if _is_link(text):
        return _from_link(platform, text)
    handle = text.removeprefix("@").strip()
    if not rules.shape.fullmatch(handle) or len(handle_key(platform, handle)) > _LIMIT:
        raise DomainError("handle_invalid", platform=platform)
    return handle


@lru_cache(maxsize=256)
def handle_key(platform: str, handle: str) -> str:
    """Equal for two spellings of one handle. Never fails, so clean the handle first."""
    if platform == "youtube" and _YOUTUBE_ID.fullmatch(handle):
        return handle  # channel ids alone tell upper from lower case
    folded = normalise("NFKC", normalise("NFKC", handle).casefold())
    return " ".join(folded.split()).removeprefix("@")


def profile_url(platform: str, handle: str) -> str:
    """A link to the profile. A YouTube display name, which is no address, gets the search that shows the channel.

    Raises what clean_handle raises.
    """
    handle = clean_handle(platform, handle)
    if platform == "youtube":
        return _youtube_url(handle)
    if platform == "mastodon":
        name, _, server = handle.partition("@")
        return f"https://{server}/@{name}"
    if platform == "linkedin" and "/" not in handle:
        handle = f"in/{handle}"
    return _rules(platform).page + quote(handle, safe="/:")


def read_profile_url(url: str) -> tuple[str, str] | None:
    """Platform and handle of a link to a profile, scheme or not; None for a post, a search, an unknown site."""
    split = _split(url)
    if split is None:
        return None
    host, segments, query = split
    platform = _platform_of(host)
    if platform is None:
        return None
    if platform == "mastodon":
        return _mastodon(host, segments)
    handle = _PLATFORMS[platform].in_path(segments, query)
    if handle is None or not _PLATFORMS[platform].shape.fullmatch(handle):
        return None
    return (platform, handle) if len(handle_key(platform, handle)) <= _LIMIT else None


def _rules(platform: str) -> _Platform:
    if platform not in _PLATFORMS:
        raise DomainError("platform_unknown", known=list(PLATFORMS))
    return _PLATFORMS[platform]


def _is_link(text: str) -> bool:
    # A slash alone says nothing: "أترو/Atro" is a channel's name.
    host, slash, _ = text.partition("/")
    return "://" in text or bool(slash and (_platform_of(host.lower()) or re.match(r"[^@]+\.[^@]+/@", text)))


def _from_link(platform: str, text: str) -> str:
    found = read_profile_url(text)
    if found is None and platform == "mastodon" and (split := _split(text)):
        found = _mastodon(*split[:2])
    if found is None:
        raise DomainError("handle_invalid", platform=platform)
    if found[0] != platform:
        raise DomainError("handle_other_platform", platform=platform, found=found[0])
    return found[1]


def _split(url: str) -> tuple[str, list[str], dict[str, list[str]]] | None:
    """Host, path segments, query; None when it is no web link."""
    url = url.strip()
    if len(url) > _URL_LIMIT:
        return None
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = ascii_host(parts.hostname or "")
        query = parse_qs(parts.query, max_num_fields=20)
    except ValueError:
        return None
    if host is None or parts.scheme not in {"http", "https"} or parts.netloc.lower() != parts.hostname:
        return None
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    return host, [normalise("NFC", segment) for segment in segments], query


def _platform_of(host: str) -> str | None:
    for name, platform in _PLATFORMS.items():
        if any(host == known or host.endswith(f".{known}") for known in platform.hosts):
            return name
    return "mastodon" if _MASTODON_HOST.fullmatch(host) else None


def _first(segments: list[str], query: Mapping[str, list[str]]) -> str | None:
    """The name in /name and /name/about."""
    if not segments or segments[0].lower() in _RESERVED or any(s.lower() not in _TABS for s in segments[1:]):
        return None
    return segments[0].removeprefix("@")


def _at_first(segments: list[str], query: Mapping[str, list[str]]) -> str | None:
    return _first(segments, query) if segments and segments[0].startswith("@") else None


def _facebook(segments: list[str], query: Mapping[str, list[str]]) -> str | None:
    if segments == ["profile.php"]:
        return query.get("id", [""])[0]
    if len(segments) == 3 and segments[0] in {"pages", "people"}:  # /pages/Name/123456  # noqa: PLR2004
        return segments[2]
    return None if segments and segments[0] in {"pages", "people"} else _first(segments, query)


def _linkedin(segments: list[str], query: Mapping[str, list[str]]) -> str | None:
    if len(segments) < 2 or _first(segments[1:], query) is None:  # noqa: PLR2004
        return None
    if segments[0] == "in":
        return segments[1]
    return "/".join(segments[:2]) if segments[0] in {"company", "school", "showcase"} else None


def _youtube(segments: list[str], query: Mapping[str, list[str]]) -> str | None:
    if segments and segments[0] in {"c", "user", "channel"}:
        return _first(segments[1:], query)
    return _first(segments, query)


def _bluesky(segments: list[str], query: Mapping[str, list[str]]) -> str | None:
    return _first(segments[1:], query) if segments and segments[0] == "profile" else None


def _mastodon(host: str, segments: list[str]) -> tuple[str, str] | None:
    """/@name, /@name@other.server and /users/name."""
    if segments[:1] == ["users"]:
        segments = [f"@{name}" for name in segments[1:2]] + segments[2:]
    name = _at_first(segments, {})
    handle = name if name is None or "@" in name else f"{name}@{host}"
    return ("mastodon", handle) if handle and _PLATFORMS["mastodon"].shape.fullmatch(handle) else None


def _youtube_url(handle: str) -> str:
    if _YOUTUBE_ID.fullmatch(handle):
        return f"https://www.youtube.com/channel/{handle}"
    if _YOUTUBE_HANDLE.fullmatch(handle):
        return f"https://www.youtube.com/@{quote(handle)}"
    words = handle
    while len(quote(words)) > 400:  # the whole link has to fit where links are kept  # noqa: PLR2004
        words = words[:-1]
    return f"https://www.youtube.com/results?search_query={quote(words)}"


def _platform(hosts: str, shape: str, page: str, in_path: _InPath = _first) -> _Platform:
    return _Platform(tuple(hosts.split()), re.compile(shape), page, in_path)


_PLATFORMS: Mapping[str, _Platform] = MappingProxyType(
    {
        "facebook": _platform("facebook.com fb.com fb.me", r"[\w.-]{1,100}", "https://www.facebook.com/", _facebook),
        "instagram": _platform("instagram.com", r"[A-Za-z0-9._]{1,30}", "https://www.instagram.com/"),
        "x": _platform("x.com twitter.com", r"[A-Za-z0-9_]{1,15}", "https://x.com/"),
        "linkedin": _platform(
            "linkedin.com", r"(?:(?:company|school|showcase)/)?[\w·-]{1,100}", "https://www.linkedin.com/", _linkedin
        ),
        "twitch": _platform("twitch.tv", r"[A-Za-z0-9_]{2,25}", "https://www.twitch.tv/"),
        "youtube": _platform("youtube.com", r"[^\x00-\x1f\ufffd]{1,100}", "https://www.youtube.com/", _youtube),
        "tiktok": _platform("tiktok.com", r"[A-Za-z0-9._]{1,24}", "https://www.tiktok.com/@", _at_first),
        "bluesky": _platform(
            "bsky.app", rf"did:[a-z]+:[A-Za-z0-9.:_-]+|{_DOMAIN}", "https://bsky.app/profile/", _bluesky
        ),
        "mastodon": _platform("", rf"[A-Za-z0-9_]+(?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?@{_DOMAIN}", ""),
    }
)
PLATFORMS: tuple[str, ...] = tuple(_PLATFORMS)
