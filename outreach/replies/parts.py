"""A mail taken apart into its parts (RFC 2045, 2046), by where they begin and end: nothing is copied on the way down.

The standard library's parser is not used: it recurses without end into nested parts (and message in message), and
makes of each short line an object of its own, 25 MB of which take most of a gigabyte. Attached mails stay closed here.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from outreach.replies.headers import MAX_HEAD, Head, from_base64, parameters, read_head

MAX_DEPTH: Final = 20
MAX_PARTS: Final = 200
_MAX_DELIMITERS: Final = 10_000  # lines that look like one
_MAX_BOUNDARY: Final = 200
_BLANK = re.compile(rb"\n\r?\n")


@dataclass(frozen=True)
class Part:
    """`type` is as said, lower-case ("text/plain" where nothing is). `body` is still encoded; blank in a container."""

    head: Head
    type: str
    parameters: dict[str, str]
    body: bytes
    children: tuple["Part", ...] = ()

    @property
    def content(self) -> bytes:
        """The body, decoded. An encoding that nobody knows is none."""
        encoding = self.head.get("content-transfer-encoding").partition(";")[0].strip(' "').lower()
        if encoding == "base64":
            return from_base64(self.body)
        return binascii.a2b_qp(self.body) if encoding == "quoted-printable" else self.body


@dataclass
class _Budget:
    raw: bytes
    parts: int = MAX_PARTS
    delimiters: int = _MAX_DELIMITERS


def take_apart(raw: bytes) -> Part:
    """The mail as a tree of parts. What goes beyond the limits above is left out, or left whole."""
    return _part(_Budget(raw), 0, len(raw), depth=0, usual="text/plain")


def _part(budget: _Budget, start: int, end: int, *, depth: int, usual: str) -> Part:
    block = budget.raw[start : min(end, start + MAX_HEAD)]
    if is_cut := len(block) < end - start:
        block = block[: block.rfind(b"\n") + 1 or None]
    head, length = read_head(block)
    body = start + length
    if is_cut and length == len(block):  # what is left of an endless head is no body
        blank = _BLANK.search(budget.raw, body, end)
        body = blank.end() if blank else end
    type_, named = parameters(head.get("content-type"))
    if type_.count("/") != 1:
        type_ = usual
    if type_.startswith("multipart/") and depth < MAX_DEPTH:
        usual = "message/rfc822" if type_ == "multipart/digest" else "text/plain"
        spans = list(_spans(budget, named.get("boundary", ""), body, end))
        children = tuple(_part(budget, *span, depth=depth + 1, usual=usual) for span in spans)
        if children:
            return Part(head, type_, named, b"", children)
    if type_.startswith("multipart/"):  # whatever it holds is not lost
        type_ = "text/plain"
    return Part(head, type_, named, budget.raw[body:end])


def _spans(budget: _Budget, boundary: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the parts between delimiters begin and end. Without a last delimiter, the last part ends with the whole."""
    delimiter = b"--" + boundary.rstrip().encode("utf-8", "replace")
    if not boundary.strip() or len(delimiter) > _MAX_BOUNDARY:
        return
    opened = -1
    for at, stop, is_last in _delimiters(budget, delimiter, start, end):
        if opened >= 0 and budget.parts > 0:
            budget.parts -= 1
            yield opened, max(opened, at)
        opened = -1 if is_last else stop
        if is_last or budget.parts <= 0:
            return
    if opened >= 0:
        budget.parts -= 1
        yield opened, end


def _delimiters(budget: _Budget, delimiter: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Each delimiter line: where the text before it ends, where that after it begins, whether it is the last."""
    raw, stop = budget.raw, start
    while (at := _line_that_begins(delimiter, raw, stop, end)) >= 0 and budget.delimiters > 0:
        budget.delimiters -= 1
        stop = raw.find(b"\n", at, end) + 1 or end
        rest = raw[at + len(delimiter) : min(stop, at + len(delimiter) + _MAX_BOUNDARY)].rstrip()
        if rest in {b"", b"--"}:
            before = max(start, at - 1)
            before -= before > start and raw[before - 1 : before] == b"\r"
            yield before, stop, rest == b"--"


def _line_that_begins(beginning: bytes, raw: bytes, start: int, end: int) -> int:
    """Where the next such line is, or -1. `start` is the beginning of a line."""
    if raw.startswith(beginning, start, end):
        return start
    return raw.find(b"\n" + beginning, start, end) + 1 or -1
