"""Texts in one spelling, as the phrases and the numbers look at them."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Final

from outreach.replies.notions import NOTIONS

ADDRESS: Final = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}")

_SPELLINGS: Final = str.maketrans({
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "œ": "oe", "æ": "ae", "–": "-", "—": "-", "‐": "-", "‑": "-",
})  # fmt: skip
_MONTHS: Final = (
    "january|february|march|april|june|july|august|september|october|november|december"
    "|janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
)
_WEEKDAYS: Final = (
    "monday|tuesday|wednesday|thursday|friday|saturday|sunday|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
)
# What stands for many: which address, sum or day it is says nothing of the kind of reply.
_KINDS: Final = (
    (ADDRESS, " xaddress "),
    (re.compile(r"(?:https?://|www\.)\S+"), " xpage "),
    (re.compile(r"[$€£] ?\d[\d.,]*k?|\b\d[\d.,]* ?k?(?:[$€£]|(?:euros?|eur|usd|dollars|pounds)\b)"), " xmoney "),
    (re.compile(r"\+?\d[\d .]{7,}\d"), " xphone "),
    (re.compile(rf"\b(?:{_MONTHS})\b"), " xmonth "),
    (re.compile(rf"\b(?:{_WEEKDAYS})\b"), " xweekday "),
    (re.compile(r"\d+(?:[.,/]\d+)*(?:st|nd|rd|th|er|e)?\b"), " xnumber "),
)
_NAMES: Final = frozenset(name.strip() for _kind, name in _KINDS)
_SHORT: Final = 4  # words
# How letters begin and end, where there is something between.
_GREETING: Final = re.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|bonjour|bonsoir|salut|coucou|cher|chere)\b"
    r"(?: (?!je\b|i\b|i'|merci|thank)[a-z'.-]+){0,3} ?[,!.\n]+\s*(?=\S)"
)
_CLOSING: Final = re.compile(
    r"(?<=\S)\s*\n\s*(?:best|kind|warm|many thanks|regards|cheers|sincerely|yours|thanks|cordialement|merci|amicalement"
    r"|bien (?:a vous|cordialement)|belle journee|bonne journee|a bientot)\b[^\n?]{0,30}(?:\n[^\n?]{0,40}){0,3}$"
)
_TOKENS: Final = re.compile(r"[a-z]+|[^\w\s]")
MOST: Final = 5_000  # characters: a reply says what it says early
_SHORTEST, _LONGEST = 2, 5  # letters of a piece of a word

_FRENCH: Final = re.compile(
    r"\b(?:je|tu|il|nous|vous|le|la|les|un|une|des|du|de|et|est|suis|pas|ne|que|qui|pour|dans|sur|votre|vos|mon|ma"
    r"|mes|merci|bonjour|avec|oui|non|au|aux|ce|cette|mais|jusqu|retour|absent|absente)\b"
)
_ENGLISH: Final = re.compile(
    r"\b(?:i|you|he|she|we|they|the|a|an|of|and|is|am|are|not|don|to|for|in|on|your|my|our|thanks|thank|hello|hi"
    r"|with|yes|no|this|that|but|until|back|away|be|will|please)\b"
)


def folded(text: str) -> str:
    """Small letters without accents, one kind of apostrophe, dash and blank; lines stay. No more than MOST."""
    plain = unicodedata.normalize("NFKD", text[:MOST].lower().translate(_SPELLINGS)).lower().translate(_SPELLINGS)
    bare = "".join(character for character in plain if not unicodedata.combining(character))
    return re.sub(r"[^\S\n]+", " ", bare).strip()


def is_french(text: str) -> bool:
    """By its small words; English where they are as many."""
    told = folded(text)
    return len(_FRENCH.findall(told)) > len(_ENGLISH.findall(told))


def words_of(text: str) -> list[str]:
    """Words and signs such as emoji, without marks, and without what stands for many."""
    return [word for word in _TOKENS.findall(_kinds_named(text)) if word not in _NAMES and not _is_mark(word)]


def _is_mark(word: str) -> bool:
    return word.isascii() and not word.isalpha()


def _kinds_named(text: str) -> str:
    told = _CLOSING.sub("", _GREETING.sub("", folded(text)))
    for kind, name in _KINDS:
        told = kind.sub(name, told)
    return told


def pieces(text: str) -> list[str]:
    """Words, pairs and triples of them, and pieces of words: what the numbers count. Marks count as words."""
    told = _kinds_named(text)
    words = _TOKENS.findall(told)
    notions = [name for name, form in NOTIONS if form.search(told)]
    notions += map(" ".join, combinations(notions, 2))
    return [*words, *_pairs(words), *(piece for word in words for piece in _parts(word)), *notions, *_shape(words)]


def _shape(words: list[str]) -> Iterator[str]:
    """How short it is, and whether it asks all the time or at its end."""
    if len(words) <= _SHORT:
        yield "#short"
    if asks := words.count("?"):
        yield "#asks only" if asks >= sum(word in {".", "!", "?"} for word in words) else "#asks"
        if words[-1] == "?":
            yield "#asks at last"
    else:
        yield "#asks nothing"


def _pairs(words: list[str]) -> Iterator[str]:
    line = ["^", *words, "$"]
    yield from map(" ".join, pairwise(line))
    yield from map(" ".join, zip(line, line[1:], line[2:], strict=False))


def _parts(word: str) -> Iterator[str]:
    edged = f"<{word}>"
    if len(word) > 1 and not word.startswith("x"):
        for size in range(_SHORTEST, _LONGEST + 1):
            yield from (edged[start : start + size] for start in range(len(edged) - size + 1))
