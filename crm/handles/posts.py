"""Links to posts: on which platform one is, and what two links to the same post have in common."""

import re
from urllib.parse import parse_qs, unquote, urlsplit

from crm.errors import DomainError
from crm.handles.urls import safe_url

_HOSTS = {
    "facebook.com": "facebook",
    "fb.watch": "facebook",
    "instagram.com": "instagram",
    "instagr.am": "instagram",
    "x.com": "x",
    "twitter.com": "x",
    "linkedin.com": "linkedin",
    "twitch.tv": "twitch",
    "youtube.com": "youtube",
    "youtube-nocookie.com": "youtube",
    "youtu.be": "youtube",
    "tiktok.com": "tiktok",
    "bsky.app": "bluesky",
}
_VIDEO = r"([A-Za-z0-9_-]{11})"
_NUMBER = r"([0-9]{1,25})"
_END = r"(?=[/.]|$)"
# What names the post in the path of a link, from whichever of the platform's hosts it was copied. What Instagram calls
# `share`, and what stands behind fb.watch and vm.tiktok.com, is another word each time: of what, only they know.
_PATHS = {
    "youtube": re.compile(rf"^/(?:shorts|live|embed|v)/{_VIDEO}{_END}"),
    "x": re.compile(rf"/status(?:es)?/{_NUMBER}{_END}"),
    "tiktok": re.compile(rf"/(?:video|photo|v|embed(?:/v[0-9])?|player/v[0-9])/{_NUMBER}{_END}"),
    "instagram": re.compile(
        r"^/(?!share/)(?:(?:[A-Za-z0-9._]+/)?(?:p|reels?|tv)|stories/(?!highlights/)[A-Za-z0-9._]+)"
        rf"/(?!audio/)([A-Za-z0-9_-]{{1,100}}){_END}"
    ),
    "facebook": re.compile(rf"/(?:posts|permalink|videos|reels?|photos)/(?:[^/]+/)?{_NUMBER}{_END}"),
    "linkedin": re.compile(r"(?<![a-z])((?:activity|share|ugcpost)[-:][0-9]{1,25})(?![0-9])", re.IGNORECASE),
    "twitch": re.compile(rf"^/(?:[A-Za-z0-9_]+/)?(?:clip|videos?|v)/([A-Za-z0-9_-]{{1,100}}){_END}"),
    "bluesky": re.compile(rf"^/profile/[^/]+/post/([a-z0-9]{{1,50}}){_END}"),
}
_SHORT = {  # hosts with nothing else in the path
    "youtu.be": re.compile(rf"^/{_VIDEO}{_END}"),
    "clips.twitch.tv": re.compile(rf"^/([A-Za-z0-9_-]{{1,100}}){_END}"),
}
_IN_QUERY = {
    "youtube": (("v",), re.compile(_VIDEO)),
    "facebook": (("v", "story_fbid", "fbid"), re.compile(_NUMBER)),
}
# Where links name a post as the platform's own exports do. Instagram, Facebook and the others count otherwise there.
_EXPORTED = {"youtube": re.compile(_VIDEO), "x": re.compile(_NUMBER), "tiktok": re.compile(_NUMBER)}
_OF_QUERY = frozenset({"v", "id", "story_fbid", "fbid"})  # what names a post there; the rest says where one came from


def post_platform(url: str) -> str:
    """The platform a link leads to; blank where its host is none that we know."""
    host = _host(url)
    return next((name for known, name in _HOSTS.items() if host == known or host.endswith(f".{known}")), "")


def post_code(url: str) -> str:
    """What names the post in every link to it, as far as this link shows it; blank where it does not."""
    platform = post_platform(url)
    if not platform:
        return ""
    parts = urlsplit(url)
    names, shape = _IN_QUERY.get(platform, ((), None))
    query = parse_qs(parts.query)
    for name in names:
        if shape and (said := shape.fullmatch(query.get(name, [""])[0])):
            return said[1]
    found = (_SHORT.get(_host(url)) or _PATHS[platform]).search(unquote(parts.path))
    if not found:
        return ""
    return found[1].lower().replace(":", "-") if platform == "linkedin" else found[1]


def code_of_id(platform: str, platform_id: str) -> str:
    """What names a post in links, from its id in the platform's exports; blank where links name it otherwise."""
    shape = _EXPORTED.get(platform)
    return platform_id if shape and shape.fullmatch(platform_id) else ""


def post_id(url: str) -> str:
    """The id of the post as its platform's exports give it; blank where the link does not tell it."""
    return code_of_id(post_platform(url), post_code(url))


def post_mark(url: str) -> str:
    """What two links to one post have in common, however they were copied; blank for what is no web link."""
    try:
        url = safe_url(url)
    except DomainError:
        return ""
    if code := post_code(url):
        return f"{post_platform(url)}:{code}"
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    named = "&".join(f"{name}={query[name][0]}" for name in sorted(_OF_QUERY & query.keys()))
    return f"{_host(url)}{parts.path.rstrip('/')}?{named}".rstrip("?")


def _host(url: str) -> str:
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
    return host.removeprefix("www.").removeprefix("m.").removeprefix("mobile.")
