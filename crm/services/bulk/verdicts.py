"""The table `work`, once applied, as the rows of an import: kept at once, or carried over a rollback."""

import json
import tempfile
from typing import IO, Any, NamedTuple
from uuid import UUID

from django.db import connection

from crm.models import ImportBatch, ImportRow

# What somebody new is told with stands in the row as staged. Whom a look-ahead made is not there any more after it, nor
# for the later rows that speak of the same person.
_ROWS = """
SELECT %(batch)s AS batch_id, said.line, coalesce(work.verdict, 'rejected') AS verdict,
  left(coalesce(nullif(said.title, ''), known.name, ''), 200) AS title,
  CASE WHEN work.is_new THEN said.told || work.changes ELSE coalesce(work.changes, '{}') END AS changes,
  said.errors || said.notes || CASE WHEN work.remarks <> '[]' THEN (
    SELECT jsonb_agg(remark || jsonb_build_object('column', coalesce(
             %(columns)s::jsonb ->> (remark ->> 'column'), remark ->> 'column')))
      FROM jsonb_array_elements(work.remarks) AS remark) ELSE '[]' END AS errors,
  said.raw, CASE WHEN maker.line IS NULL THEN work.influencer_id END AS influencer_id
FROM crm_stagedrow AS said LEFT JOIN work USING (line)
  LEFT JOIN work AS maker ON NOT %(is_kept)s AND maker.is_new AND maker.influencer_id = work.influencer_id
  LEFT JOIN crm_influencer AS known ON known.id = work.influencer_id
WHERE said.run = %(run)s
"""
_EACH = """
SELECT coalesce(work.verdict, 'rejected') AS verdict, work.influencer_id,
  CASE WHEN work.is_new THEN said.told || work.changes ELSE coalesce(work.changes, '{}') END AS changes,
  said.errors || coalesce(work.remarks, '[]') AS remarks
  FROM crm_stagedrow AS said LEFT JOIN work USING (line) WHERE said.run = %(run)s ORDER BY line
"""
_COLUMNS = "batch_id, line, verdict, title, changes, errors, raw, influencer_id"
_JSON = ("changes", "errors", "raw")
_IN_MEMORY = 16 * 1024**2  # bytes; more goes to a file


def keep(batch: ImportBatch) -> None:
    """Write the import's rows, in the transaction that stores what they tell."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO crm_importrow ({_COLUMNS}) {_ROWS}", _params(batch, is_kept=True))


def take(batch: ImportBatch) -> IO[bytes]:
    """The import's rows, to be put back after the rollback. The caller closes it."""
    spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    statement, params = f"COPY ({_ROWS}) TO STDOUT", _params(batch, is_kept=False)
    with connection.cursor() as cursor, cursor.copy(statement, params) as copy:
        for block in copy:
            spool.write(block)
    spool.seek(0)
    return spool


def look(batch: ImportBatch) -> list[ImportRow]:
    """The import's rows, not kept anywhere."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_ROWS} ORDER BY said.line", _params(batch, is_kept=False))
        found = cursor.fetchall()
    rows = [dict(zip(_COLUMNS.split(", "), values, strict=True)) for values in found]
    return [ImportRow(**row | {name: json.loads(row[name] or "null") for name in _JSON}) for row in rows]


class Told(NamedTuple):
    """What became of one row: whom it speaks of (None where it is refused), what it changed, what is to be remarked."""

    verdict: str
    influencer: int | None
    changes: dict[str, Any]
    remarks: list[dict[str, Any]]


def each(run: UUID) -> list[Told]:
    """What became of every row of a run, in the order of their lines."""
    with connection.cursor() as cursor:
        cursor.execute(_EACH, {"run": run})
        found = cursor.fetchall()
    return [Told(verdict, pk, json.loads(changes), json.loads(remarks)) for verdict, pk, changes, remarks in found]


def put(spool: IO[bytes]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY crm_importrow ({_COLUMNS}) FROM STDIN") as copy:
        while block := spool.read(1 << 16):
            copy.write(block)


def _params(batch: ImportBatch, *, is_kept: bool) -> dict[str, Any]:
    return {"batch": batch.pk, "run": batch.public_id, "columns": json.dumps(batch.columns), "is_kept": is_kept}
