"""Texts made comparable: for searching and for sorting."""

import unicodedata
from typing import Literal

# Letters that Unicode does not take apart, though readers and keyboards do. (ß is taken apart by casefold.)
_LETTERS = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "ı": "i",
        "ŋ": "n",
        "ŧ": "t",
        "ĸ": "k",
    }
)
# Letters by category, empty to the eye: Hangul fillers, which vendors' files use as blanks.
_FILLERS = "\u115f\u1160\u3164\uffa0"
_ALPHABET = 4096
_MARKS_IN_A_ROW = 30  # Unicode's stream-safe limit (UAX 15): no natural text comes near it


def normalise(form: Literal["NFC", "NFKC", "NFD", "NFKD"], text: str) -> str:
    """unicodedata.normalize in linear time: of a run of combining marks only the first 30 are kept.

    Sorting a run is quadratic in CPython: 200,000 marks, a cell of 400 kB, held a core for 30 seconds.
    """
    if text.isascii():  # every form of it is itself
        return text
    if len(text) > _MARKS_IN_A_ROW and any(map(unicodedata.combining, text)):
        text = "".join(_without_long_runs(text))
    return unicodedata.normalize(form, text)


def fold(text: str) -> str:
    """The search key of a text: no case, no accents, no ligatures, nothing invisible, single spaces. Idempotent.

    "Łukasz Œuvré" → "lukasz oeuvre", "STRAẞE" → "strasse". Other scripts keep their letters.
    """
    if text.isascii() and text.isprintable():  # the quick way to the same: most cells are like this
        return " ".join(text.lower().split())
    bare = normalise("NFKD", text).casefold()
    return " ".join(normalise("NFC", normalise("NFKD", bare).translate(_PLAIN)).split())


def sort_key(name: str) -> str:
    """The sort key of a name: folded, from its first letter or digit on ("✿ Kids Diana Show" stands under k).

    A name without either sorts as it is folded.
    """
    folded = fold(name)
    start = next((i for i, character in enumerate(folded) if character.isalnum()), 0)
    return folded[start:]


def without_invisible(text: str) -> str:
    """The text without controls (a tab or line break becomes a space), direction overrides and Hangul fillers.

    Keeps the joiners that hold emoji together and shape Persian and Indic words.
    """
    if text.isprintable() and not any(filler in text for filler in _FILLERS):
        return text
    return "".join(map(_visible, text))


def _without_long_runs(text: str) -> list[str]:
    kept: list[str] = []
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= _MARKS_IN_A_ROW:
            kept.append(character)
    return kept


class _Plain(dict[int, str]):
    """What a search key has of each character, by its number; what was asked for stays, as much as an alphabet has."""

    def __missing__(self, number: int) -> str:
        plain = _plain(chr(number))
        if len(self) < _ALPHABET:
            self[number] = plain
        return plain


def _plain(character: str) -> str:
    if character.isspace():
        return " "
    category = unicodedata.category(character)
    is_dropped = category in {"Mn", "Me", "Cc", "Cf", "Cs"} or character in _FILLERS
    return "" if is_dropped or unicodedata.combining(character) else character


_PLAIN = _Plain(_LETTERS)


def _visible(character: str) -> str:
    if character in "\u200c\u200d":
        return character
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in {"Cc", "Cf", "Cs"} or character in _FILLERS else character
