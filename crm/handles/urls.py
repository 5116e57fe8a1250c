"""Links that a browser may follow, and host names."""

import encodings.idna
import re
import unicodedata
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from crm.errors import DomainError
from crm.handles.folding import normalise

URL_LIMIT = 500  # characters, as wide as the columns that keep links
_HOST_LIMIT = 253
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?")
# What nearly every link looks like: it is safe as it stands, and need not be taken apart.
_PLAIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,20}(?:/[A-Za-z0-9._~@/-]*)?")
_APART = re.compile("([ßς])")
_JOINERS = frozenset("\u200c\u200d")  # part of a name to some, and nothing to others
_FORBIDDEN = frozenset('<>"\\^`{|}')


def safe_url(text: str) -> str:
    """An http or https link, its scheme and host in lower-case ASCII; nothing else is changed. Idempotent.

    Raises DomainError: url_invalid; url_scheme, for anything but http and https; url_too_long (limit).
    A link with a user name or a password in it is refused: it shows one host and leads to another.
    """
    text = text.strip()
    if len(text) <= _HOST_LIMIT and _PLAIN.fullmatch(text):
        return text
    if len(text) > URL_LIMIT:
        raise DomainError("url_too_long", limit=URL_LIMIT)
    if any(c.isspace() or c in _FORBIDDEN or unicodedata.category(c) in {"Cc", "Cf", "Cs"} for c in text):
        raise DomainError("url_invalid")
    try:
        parts = urlsplit(text)
        host, port = ascii_host(parts.hostname or ""), parts.port
    except ValueError:  # a broken IPv6 address, a port that is no number
        raise DomainError("url_invalid") from None
    if parts.scheme not in {"http", "https"}:
        raise DomainError("url_scheme")
    if host is None or "@" in parts.netloc:
        raise DomainError("url_invalid")
    url = urlunsplit(parts._replace(netloc=host if port is None else f"{host}:{port}"))
    if len(url) > URL_LIMIT:  # a host outside ASCII grows
        raise DomainError("url_too_long", limit=URL_LIMIT)
    return url


@lru_cache(maxsize=4096)
def ascii_host(host: str) -> str | None:
    """A host name in lower-case ASCII, as browsers ask for it ("Élysée.fr" → "xn--lyse-9qad.fr"), or None when it is
    none. Whatever is compared with a host, or written to one, is read by this.
    """
    if not host or len(host) > _HOST_LIMIT:
        return None
    if set(host) & _JOINERS:
        return None
    # Letter by letter: of a whole word, the last sigma would become another letter.
    small = "".join(map(str.lower, normalise("NFKC", host)))
    labels = [_ascii_label(label) for label in small.replace("。", ".").split(".")]
    name = ".".join(label or "" for label in labels)
    return name if all(labels) and len(name) <= _HOST_LIMIT else None


def _ascii_label(label: str) -> str | None:
    if not label.isascii():
        try:
            label = _punycode(label)
        except UnicodeError:
            return None
    return label if _LABEL.fullmatch(label) else None


def _punycode(label: str) -> str:
    # The standard library speaks IDNA 2003, which writes ß as ss: another host, perhaps another owner.
    if "ß" in label or "ς" in label:
        mapped = "".join(part if part in {"ß", "ς"} else encodings.idna.nameprep(part) for part in _APART.split(label))
        return "xn--" + mapped.encode("punycode").decode("ascii")
    return encodings.idna.ToASCII(label).decode("ascii")
