"""Which of a mail's parts are its text, and which come along with it."""

import re
from dataclasses import dataclass, replace
from typing import Final

from outreach.replies import hypertext
from outreach.replies.characters import clean, decoded
from outreach.replies.hypertext import text_of
from outreach.replies.parts import Part

MAX_TEXT: Final = 300_000  # characters
MAX_HTML: Final = 2_000_000
MAX_BYTES: Final = 8_000_000  # of all that is read, as sent


@dataclass(frozen=True)
class Body:
    """What is read. `html` is as it came, blank where nothing is HTML."""

    text: str
    html: str


@dataclass(frozen=True)
class _Block:
    """One stretch of the mail, in the one form, the other, or both."""

    plain: str = ""
    html: str = ""


def read_body(root: Part) -> tuple[Body, list[Part]]:
    """The text, and the parts that are not in it."""
    reader = _Reader()
    blocks = reader.blocks(root, is_whole=not root.children)
    texts, left = [], hypertext.MAX_HTML
    for block in blocks:
        texts.append(block.plain if block.plain.strip() else clean(text_of(block.html[:left])))
        left -= 0 if block.plain.strip() else min(left, len(block.html))
    markup = "\n".join(block.html for block in blocks if block.html)
    return Body(_tidy("\n".join(filter(str.strip, texts))[:MAX_TEXT]), markup[:MAX_HTML]), reader.attached


class _Reader:
    """Goes through the parts and keeps those that are no text to read."""

    def __init__(self) -> None:
        self.attached: list[Part] = []
        self._left = MAX_BYTES

    def blocks(self, part: Part, *, is_whole: bool = False) -> list[_Block]:
        if part.children:
            found = [block for child in part.children for block in self.blocks(child)]
            return [_one_of(found)] if part.type == "multipart/alternative" and found else found
        if part.type in {"text/plain", "text/html"} and (is_whole or _is_said_here(part)):
            return [self._block(part)]
        self.attached.append(part)
        return []

    def _block(self, part: Part) -> _Block:
        taken = replace(part, body=part.body[: self._left])
        self._left -= len(taken.body)
        text = clean(decoded(taken.content, part.parameters.get("charset", "")))
        if part.type == "text/html":
            return _Block(html=text)
        if part.parameters.get("format", "").lower() == "flowed":
            text = unflowed(text[:MAX_TEXT], is_spaceless=part.parameters.get("delsp", "").lower() == "yes")
        return _Block(plain=text)


def _one_of(blocks: list[_Block]) -> _Block:
    """Alternatives say the same."""
    plain = "\n".join(block.plain for block in blocks if block.plain.strip())
    return _Block(plain=plain, html="\n".join(block.html for block in blocks if block.html))


def _is_said_here(part: Part) -> bool:
    disposition = part.head.get("content-disposition").lower()
    has_name = "filename" in disposition or "name" in part.parameters
    return not has_name and not disposition.startswith("attachment")


def unflowed(text: str, *, is_spaceless: bool) -> str:
    """Lines that were broken on the way put together again (RFC 3676), each with its quote marks."""
    out: list[str] = []
    pending: list[str] = []
    depth = 0
    for line in text.split("\n"):
        quote = re.match(">*", line)
        marks = len(quote[0]) if quote else 0
        rest = line[marks:].removeprefix(" ")
        if pending and marks != depth:
            out.append("".join(pending))
            pending = []
        if not pending:
            pending, depth = [">" * marks + " " if marks else ""], marks
        is_soft = rest.endswith(" ") and rest != "-- "
        pending.append(rest[:-1] if is_soft and is_spaceless else rest)
        if not is_soft:
            out.append("".join(pending))
            pending = []
    return "\n".join([*out, "".join(pending)] if pending else out)


def _tidy(text: str) -> str:
    """Without blank space at the ends of lines, but for the dashes before a signature, which are told by it."""
    lines = (line if line == "-- " else line.rstrip() for line in text.split("\n"))
    return "\n".join(lines).strip("\n")
