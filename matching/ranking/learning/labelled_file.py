"""Somebody's own labelled data, a CSV file: features are inferred from its columns."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np

from crm.errors import DomainError
from matching.ranking.arrays import Floats
from matching.ranking.learning.labelled import Labelled

_MISSING: Final = frozenset({"", "na", "n/a", "nan", "null", "none", "?", "."})
_TRUTH: Final[Mapping[str, float]] = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0}
_NUMERIC: Final = 0.95  # of the known cells: then the others are taken as missing
_MOST_WORDS: Final = 20  # different words of a column that become features of their own


@dataclass(frozen=True)
class LabelledFile:
    """`rows`, and which columns could not be used as features, with a code why."""

    rows: Labelled
    left_out: Mapping[str, str]


def read(path: Path, *, group: str, label: str, time: str = "") -> LabelledFile:
    """Rows of one value in column `group` are ranked against each other; `label`: numbers from 0, higher is better.

    A numeric column is a feature; one of at most 20 different words is one for each. `time`: numbers or ISO dates.
    Raises DomainError: "table_unreadable", "table_column_missing", "table_empty", "table_label_invalid" (row, value),
    "table_time_invalid" (row, value), "table_without_features".
    """
    header, cells = _cells(path)
    for column in filter(None, (group, label, time)):
        if column not in header:
            raise DomainError("table_column_missing", column=column, columns=", ".join(header))
    columns = {name: [row[place] for row in cells] for place, name in enumerate(header)}
    grades, times = _grades(columns[label]), _times(columns[time]) if time else None
    features, left_out = _features({name: columns[name] for name in header if name not in {group, label, time}})
    if not features:
        raise DomainError("table_without_features")
    rows = Labelled(
        names=tuple(features),
        values=np.column_stack(list(features.values())),
        grades=grades,
        groups=np.unique(columns[group], return_inverse=True)[1].astype(np.int64),
        times=times,
    )
    return LabelledFile(rows, left_out)


def _cells(path: Path) -> tuple[list[str], list[list[str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            delimiter = max(",;\t", key=first.count)
            file.seek(0)
            lines = [line for line in csv.reader(file, delimiter=delimiter) if line]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DomainError("table_unreadable", path=str(path)) from error
    if not lines[1:]:
        raise DomainError("table_empty")
    header = [name.strip() or f"column {place}" for place, name in enumerate(lines[0], start=1)]
    if len(set(header)) != len(header) or any(len(line) != len(header) for line in lines):
        raise DomainError("table_unreadable", path=str(path))
    return header, [[cell.strip() for cell in line] for line in lines[1:]]


def _features(columns: Mapping[str, Sequence[str]]) -> tuple[dict[str, Floats], dict[str, str]]:
    features: dict[str, Floats] = {}
    left_out: dict[str, str] = {}
    for name, cells in columns.items():
        found = _as_features(name, cells)
        if isinstance(found, str):
            left_out[name] = found
        else:
            features |= found
    return features, left_out


def _as_features(name: str, cells: Sequence[str]) -> dict[str, Floats] | str:
    """The features of one column, or a code why it has none."""
    known = [cell for cell in cells if cell.casefold() not in _MISSING]
    if len(set(known)) <= 1:
        return "constant"
    numbers = np.array([_number(cell) for cell in cells])
    if np.count_nonzero(~np.isnan(numbers)) >= _NUMERIC * len(known):
        return {name: numbers}
    words = Counter(known)
    if len(words) > _MOST_WORDS:
        return "too_many_words"
    told = np.array([cell.casefold() not in _MISSING for cell in cells])
    values = np.array(cells)
    return {f"{name}={word}": np.where(told, (values == word).astype(np.float64), np.nan) for word in sorted(words)}


def _number(cell: str) -> float:
    spelt = cell.casefold()
    if spelt in _TRUTH:
        return _TRUTH[spelt]
    try:
        found = float(spelt)
    except ValueError:
        return float("nan")
    return found if np.isfinite(found) else float("nan")


def _grades(cells: Sequence[str]) -> Floats:
    grades = np.array([_number(cell) for cell in cells])
    wrong = np.flatnonzero(~(grades >= 0))
    if len(wrong):
        raise DomainError("table_label_invalid", row=int(wrong[0]) + 2, value=cells[int(wrong[0])])
    return grades


def _times(cells: Sequence[str]) -> Floats:
    return np.array([_time(row, cell) for row, cell in enumerate(cells, start=2)])


def _time(row: int, cell: str) -> float:
    if not np.isnan(number := _number(cell)):
        return number
    try:
        told = datetime.fromisoformat(cell)
    except ValueError:
        raise DomainError("table_time_invalid", row=row, value=cell) from None
    return (told if told.tzinfo else told.replace(tzinfo=UTC)).timestamp()
