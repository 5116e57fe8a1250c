"""Who listens: "FR:0.42|BE:0.11", "18-24:40 %", "female:0.6"."""

import re
from collections.abc import Callable
from functools import lru_cache

from crm.errors import DomainError
from crm.formats.cells import clean_word, parse_items
from crm.formats.countries import country_code
from crm.formats.languages import language_tag
from crm.formats.rows import AudienceShare, Dimension
from crm.handles import fold, parse_share

AGES = ("13-17", "18-24", "25-34", "35-44", "45-54", "55-64", "65+")  # as most sources cut them
GENDERS = ("female", "male", "other")
_AGE = re.compile(r"([0-9]{1,3})\s*(?:[-–—]\s*([0-9]{1,3})|[+-])")
_GENDERS = {
    "female": "female f woman women femme femmes feminin",
    "male": "male m man men homme hommes masculin",
    "other": "other o x nonbinary non-binary autre",
    "unknown": "unknown u inconnu",
}
_GENDER = {word: gender for gender, words in _GENDERS.items() for word in words.split()}
_ROUNDING = 0.02  # by how much shares that were rounded one by one may add up to more than a whole


@lru_cache(maxsize=2048)  # files repeat themselves
def parse_audience(dimension: Dimension, text: str) -> tuple[AudienceShare, ...]:
    """The shares of one dimension; an entry without a share is one whose size is not known.

    Keys: ISO alpha-2 countries, primary language tags, ages as "18-24" or "65+", genders female, male, other, unknown,
    interests as written. Raises DomainError: audience_key_invalid (dimension); audience_repeated (dimension);
    audience_over_one (dimension; interests may overlap); country_unknown; language_unknown; share_invalid;
    share_out_of_range; list_too_long and text_too_long (limit).
    """
    shares = parse_items(text, lambda part: _share(dimension, part))
    if len({share.key for share in shares}) < len(shares):
        raise DomainError("audience_repeated", dimension=dimension)
    if dimension != "interest" and sum(share.share or 0 for share in shares) > 1 + _ROUNDING:
        raise DomainError("audience_over_one", dimension=dimension)
    return shares


def trait_key(dimension: Dimension, text: str) -> str:
    """A trait as it is spelled here: "France" → "FR". Raises DomainError: as parse_audience, of its key."""
    return _KEYS[dimension](text.strip())


def rest_of(share: float | None) -> float | None:
    """What a share leaves of the whole, without the dust of binary fractions: of 0.17 it is 0.83. None of None."""
    return None if share is None else round(1 - share, 9)


def _share(dimension: Dimension, part: str) -> AudienceShare:
    name, colon, share = part.rpartition(":")
    key = trait_key(dimension, name if colon else share)
    return AudienceShare(dimension, key, parse_share(share) if colon else None)


def _age(text: str) -> str:
    found = _AGE.fullmatch(text)
    if found is None or (found[2] and int(found[1]) > int(found[2])):
        raise DomainError("audience_key_invalid", dimension="age")
    return f"{int(found[1])}-{int(found[2])}" if found[2] else f"{int(found[1])}+"


def _gender(text: str) -> str:
    gender = _GENDER.get(fold(text))
    if gender is None:
        raise DomainError("audience_key_invalid", dimension="gender")
    return gender


def _interest(text: str) -> str:
    interest = clean_word(text)
    if not interest:
        raise DomainError("audience_key_invalid", dimension="interest")
    return interest


_KEYS: dict[Dimension, Callable[[str], str]] = {
    "country": country_code,
    "language": language_tag,
    "age": _age,
    "gender": _gender,
    "interest": _interest,
}
