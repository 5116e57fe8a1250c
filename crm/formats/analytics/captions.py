"""The text of a post: what it is tagged with."""

import re
import unicodedata
from itertools import takewhile

from crm.formats.cells import ITEM_LENGTH, ITEM_LIMIT

# Not inside a word, a link ("/page#top") or an escaped character ("&#39;"). A tag may follow upon a tag.
_RUN = re.compile(r"(?<![\w/&])[#＃]\S+")
_SIGNS = "_·\u200c\u200d"


def hashtags_in(text: str) -> tuple[str, ...]:
    """The hashtags of a text without "#", as first written, each once whatever its case; at most ITEM_LIMIT.

    A tag has a letter: "#1" is a number. One longer than ITEM_LENGTH is none.
    """
    found: dict[str, str] = {}
    for run in _RUN.findall(text):
        for part in re.split("[#＃]", run)[1:]:
            tag = "".join(takewhile(_is_in_tag, part))
            if len(tag) <= ITEM_LENGTH and any(map(str.isalpha, tag)):
                found.setdefault(tag.casefold(), tag)
    return tuple(found.values())[:ITEM_LIMIT]


def _is_in_tag(character: str) -> bool:
    """As crm.formats.cells.clean_hashtag has it."""
    return character in _SIGNS or unicodedata.category(character)[0] in "LMN"
