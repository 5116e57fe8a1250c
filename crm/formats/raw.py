"""A row as the file has it."""

import itertools
from collections.abc import Iterator, Mapping
from functools import cached_property

from crm.formats.decoding import MARK

CELL_LIMIT = 1_000_000  # characters


class RawRow(Mapping[str, str]):
    """A row's cells by header name, safe to store: NUL and what could not be decoded stand as U+FFFD.

    Made when somebody asks: only of refused rows anybody does.
    """

    def __init__(self, header: tuple[str, ...], cells: tuple[str, ...]) -> None:
        self._header, self._row = header, cells

    def __getitem__(self, name: str) -> str:
        return self._cells[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells)

    def __len__(self) -> int:
        return len(self._cells)

    @cached_property
    def _cells(self) -> dict[str, str]:
        names = itertools.chain(self._header, (f"column {n}" for n in itertools.count(len(self._header) + 1)))
        return {
            name: cell[:CELL_LIMIT].replace("\0", "\ufffd").replace(MARK, "\ufffd")
            for name, cell in zip(names, self._row, strict=False)
        }
