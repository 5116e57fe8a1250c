"""How well replies are read, on a table of replies whose class is known."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

from crm.errors import DomainError
from outreach.replies.classes import VERSION, Reading, ReplyClass
from outreach.replies.classifying import classify
from outreach.replies.letter import Letter, Nature

TEST_SET: Final = Path(__file__).parent / "test_set.csv"
UNSURE: Final = "unsure"
COLUMNS: Final = ("language", "reply_class", "date", "until", "subject", "text")


@dataclass(frozen=True)
class Written:
    """A reply as somebody wrote it on `on`, and what it is."""

    language: str
    reply_class: ReplyClass
    on: date
    until: date | None
    subject: str
    text: str

    def letter(self) -> Letter:
        """With no header that tells: what a person sends."""
        return Letter(
            nature=Nature.PERSONAL, message_id="", in_reply_to=(), references=(), from_address="", from_name="",
            reply_to="", to=(), subject=self.subject, date=datetime.combine(self.on, time(9), tzinfo=UTC),
            text=self.text, said=self.text, html="",
        )  # fmt: skip


def read(path: Path) -> list[Written]:
    """A CSV file (UTF-8) of COLUMNS; dates are ISO, `until` may be blank.

    Raises DomainError("replies_unreadable", line=…), line 0 where it is no such table at all.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            if not set(COLUMNS) <= set(table.fieldnames or ()):
                raise DomainError("replies_unreadable", line=0)
            return [_row(row, table.line_num) for row in table]
    except (OSError, UnicodeDecodeError, csv.Error):
        raise DomainError("replies_unreadable", line=0) from None


def _row(row: Mapping[str, str], line: int) -> Written:
    try:
        return Written(
            language=row["language"],
            reply_class=ReplyClass(row["reply_class"]),
            on=date.fromisoformat(row["date"][:10]),
            until=date.fromisoformat(row["until"]) if row["until"] else None,
            subject=row["subject"],
            text=row["text"],
        )
    except (ValueError, TypeError):
        raise DomainError("replies_unreadable", line=line) from None


def evaluate(replies: Iterable[Written]) -> dict[str, Any]:
    """{"version", "replies", "languages": {language: _of()}}: JSON as it is."""
    read_as = [(reply, classify(reply.letter(), language=reply.language)) for reply in replies]
    languages = sorted({reply.language for reply, _reading in read_as})
    of = {one: _of([pair for pair in read_as if pair[0].language == one]) for one in languages}
    return {"version": VERSION, "replies": len(read_as), "languages": of}


def _of(pairs: list[tuple[Written, Reading]]) -> dict[str, Any]:
    """`accuracy` is of what was decided, `coverage` the share that was. `by`: what decided. `matrix`: how many, as
    {written as: {read as or "unsure": n}}, zeros left out. `dates`: how many replies tell a day, and of how many it was
    found. Of a class `precision` and `recall` are None of nothing; whoever abstains finds nothing.
    """
    names = [str(one) for one in ReplyClass]
    matrix: dict[str, dict[str, int]] = {}
    by: dict[str, int] = {}
    for reply, reading in pairs:
        row = matrix.setdefault(str(reply.reply_class), {})
        name = str(reading.reply_class) if reading.is_sure else UNSURE
        row[name] = row.get(name, 0) + 1
        by[reading.by] = by.get(reading.by, 0) + 1
    decided = sum(reading.is_sure for _reply, reading in pairs)
    right = sum(row.get(name, 0) for name, row in matrix.items())
    dated = [(reply, reading) for reply, reading in pairs if reply.until]
    return {
        "replies": len(pairs),
        "decided": decided,
        "coverage": _share(decided, len(pairs)),
        "accuracy": _share(right, decided),
        "by": by,
        "dates": {"told": len(dated), "found": sum(reading.until == reply.until for reply, reading in dated)},
        "matrix": {name: matrix[name] for name in names if name in matrix},
        "classes": {name: found for name in names if (found := _class(matrix, name))["written"] or found["read"]},
    }


def _class(matrix: Mapping[str, Mapping[str, int]], name: str) -> dict[str, Any]:
    written = sum(matrix.get(name, {}).values())
    read_so = sum(row.get(name, 0) for row in matrix.values())
    right = matrix.get(name, {}).get(name, 0)
    return {
        "written": written,
        "read": read_so,
        "right": right,
        "precision": _share(right, read_so),
        "recall": _share(right, written),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
