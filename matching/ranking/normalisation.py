"""One spelling for texts from any platform, so that equal words compare equal. Standard library only."""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_ADDRESS = re.compile(r"\S+@[^\s@]+\.[^\s@]+|(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)+/\S*", re.IGNORECASE)
_HANDLE = re.compile(r"@[\w.-]+(?:@[\w.-]+)?")
_HASHTAG = re.compile(r"#(\w+)")
# Letters that Unicode does not decompose into a base letter and an accent.
_UNDECOMPOSED: Final = {"œ": "oe", "æ": "ae", "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"}


class _Spelling(dict[int, str]):
    """Code point -> what stays of it, worked out at its first use; made for `str.translate`."""

    def __missing__(self, code: int) -> str:
        self[code] = spelt = _spell(chr(code))
        return spelt


def _spell(character: str) -> str:
    if "\ufe00" <= character <= "\ufe0f":  # how the emoji before it is drawn
        return ""
    if character in _UNDECOMPOSED:
        return _UNDECOMPOSED[character]
    return character if unicodedata.category(character)[0] in "LMN" else " "


_SPELLING = _Spelling()
# Of Latin, Greek and Cyrillic; vowel signs elsewhere are letters.
_WITHOUT_ACCENTS: Final = dict.fromkeys(range(0x300, 0x370))


def normalise(text: str) -> str:
    """Words in lower case without accents, one space between them.

    Hashtags become their words (`#SauvonsLesOcéans` -> `sauvons les oceans`); links, e-mail addresses, handles,
    emoji and punctuation go. What remains of an empty or purely decorative text is "".
    """
    return " ".join(map(plain, spelt(text)))


def spelt(text: str) -> list[str]:
    """The same words as `normalise` has, with their accents."""
    composed = unicodedata.normalize("NFKC", text)  # before the hashtags: an accent typed apart would end one
    kept = _HANDLE.sub(" ", _ADDRESS.sub(" ", composed))
    spread = _HASHTAG.sub(lambda found: f" {_hashtag_words(found[1])} ", kept)
    words = unicodedata.normalize("NFKD", spread).casefold().translate(_SPELLING)
    return [word for word in unicodedata.normalize("NFC", words).split() if plain(word)]


@lru_cache(maxsize=1 << 17)
def plain(word: str) -> str:
    """A word of `spelt` without its accents."""
    if word.isascii():
        return word
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", word).translate(_WITHOUT_ACCENTS))


def _hashtag_words(tag: str) -> str:
    """`SauvonsLesOcéans` -> `Sauvons Les Océans`, `WWFFrance` -> `WWF France`, `COP28` as it is."""
    words = tag[:1]
    for before, here, after in zip(tag, tag[1:], f"{tag[2:]} ", strict=False):
        starts_word = here.isupper() and (not before.isupper() or after.islower())
        words += f" {here}" if starts_word else here
    return words.replace("_", " ")
