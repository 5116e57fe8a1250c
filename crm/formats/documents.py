"""Lists in JSON files."""

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from crm.errors import DomainError

SIZE_LIMIT_MB = 50  # the file is read whole
_SPACE = re.compile(r"[ \t\r\n]*")


@dataclass(frozen=True)
class Items:
    """`wrapper`: the key of the object that holds the list ("projects"), or "" for a bare list.

    `entries`: each with the line it begins on, or, where several share a line, all with their number in the list.
    """

    wrapper: str
    entries: tuple[tuple[int, object], ...]


def is_json(stream: BinaryIO) -> bool:
    """Whether a seekable stream begins as a JSON list or object does."""
    stream.seek(0)
    return stream.read(256).removeprefix(codecs.BOM_UTF8).lstrip()[:1] in {b"[", b"{"}


def read_items(stream: BinaryIO) -> Items:
    """The first list in a JSON file: the file itself, or a value of its outermost object. UTF-8, with or without BOM.

    Raises DomainError: file_too_large (megabytes); json_invalid (line); json_without_list.
    """
    stream.seek(0)
    content = stream.read(SIZE_LIMIT_MB * 1024**2 + 1)
    if len(content) > SIZE_LIMIT_MB * 1024**2:
        raise DomainError("file_too_large", megabytes=SIZE_LIMIT_MB)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DomainError("json_invalid", line=content.count(b"\n", 0, error.start) + 1) from None
    return _Walk(text).items()


class _Walk:
    """The outermost level is walked by hand, because json.loads does not say on which line an entry stands."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._decoder = json.JSONDecoder(parse_constant=self._refuse)

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
            value, self._at = self._decoder.raw_decode(self._text, self._at)
        except json.JSONDecodeError as error:
            raise DomainError("json_invalid", line=error.lineno) from None
        except (RecursionError, ValueError):  # nested thousands deep; a number of thousands of digits
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

    def _refuse(self, constant: str = "") -> NoReturn:
        raise DomainError("json_invalid", line=self._text.count("\n", 0, self._at) + 1)


def _numbered(entries: list[tuple[int, object]]) -> tuple[tuple[int, object], ...]:
    lines = [line for line, _ in entries]
    if len(set(lines)) == len(lines):
        return tuple(entries)
    return tuple((number, value) for number, (_, value) in enumerate(entries, 1))
