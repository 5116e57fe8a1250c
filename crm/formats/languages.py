"""Languages as files write them: BCP 47 tags, of which the primary one is kept, or names in common languages."""

import re
from functools import cache, lru_cache

from babel import Locale

from crm.errors import DomainError
from crm.handles import fold

# ISO 639-1. Languages without a two-letter code have three letters and are taken as they are.
_CODES = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg
ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn
no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw
ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
"""
CODES = frozenset(_CODES.split())
_RENAMED = {"iw": "he", "in": "id", "ji": "yi", "mo": "ro", "jw": "jv"}
_NAMED_IN = ("en", "fr", "es", "de", "pt", "it")
_LONGEST = 40
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8}){0,8}")


@lru_cache(maxsize=2048)
def language_tag(text: str) -> str:
    """The primary tag in lower case: "fr-CA" → "fr", "zh_Hant_TW" → "zh", "français" → "fr".

    Raises DomainError: language_unknown.
    """
    found = _TAG.fullmatch(text.strip())
    primary = found[1].lower() if found else ""
    primary = _RENAMED.get(primary, primary)
    if primary in CODES:
        return primary
    named = _names().get(fold(text)) if len(text) <= _LONGEST else None
    if named is None and (not primary or len(primary) == 2):  # noqa: PLR2004
        raise DomainError("language_unknown")
    return named or primary


@cache
def _names() -> dict[str, str]:
    """Folded name → tag. Where two languages share a name, the reader's first in _NAMED_IN has it."""
    names: dict[str, str] = {}
    for reader in _NAMED_IN:
        for code, name in Locale(reader).languages.items():
            if code in CODES:
                names.setdefault(fold(name), code)
    return names
