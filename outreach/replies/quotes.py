"""What a person wrote, told from what the mail client put around it: quoted history, its heading, the signature.

Where history bears no marks ("> ") it reaches to the end: nothing tells from it what somebody wrote beneath.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from outreach.replies.headings import Heading, folded, heading_at
from outreach.replies.signatures import without_additions, without_signature

_MARK = re.compile(r"\s{0,3}>")
_MARKS = re.compile(r"^\s{0,3}(?:> ?)+")
_FORWARD_SUBJECT = re.compile(r"^\s*(?:fwd?|tr|transf|tf) ?:", re.IGNORECASE)
_HEADINGS_IN_A_ROW: Final = 3


@dataclass
class _Reading:
    """What somebody wrote, in chunks, and where a text forwarded to us begins, if one does."""

    chunks: list[list[str]] = field(default_factory=lambda: [[]])
    forwarded: int | None = None
    is_quoting: bool = False

    def write(self, line: str) -> None:
        if self.is_quoting:
            self.chunks.append([])
        self.chunks[-1].append(line)
        self.is_quoting = False

    def forward(self, heading: Heading | None, number: int, *, is_forward: bool) -> None:
        if self.forwarded is None and (is_forward or (heading and heading.is_forward)):
            self.forwarded = heading.end if heading else number


def said(text: str, subject: str = "") -> str:
    """What the person wrote: above, between and beneath what they quote. Of a text forwarded without a word, that text.

    Blank where only others' words are left.
    """
    lines = text.split("\n")
    reading = _read(lines, is_forward=bool(_FORWARD_SUBJECT.match(subject)))
    written = _joined([without_signature(chunk) for chunk in reading.chunks])
    if not written and reading.forwarded is not None:
        return _joined([[_MARKS.sub("", line) for line in lines[reading.forwarded :]]])
    return written or _joined([without_additions(chunk) for chunk in reading.chunks])


def _read(lines: list[str], *, is_forward: bool) -> _Reading:
    reading = _Reading()
    plain = [folded(line) for line in lines]
    number = 0
    while number < len(lines):
        if _MARK.match(lines[number]):
            if not reading.is_quoting and reading.forwarded is None:
                reading.forward(heading_at(plain, number), number, is_forward=is_forward)
            reading.is_quoting = True
            number += 1
            continue
        heading = heading_at(plain, number)
        after = _after(heading, lines, plain) if heading else None
        if heading is None or after is None:
            reading.write(lines[number])
            number += 1
            continue
        reading.forward(heading, number, is_forward=is_forward)
        reading.is_quoting = True
        number = after
    return reading


def _after(heading: Heading, lines: list[str], plain: list[str]) -> int | None:
    """Where what somebody wrote may go on: the first marked line, or the end of all. None: it is no heading."""
    is_certain, number = heading.is_certain, heading.end
    for _ in range(_HEADINGS_IN_A_ROW):
        while number < len(lines) and not lines[number].strip():
            number += 1
        if number == len(lines) or _MARK.match(lines[number]):
            return number
        following = heading_at(plain, number)
        if following is None:
            break
        is_certain, number = is_certain or following.is_certain, following.end
    return len(lines) if is_certain else None


def _joined(chunks: list[list[str]]) -> str:
    stretches = ("\n".join(line.rstrip() for line in chunk).strip("\n") for chunk in chunks)
    return re.sub(r"\n{3,}", "\n\n", "\n\n".join(stretch for stretch in stretches if stretch.strip())).strip()
