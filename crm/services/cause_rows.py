"""A file of causes, row by row: there are few of them, and each is a brief of its own."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction

from crm.errors import DomainError
from crm.formats.rows import CauseRow, Parsed, RowError
from crm.models import ImportBatch, ImportRow
from crm.services import causes

_SAVE_EVERY = 500  # rows
_TELL_EVERY = 50


def judge(
    *, batch: ImportBatch, rows: Iterable[Parsed], is_kept: bool, told: Callable[[int], None] = lambda _done: None
) -> list[ImportRow]:
    """Store every row that can be, and say what became of each; unless `is_kept`, all of it is rolled back.

    `told`: called after every few rows with how many there are by then.
    """
    judged: list[ImportRow] = []
    with transaction.atomic():
        for parsed in rows:
            judged.append(_store(batch, parsed))
            if len(judged) % _TELL_EVERY == 0:
                told(len(judged))
        transaction.set_rollback(not is_kept)
    if not is_kept:
        made = {row.cause_id for row in judged if row.verdict == ImportRow.Verdict.CREATED}
        for row in judged:
            if row.cause_id in made:
                row.cause = None
    return judged


def save(rows: list[ImportRow]) -> Counter[str]:
    ImportRow.objects.bulk_create(rows, batch_size=_SAVE_EVERY)
    return Counter(row.verdict for row in rows)


def _store(batch: ImportBatch, parsed: Parsed) -> ImportRow:
    rejected = ImportRow.Verdict.REJECTED
    verdict = ImportRow(batch=batch, line=parsed.line, verdict=rejected, title=parsed.title)
    if not isinstance(parsed.row, CauseRow):
        verdict.errors, verdict.raw = [_said(error) for error in parsed.errors], dict(parsed.raw)
        return verdict
    try:
        with transaction.atomic():
            stored = causes.store(row=parsed.row)
    except DomainError as error:
        verdict.errors, verdict.raw = [{"column": "", "code": error.code, "params": error.params}], dict(parsed.raw)
        return verdict
    verdict.cause, verdict.title = stored.cause, stored.cause.name
    verdict.verdict, verdict.changes = stored.verdict, stored.changes
    verdict.errors = [_said(note) for note in parsed.notes]
    return verdict


def _said(error: RowError) -> dict[str, Any]:
    return {"column": error.column, "code": error.code, "params": dict(error.params)}
