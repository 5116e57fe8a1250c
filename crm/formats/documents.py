"""JSON files: a list of entries, or documents such as reports: one, a list of them, or one a line."""

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import BinaryIO, NoReturn

from crm.errors import DomainError

SIZE_LIMIT_MB = 50  # of a file that is read whole; of one document where they are read one by one
_HEAD = 10  # documents a format is told by
_SPACE = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True)
class Items:
    """`wrapper`: the key of the object that holds the list ("projects"), or "" for a bare list.

    `entries`: each with the line it begins on, or, where several share a line, all with their number in the list.
    """

    wrapper: str
    entries: tuple[tuple[int, object], ...]


@dataclass(frozen=True)
class Document:
    """`number`: its line, where each document has its own, else its place in the list. `problem`: why there is none."""

    number: int
    value: object = None
    problem: str = ""


@dataclass(frozen=True)
class Documents:
    """The documents of a seekable stream, read again from its beginning by each walk, one value at a time in memory.

    Of a list or a single document the text is in memory as a whole, so SIZE_LIMIT_MB holds for the file; where each
    document has its own line, for a line. A walk raises DomainError: file_too_large (megabytes); json_invalid (line),
    but where each document has its own line, there the broken one is a Document with that problem.
    """

    stream: BinaryIO

    def __iter__(self) -> Iterator[Document]:
        return _lines(self.stream) if self._is_lines else _list_or_one(self.stream)

    @cached_property
    def head(self) -> tuple[object, ...]:
        """The first few, which tell the format."""
        return tuple(document.value for document in islice(self, _HEAD))

    @cached_property
    def _is_lines(self) -> bool:
        """An object ends on the first line and another begins on the next: no single JSON value has that."""
        self.stream.seek(0)
        lines = filter(None, (line.strip() for line in iter(lambda: _line(self.stream), b"")))
        first, second = next(lines, b"").removeprefix(codecs.BOM_UTF8), next(lines, b"")
        return first[:1] == b"{" and first[-1:] == b"}" and second[:1] == b"{"


def is_json(stream: BinaryIO) -> bool:
    """Whether a seekable stream begins as a JSON list or object does."""
    stream.seek(0)
    return stream.read(256).removeprefix(codecs.BOM_UTF8).lstrip()[:1] in {b"[", b"{"}


def read_items(stream: BinaryIO) -> Items:
    """The first list in a JSON file: the file itself, or a value of its outermost object. UTF-8, with or without BOM.

    Raises DomainError: file_too_large (megabytes); json_invalid (line); json_without_list.
    """
    return _Walk(_whole(stream)).items()


def _whole(stream: BinaryIO) -> str:
    stream.seek(0)
    content = stream.read(SIZE_LIMIT_MB * 1024**2 + 1)
    if len(content) > SIZE_LIMIT_MB * 1024**2:
        raise DomainError("file_too_large", megabytes=SIZE_LIMIT_MB)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DomainError("json_invalid", line=content.count(b"\n", 0, error.start) + 1) from None


def _list_or_one(stream: BinaryIO) -> Iterator[Document]:
    for number, value in enumerate(_Walk(_whole(stream)).documents(), 1):
        yield Document(number, value)


def _lines(stream: BinaryIO) -> Iterator[Document]:
    stream.seek(0)
    for number, line in enumerate(iter(lambda: _line(stream), b""), 1):
        if not line.strip():
            continue
        try:
            [value] = _Walk(line.decode("utf-8-sig" if number == 1 else "utf-8")).documents(is_list=False)
        except (DomainError, UnicodeDecodeError):
            yield Document(number, problem="json_invalid")
        else:
            yield Document(number, value)


def _line(stream: BinaryIO) -> bytes:
    line = stream.readline(SIZE_LIMIT_MB * 1024**2 + 1)
    if len(line) > SIZE_LIMIT_MB * 1024**2:
        raise DomainError("file_too_large", megabytes=SIZE_LIMIT_MB)
    return line


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


class _Walk:
    """The outermost level is walked by hand, because json.loads does not say on which line an entry stands."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def items(self) -> Items:
        if self._take("["):
            entries = list(self._list())
            self._end()
            return Items("", _numbered(entries))
        if not self._take("{"):
            self._refuse()
        found: Items | None = None
        while not self._take("}"):
            key = self._value()
            if not isinstance(key, str) or not self._take(":"):
                self._refuse()
            elif found is None and self._take("["):
                found = Items(key, _numbered(list(self._list())))
            else:
                self._value()
            if not self._take(",") and self._peek() != "}":
                self._refuse()
        self._end()
        if found is None:
            raise DomainError("json_without_list")
        return found

    def documents(self, *, is_list: bool = True) -> Iterator[object]:
        """The entries of the outermost list, each when it is asked for; else the one value there is."""
        if is_list and self._take("["):
            yield from (value for _at, value in self._list())
        else:
            yield self._value()
        self._end()

    def _list(self) -> Iterator[tuple[int, object]]:
        counted, line = 0, 1
        while not self._take("]"):
            self._peek()
            line += self._text.count("\n", counted, self._at)
            counted = self._at
            yield line, self._value()
            if not self._take(",") and self._peek() != "]":
                self._refuse()

    def _value(self) -> object:
        self._peek()
        try:
            value, self._at = _DECODER.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            raise DomainError("json_invalid", line=error.lineno) from None
        except (RecursionError, ValueError):  # nested thousands deep; a number of thousands of digits; NaN
            self._refuse()
        return value

    def _peek(self) -> str:
        space = _SPACE.match(self._text, self._at)
        self._at = space.end() if space else self._at
        return self._text[self._at : self._at + 1]

    def _take(self, character: str) -> bool:
        is_there = self._peek() == character
        self._at += is_there
        return is_there

    def _end(self) -> None:
        if self._peek():
            self._refuse()

    def _refuse(self) -> NoReturn:
        raise DomainError("json_invalid", line=self._text.count("\n", 0, self._at) + 1)


def _numbered(entries: list[tuple[int, object]]) -> tuple[tuple[int, object], ...]:
    lines = [line for line, _ in entries]
    if len(set(lines)) == len(lines):
        return tuple(entries)
    return tuple((number, value) for number, (_, value) in enumerate(entries, 1))
