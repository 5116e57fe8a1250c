"""Bytes as a mail says they are written, and texts made fit to be kept: no control, no half of a character."""

import codecs
import re
from functools import lru_cache
from typing import Final

_CHARSET = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,39}")
# What texts are written in, by Python's names. Not: idna and punycode (slow on long texts), escapes, compressions.
_WRITTEN = (
    "ascii",
    "big5",
    "cp",
    "euc",
    "gb",
    "hz",
    "iso2022",
    "iso8859",
    "johab",
    "koi8",
    "mac",
    "shift",
    "tis",
    "utf",
)
_LATIN: Final = "cp1252"  # what "iso-8859-1" and "us-ascii" mean in practice, as in browsers

_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
# Controls, halves of a character, and marks that turn the direction of whatever follows them.
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")


def decoded(content: bytes, charset: str) -> str:
    """The text that these bytes are: as said where that holds, else UTF-8 where that holds, else Western European."""
    for name in (_codec(charset), "utf-8"):
        try:
            return content.decode(name)
        except (UnicodeError, ValueError):
            continue
    return content.decode(_LATIN, "replace")


def clean(text: str) -> str:
    """With \\n between its lines, and without controls but tabs."""
    return _UNWANTED.sub("", _LINE_END.sub("\n", text))


def one_line(text: str, limit: int) -> str:
    """On one line of at most so many printable characters, with single spaces."""
    line = " ".join(clean(text[: 4 * limit]).split())
    return "".join(character for character in line if character.isprintable())[:limit].strip()


@lru_cache(maxsize=256)
def _known(charset: str) -> str:
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        return "utf-8"
    if name in {"ascii", "iso8859-1"}:
        return "utf-8" if name == "ascii" else _LATIN
    return name if name.startswith(_WRITTEN) else "utf-8"


def _codec(charset: str) -> str:
    charset = charset.strip().lower()
    return _known(charset) if _CHARSET.fullmatch(charset) else "utf-8"
