"""What somebody is found by: the words of a text, and of what was typed."""

import re
from collections.abc import Iterable

from crm.handles.folding import fold

_WORD = re.compile(r"[^\W_]+")
_BIO = 2_000  # characters that are looked at: nobody searches by what stands further down
_MOST = 8  # words of a question


def words(text: str) -> list[str]:
    """Letters and digits, folded, without what stands between them: "L’Océan_bleu 2" → l, ocean, bleu, 2."""
    return _WORD.findall(fold(text))


def search_text(named: Iterable[str], bio: str) -> str:
    """Two lines: the words of a person's name and handles, and those of what they say of themselves.

    The second is left out where it holds nothing. The generated column `search` gives the two lines their weights.
    """
    lines = [" ".join(words(" ".join(named))), " ".join(dict.fromkeys(words(bio[:_BIO])))]
    return "\n".join(lines).rstrip("\n")


def search_query(text: str, *, weights: str = "") -> str:
    """A raw tsquery: every word typed begins one of the words that are kept. Blank where no word was typed.

    `weights`: only among words of these ("A": names and handles, "D": the bio).
    """
    return " & ".join(f"'{word}':*{weights}" for word in dict.fromkeys(words(text)[:_MOST]))
