"""What links carry: codes, click ids, signed tokens, UTM parameters."""

import hmac
import re
import secrets
from dataclasses import dataclass, fields
from urllib.parse import quote, unquote_plus, urlsplit

from crm import keyring
from crm.errors import DomainError
from crm.handles import ascii_host

# No look-alikes (0 o, 1 i l), one case, and no vowels, so that no code spells a word. Short enough to be said aloud:
# 28 ** 8 leaves 377,801,998,336 codes. It is a name, not a secret: whoever guesses one is led to a public page.
CODE_ALPHABET = "23456789bcdfghjkmnpqrstvwxyz"
CODE_LENGTH = 8
CLICK_PARAMETER = "cw_click"
_GROUP = 4
_BETWEEN_GROUPS = re.compile(r"[\s\u00ad\u200b\u2060\u2010-\u2015\u2212-]")  # spaces and hyphens of every kind

_SLUG = re.compile(r"[a-z0-9_-]+")
_SLUG_MAX = 100
_REPLY_MAC = 24  # hex digits
_REPLY_TOKEN = re.compile(rf"r([1-9][0-9]{{0,17}})-([0-9a-f]{{{_REPLY_MAC}}})")
_PRINTABLE = re.compile(r"[^\x00-\x20\x7f-\xa0\u2028\u2029\ufeff\\<>\"]+")


@dataclass(frozen=True)
class Utm:
    """Where a visit comes from, as web analytics read it: lower-case slugs, never a person's name or address.

    `content` and `id` may be empty, and are then left out. Raises DomainError: utm_invalid (field).
    """

    source: str
    medium: str
    campaign: str
    content: str = ""
    id: str = ""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            may_be_empty = field.name in {"content", "id"}
            if not (may_be_empty and value == "") and not (_SLUG.fullmatch(value) and len(value) <= _SLUG_MAX):
                raise DomainError("utm_invalid", field=field.name)

    def parameters(self) -> dict[str, str]:
        """`utm_source` and so on, without the empty ones."""
        named = {f"utm_{field.name}": getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in named.items() if value}


def new_code() -> str:
    """A code for a tracked link: 8 lower-case characters. Two in many may be the same: see that it is free."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def spoken(code: str) -> str:
    """A code as it is read aloud and written down, in groups: "wpnm-fqtd"."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def heard(text: str) -> str:
    """The code that somebody wrote or said, however they grouped it: "WPNM FQTD" is wpnmfqtd."""
    return _BETWEEN_GROUPS.sub("", text.lower())


def new_click_id() -> str:
    """The name of one click: 128 random bits in 32 lower-case hex digits."""
    return secrets.token_hex(16)


def unsubscribe_token(subject: str) -> str:
    """What follows `/u/` in a message to this address. `subject` is its keyed hash, never the address. No expiry: it
    says which address it is of when we have long forgotten it.
    """
    return keyring.sign("unsubscribe", subject)


def read_unsubscribe_token(token: str) -> str:
    """The keyed hash the token was made for; in messages of before, the address's public id. Raises DomainError:
    token_invalid.
    """
    return keyring.unsign("unsubscribe", token)


def reply_token(message: int) -> str:
    """What stands behind the "+" in the address that one message is answered to: its number, and 96 bits that nobody
    makes up. In one case and without signs that mail systems change.
    """
    return f"r{message}-{_reply_mac(keyring.digest('reply', str(message)))}"


def read_reply_token(token: str) -> int:
    """The number of the message, under any known key. Raises DomainError: token_invalid."""
    if not (read := _REPLY_TOKEN.fullmatch(token)):
        raise DomainError("token_invalid")
    number, mac = read.groups()
    known = [_reply_mac(digest) for digest in keyring.digests("reply", number)]
    if not sum(hmac.compare_digest(each, mac) for each in known):  # each of them is compared
        raise DomainError("token_invalid")
    return int(number)


def hook_key(source: str) -> str:
    """The secret end of the address at which a mail service, or a pipe, hands over what came. Safe in a URL path."""
    return keyring.sign("hook", source)


def is_hook_key(source: str, key: str) -> bool:
    """Compared in constant time, under any known key."""
    try:
        return keyring.unsign("hook", key) == source
    except DomainError as error:
        if error.code != "token_invalid":  # our own keyring is damaged: that must not look like a wrong key
            raise
        return False


def _reply_mac(digest: str) -> str:
    return digest.partition(":")[2][:_REPLY_MAC]


def tracked_url(destination: str, *, click_id: str, utm: Utm) -> str:
    """The destination, told where the visit comes from. Raises what tracked_parts does."""
    before, after = tracked_parts(destination, utm=utm)
    return f"{before}{quote(click_id, safe='')}{after}"


def tracked_parts(destination: str, *, utm: Utm) -> tuple[str, str]:
    """What stands before and after the click's name in the address of a tracked link: the same for all its clicks.

    The rest of its query and its fragment stay as they were written; every `utm_*` and `cw_click` gives way to ours.
    Raises DomainError: destination_invalid (not a plain http or https address).
    """
    check_destination(destination)
    rest, hash_mark, fragment = destination.partition("#")
    base, _, query = rest.partition("?")
    kept = [part for part in query.split("&") if part and not _is_ours(part)]
    added = [f"{name}={quote(value, safe='')}" for name, value in utm.parameters().items()]
    return f"{base}?{'&'.join([*kept, *added, CLICK_PARAMETER])}=", f"{hash_mark}{fragment}"


def _is_ours(part: str) -> bool:
    name = unquote_plus(part.partition("=")[0]).strip().lower()
    return name.startswith("utm_") or name == CLICK_PARAMETER


def check_destination(destination: str) -> None:
    """Whether tracked links may lead there. Raises DomainError: destination_invalid."""
    try:
        parts = urlsplit(destination)
        is_plain = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
        _ = parts.port  # raises ValueError on a port that is none
    except ValueError as error:
        raise DomainError("destination_invalid") from error
    if not is_plain or not _PRINTABLE.fullmatch(destination):
        raise DomainError("destination_invalid")


def host_of(destination: str) -> str:
    """The server that a browser would ask, in small ASCII letters: "Café.example." is xn--caf-dma.example.

    Raises DomainError: destination_invalid.
    """
    check_destination(destination)
    named = urlsplit(destination).netloc.partition(":")[0]  # `hostname` would change the last sigma of a word
    host = ascii_host(named.removesuffix("."))
    if host is None:
        raise DomainError("destination_invalid")
    return host
