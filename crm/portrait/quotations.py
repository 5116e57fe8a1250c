"""A few words of a post, fit to be quoted to whoever wrote it: theirs alone, short, and cut where a word ends."""

import re
from collections.abc import Sequence
from typing import Final

from crm.portrait.mentions import Ear

LONGEST: Final = 200  # characters
_SHORTEST: Final = 15
_READ: Final = 5_000  # characters of a post
_CLOSEST: Final = 60  # characters of what goes before the telling words, where the beginning has to go

_ANOTHER_S: Final = re.compile(r"\s*(?:RT|via|repost)\b[\s:]*@", re.IGNORECASE)
_ADDRESS: Final = re.compile(
    r"https?://\S+|www\.\S+|(?<![\w@.-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,5}\.[a-z]{2,20}/\S*", re.IGNORECASE
)
# Others, and where they are to be reached: nobody is told to somebody else.
_OTHERS: Final = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}|@[\w.]{0,60}\w|\+?\d(?:[ .\-()]{0,2}\d){7,}"
)
_TAGS: Final = re.compile(r"(?:(?<!\w)#\w+[ \t,·|]*){2,}")
_LONE_TAG: Final = re.compile(r"(?:(?<=[.!?…\n])|^)[ \t]*#\w+[ \t]*$", re.MULTILINE)
_END: Final = re.compile(r"[.!?…](?=\s)")


def quote(ear: Ear, text: str, *, language: str = "", hashtags: Sequence[str] = ()) -> str:
    """The sentence of a post that tells most of what the ear listens for, in at most 200 characters; the beginning,
    where only the hashtags tell it. Blank where the post tells nothing of it, is somebody else's, or says too little.
    """
    text = text[:_READ]
    if _ANOTHER_S.match(text):
        return ""
    plain = bare(text)
    if said := ear.hear(plain, language=language):
        found = _around(said.sentence, len(said.parts[0]))
        if len(found) >= _SHORTEST:
            return found
    if not said and not ear.hear(re.sub(r"[^\S\n]+", " ", text), language=language, hashtags=hashtags):
        return ""
    found = _beginning(" ".join(plain.split()))
    return found if len(found) >= _SHORTEST else ""


def bare(text: str) -> str:
    """Without links and hashtags in a row; whoever else is named, or could be reached, is left out with "…"."""
    text = _TAGS.sub(" ", _OTHERS.sub("…", _ADDRESS.sub(" ", text)))
    text = re.sub(r"…(?:[\s,]*…)+", "…", _LONE_TAG.sub("", text))
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in text.splitlines())
    return re.sub(r"\s+([.,])", r"\1", "\n".join(line for line in lines if re.search(r"\w", line)))


def _beginning(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    ends = [match.end() for match in _END.finditer(text, _SHORTEST, LONGEST)]
    return text[: ends[-1]] if ends else _cut_after(text)


def _around(sentence: str, telling: int) -> str:
    """The sentence, or what of it stands around this place. An ear leaves half words at the ends of a long one."""
    start = sentence.find(" ") + 1 if sentence.startswith("…") else 0
    end = sentence.rfind(" ") if len(sentence) > LONGEST and sentence.endswith("…") else len(sentence)
    is_whole = start == 0
    if telling - start > LONGEST - _CLOSEST:
        start, is_whole = sentence.find(" ", max(telling - _CLOSEST, 0), telling) + 1 or telling, False
    kept = sentence[start : max(end, telling)].strip()
    if len(kept) > LONGEST - (not is_whole) or end < len(sentence):
        kept = _cut_after(kept, room=LONGEST - (not is_whole))
    return kept if is_whole else f"…{kept.lstrip('…')}"


def _cut_after(text: str, room: int = LONGEST) -> str:
    """Whole words and "…", in no more than this room."""
    head = text[: room - 1]
    if len(text) >= room and not text[room - 1].isspace() and " " in head:
        head = head[: head.rindex(" ")]
    return f"{head.rstrip(' ,;:–—-…')}…"
