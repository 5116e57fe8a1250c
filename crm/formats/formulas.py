"""Texts that a spreadsheet would run: kept texts on their way out, and read as what they were on their way in."""

import unicodedata
from itertools import chain

from crm.handles import normalise

_SIGNS = frozenset("=+-@|%")  # what a spreadsheet may take for the beginning of a formula
# Letters and marks without a width, which no category tells: joiners of graphemes, selectors of variants, fillers.
_WIDTHLESS = frozenset(
    chain(
        "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0",
        map(chr, range(0x180B, 0x1810)),
        map(chr, range(0xFE00, 0xFE10)),
        map(chr, range(0xE0100, 0xE01F0)),
    )
)


def neutralised(text: str) -> str:
    """The text, kept from being taken for a formula by an apostrophe in front where it begins like one."""
    return f"'{text}" if _begins_a_formula(text) else text


def meant(text: str) -> str:
    """The text without the apostrophe by which we, or a spreadsheet, said that this is no formula."""
    return text[1:] if text[:1] == "'" and _begins_a_formula(text[1:]) else text


def _begins_a_formula(text: str) -> bool:
    """By its first sign that is seen, however it is written: the full-width "＝" is one too."""
    if text[:1].isascii() and text[:1].isalnum():  # as most texts
        return False
    seen = (sign for sign in normalise("NFKC", text) if _is_seen(sign))
    return next(seen, "") in _SIGNS


def _is_seen(sign: str) -> bool:
    return not sign.isspace() and sign not in _WIDTHLESS and unicodedata.category(sign)[0] not in "CZ"
