"""Addresses and links that stand in a text somebody wrote about themselves."""

import re
from urllib.parse import urlsplit

from crm.errors import DomainError
from crm.handles.emails import canonical_email
from crm.handles.urls import URL_LIMIT, ascii_host

# Bounded, so that a text that was made to be slow is not.
_EMAIL = re.compile(r"[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}")
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>\"'()|]+|(?<![\w@.-])(?:[\w-]{1,63}\.){1,8}[a-z]{2,12}/[^\s<>\"'()|]+", re.IGNORECASE
)
# Everybody links there: neither the host nor a page of it tells whose profile this is.
_COMMON_HOSTS = """
youtube.com youtu.be instagram.com facebook.com fb.com fb.me tiktok.com x.com twitter.com t.co linkedin.com twitch.tv
bsky.app mastodon.social threads.net pinterest.com snapchat.com reddit.com discord.gg discord.com t.me wa.me
whatsapp.com spotify.com apple.com apple.co google.com goo.gl amazon.com amazon.fr amazon.co.uk amzn.to wikipedia.org
change.org helloasso.com gofundme.com paypal.com
"""
# Here everybody has a page of their own: the page tells, the host does not.
_SHARED_HOSTS = """
linktr.ee beacons.ai bio.link linkin.bio lnk.bio campsite.bio taplink.cc allmylinks.com carrd.co solo.to patreon.com
ko-fi.com buymeacoffee.com tipeee.com substack.com medium.com bit.ly tinyurl.com vinted.fr etsy.com paypal.me
soundcloud.com vimeo.com flickr.com behance.net github.com
"""
_COMMON = frozenset(_COMMON_HOSTS.split())
_SHARED = frozenset(_SHARED_HOSTS.split())


def emails_in(text: str) -> set[str]:
    """The canonical forms of the addresses in a text."""
    found = set()
    for said in _EMAIL.findall(text):
        try:
            found.add(canonical_email(said.rstrip(".-_")))
        except DomainError:
            continue
    return found


def links_in(text: str) -> set[str]:
    """What tells the links in a text, page by page and host by host: "linktr.ee/maia", "maia.example"."""
    return {mark for said in _LINK.findall(text) for mark in link_marks(said.rstrip(".,;:!?…"))}


def link_marks(link: str, *, is_page: bool = False) -> set[str]:
    """What two links to one page, or to one person's own host, have in common; nothing of a link to where everybody is.

    `is_page`: its host is a platform's, however little known, and tells nothing.
    """
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
        host = ascii_host((parts.hostname or "").removeprefix("www."))
    except ValueError:
        return set()
    if not host or "." not in host or any(host == known or host.endswith(f".{known}") for known in _COMMON):
        return set()
    path = parts.path.rstrip("/")
    page = {f"{host}{path}"[:URL_LIMIT]} if path else set()
    return page if is_page or host in _SHARED else page | {host}
