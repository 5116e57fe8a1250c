"""What somebody is called by their first name, as far as their whole name tells."""

import re
from typing import Final

_NAME: Final = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_TITLES: Final = "dr m mr mrs ms mx mme mlle prof pr herr frau sr sra dña don doña"
# What a band, a studio or a channel begins with, and hardly a person.
_NO_NAMES: Final = """
the a an my our team studio at le la les l un une des de du mon ma mes nos notre chez el los las der die das ein eine
il lo gli i o os as um uma het een
"""


def first_name(name: str) -> str:
    """The first name in a whole name, or "" where it does not tell one: a handle, an initial, "The Reef Diaries".

    A family name that stands first, before a comma or in capitals, is no first name: "DIALLO Amina".
    """
    words = (name.partition(",")[2] or name).split()
    while words and words[0].casefold().rstrip(".") in _TITLES.split():
        words = words[1:]
    if any(map(_is_shouted, words)) and not all(map(_is_shouted, words)):
        words = [word for word in words if not _is_shouted(word)]
    first = words[0] if words else ""
    if len(first) <= 1 or not _NAME.fullmatch(first) or first.casefold() in _NO_NAMES.split():
        return ""
    if first.islower() and len(words) == 1:  # as handles are written
        return ""
    is_one_case = first.isupper() or first.islower()
    return re.sub(r"[^\W\d_]+", lambda part: part[0].capitalize(), first) if is_one_case else first


def _is_shouted(word: str) -> bool:
    return word.isupper() and sum(map(str.isalpha, word)) > 1
