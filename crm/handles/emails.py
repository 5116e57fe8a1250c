"""E-mail addresses: one that may be written to, and one key per mailbox."""

import re
from functools import lru_cache

from crm.errors import DomainError
from crm.handles.folding import normalise
from crm.handles.urls import ascii_host

_LIMIT = 254  # what fits into an SMTP path (RFC 5321)
_LOCAL_LIMIT = 64
_ATOM = r"(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]|[^\W_])+"  # RFC 5322's atom, or letters and digits of any script
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_GOOGLE = frozenset({"gmail.com", "googlemail.com"})
# Providers known to deliver name+anything@ to name@. Elsewhere the tag may be another person's mailbox.
_TAGGED = """
outlook.com outlook.fr outlook.be outlook.de outlook.at outlook.es outlook.it outlook.pt outlook.dk outlook.ie
outlook.jp outlook.in outlook.com.br outlook.com.ar outlook.com.tr outlook.com.au hotmail.com hotmail.fr hotmail.be
hotmail.ca hotmail.ch hotmail.co.uk hotmail.de hotmail.es hotmail.it hotmail.nl hotmail.com.br hotmail.com.ar
hotmail.com.tr hotmail.se hotmail.no hotmail.dk live.com live.fr live.be live.ca live.co.uk live.de live.it live.nl
live.com.mx live.com.ar live.com.au live.se live.no live.dk live.ie live.cn msn.com icloud.com me.com mac.com
fastmail.com fastmail.fm proton.me protonmail.com protonmail.ch pm.me
"""
_IGNORE_TAGS = _GOOGLE | frozenset(_TAGGED.split())


def clean_email(raw: str) -> str:
    """An address as one may write to it: as given, without surrounding space, its domain in lower-case ASCII.

    Raises DomainError: email_invalid. Quoted names, comments, IP literals, host names without a dot and everything
    that could end a header line are refused.
    """
    local, domain = _split(raw)
    return f"{local}@{domain}"


def canonical_email(raw: str) -> str:
    """The key of a mailbox: two addresses that reach the same one for sure have the same key. Idempotent.

    It is for comparing: write to the address as it was given. Raises DomainError: email_invalid.
    """
    local, domain = _split(raw)
    local = normalise("NFKC", normalise("NFKC", local).casefold())
    if domain in _IGNORE_TAGS:
        local = local.partition("+")[0]
    if domain in _GOOGLE:
        local, domain = local.replace(".", ""), "gmail.com"
    if not _LOCAL.fullmatch(local) or len(local.encode()) > _LOCAL_LIMIT:
        raise DomainError("email_invalid")
    return f"{local}@{domain}"


@lru_cache(maxsize=256)  # an address is cleaned, then made a key of
def _split(raw: str) -> tuple[str, str]:
    if len(raw) > _LIMIT * 2:  # before any work on it
        raise DomainError("email_invalid")
    local, at, host = normalise("NFKC", raw.strip()).partition("@")
    domain = ascii_host(host)
    if not at or domain is None or "_" in domain or not _LOCAL.fullmatch(local):
        raise DomainError("email_invalid")
    is_too_long = len(local.encode()) > _LOCAL_LIMIT or len(f"{local}@{domain}".encode()) > _LIMIT
    if is_too_long or "." not in domain or domain.rpartition(".")[2].isdigit():
        raise DomainError("email_invalid")
    return local, domain
