"""A report as it is printed: titles in the reader's language, and cells that keep what they are.

How a figure is written is decided by whoever prints: plain in files that machines read, by the locale on paper.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from crm.formats.goals import minor_digits

Kind = Literal["text", "number", "reach", "share", "day", "money"]


@dataclass(frozen=True)
class Money:
    minor: int
    currency: str

    @property
    def amount(self) -> Decimal:
        return Decimal(self.minor).scaleb(-minor_digits(self.currency))


Cell = str | int | float | date | Money | None  # None: unknown, which is not 0


@dataclass(frozen=True)
class Column:
    """`weight`: how wide, beside the others."""

    title: str
    kind: Kind = "number"
    weight: float = 1.0


@dataclass(frozen=True)
class Table:
    """`slug` names its file or its sheet; `note` stands below it."""

    slug: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Bar:
    """One step of a funnel: its figure in words, and its share of the step before, where it has one."""

    title: str
    figure: str
    share: float | None
    said: str


@dataclass(frozen=True)
class Series:
    """Counts over time, as columns from zero. `labels`: one per column."""

    title: str
    labels: tuple[str, ...]
    values: tuple[float, ...]


@dataclass(frozen=True)
class Part:
    """Sentences below a heading."""

    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Book:
    title: str
    lead: tuple[str, ...]
    funnel_title: str
    funnel: tuple[Bar, ...]
    parts: tuple[Part, ...]
    series: tuple[Series, ...]
    tables: tuple[Table, ...]
    language: str


def flat(table: Table, currency_title: str) -> tuple[list[str], list[list[str | int | float | date | Decimal | None]]]:
    """Titles and rows with one value a cell: money takes two columns, the amount and its currency."""
    titles: list[str] = []
    for column in table.columns:
        titles.append(column.title)
        if column.kind == "money":
            titles.append(f"{column.title} ({currency_title})")
    rows: list[list[str | int | float | date | Decimal | None]] = []
    for cells in table.rows:
        row: list[str | int | float | date | Decimal | None] = []
        for column, cell in zip(table.columns, cells, strict=True):
            if column.kind == "money":
                row += [cell.amount, cell.currency] if isinstance(cell, Money) else [None, None]
            else:
                assert not isinstance(cell, Money)
                row.append(cell)
        rows.append(row)
    return titles, rows
