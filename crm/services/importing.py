"""A file somebody brought: read, shown row by row, then stored or discarded.

Looking and storing are one code path: analysing stores every row in a transaction that is rolled back.
"""

import hashlib
import io
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from crm.errors import DomainError
from crm.formats.registry import read_causes, read_influencers
from crm.formats.rows import CauseRow, InfluencerRow, Parsed, RowError
from crm.models import ImportBatch, ImportRow, User
from crm.services import causes, influencers

_LEASE = timedelta(minutes=30)
_SAVE_EVERY = 500  # rows


def upload(
    *,
    subject: str,
    filename: str,
    content: bytes,
    at: datetime,
    max_bytes: int,
    by: User | None = None,
    format: str = "",
) -> ImportBatch:
    """Keep a file to be analysed. Raises DomainError: file_empty, file_too_large, subject_unknown."""
    if subject not in ImportBatch.Subject.values:
        raise DomainError("subject_unknown", subject=subject, known=ImportBatch.Subject.values)
    if not content.strip():
        raise DomainError("file_empty")
    if len(content) > max_bytes:
        raise DomainError("file_too_large", megabytes=max_bytes // 1024**2)
    return ImportBatch.objects.create(
        subject=subject,
        filename=filename[-255:],
        format=format,
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        uploaded_by=by,
        uploaded_at=at,
    )


def analyse(*, batch: ImportBatch, at: datetime) -> None:
    """Say what the file would do, row by row, and change nothing. A file that cannot be read ends as failed."""
    if not _claim(batch, ImportBatch.State.UPLOADED, at=at):
        return
    try:
        with transaction.atomic():
            rows = _store_rows(batch, at=at)
            transaction.set_rollback(True)
    except DomainError as error:
        _finish(batch, ImportBatch.State.FAILED, at=at, error={"code": error.code, "params": error.params})
        return
    _forget_made(rows)
    with transaction.atomic():
        _save_rows(batch, rows)
        _finish(batch, ImportBatch.State.ANALYSED, at=at)


def accept(*, batch: ImportBatch) -> None:
    """Somebody saw the verdicts and wants the rows stored. Raises DomainError: import_not_waiting."""
    moved = ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.ANALYSED).update(
        state=ImportBatch.State.ACCEPTED, lease_until=None
    )
    if not moved:
        raise DomainError("import_not_waiting", state=batch.state)


def discard(*, batch: ImportBatch, at: datetime) -> None:
    """Let the file go, storing nothing. Raises DomainError: import_not_waiting."""
    waiting = [ImportBatch.State.UPLOADED, ImportBatch.State.ANALYSED]
    moved = ImportBatch.objects.filter(pk=batch.pk, state__in=waiting).update(
        state=ImportBatch.State.DISCARDED, content=None, finished_at=at
    )
    if not moved:
        raise DomainError("import_not_waiting", state=batch.state)


def commit(*, batch: ImportBatch, at: datetime) -> None:
    """Store every row that was not rejected, all in one transaction: after a crash nothing is half there."""
    if not _claim(batch, ImportBatch.State.ACCEPTED, at=at):
        return
    with transaction.atomic():
        rows = _store_rows(batch, at=at)
        batch.rows.all().delete()
        _save_rows(batch, rows)
        _finish(batch, ImportBatch.State.COMMITTED, at=at)


def work(*, batch: ImportBatch, at: datetime) -> None:
    """Whatever this batch waits for. Safe to call twice and from anywhere."""
    analyse(batch=batch, at=at)
    commit(batch=batch, at=at)


def _claim(batch: ImportBatch, state: str, *, at: datetime) -> bool:
    """Take the batch for this process: the conditional update that changes one row is the lock."""
    free = ImportBatch.objects.due(at=at).order_by().filter(pk=batch.pk, state=state)
    if not free.update(lease_until=at + _LEASE):
        return False
    batch.refresh_from_db()
    return True


def _parsed(batch: ImportBatch) -> Iterator[Parsed]:
    read = read_influencers if batch.subject == ImportBatch.Subject.INFLUENCERS else read_causes
    reading = read(io.BytesIO(bytes(batch.content or b"")), batch.filename, batch.format or "auto")
    batch.format = reading.format
    batch.unknown_columns = list(reading.unknown_columns)
    return reading.rows


def _store_rows(batch: ImportBatch, *, at: datetime) -> list[ImportRow]:
    return [_store(batch, parsed, at=at) for parsed in _parsed(batch)]


def _store(batch: ImportBatch, parsed: Parsed, *, at: datetime) -> ImportRow:
    rejected = ImportRow.Verdict.REJECTED
    verdict = ImportRow(batch=batch, line=parsed.line, verdict=rejected, title=parsed.title)
    row = parsed.row
    if row is None:
        verdict.errors = [_said(error) for error in parsed.errors]
        return verdict
    try:
        with transaction.atomic():
            if isinstance(row, InfluencerRow):
                _note_influencer(verdict, row, source=batch.filename, at=at)
            elif isinstance(row, CauseRow):
                _note_cause(verdict, row)
        for remark in verdict.errors:  # by our name of the column until here
            remark["column"] = parsed.names.get(remark["column"], remark["column"])
        verdict.errors += [_said(note) for note in parsed.notes]
    except DomainError as error:
        verdict.errors = [{"column": "", "code": error.code, "params": error.params}]
    return verdict


def _said(error: RowError) -> dict[str, Any]:
    return {"column": error.column, "code": error.code, "params": dict(error.params)}


def _forget_made(rows: list[ImportRow]) -> None:
    """Whom the look-ahead made is not there any more, nor for the later rows that speak of the same person."""
    made = {(row.influencer_id, row.cause_id) for row in rows if row.verdict == ImportRow.Verdict.CREATED}
    for row in rows:
        if (row.influencer_id, row.cause_id) in made:
            row.influencer = row.cause = None


def _note_influencer(verdict: ImportRow, row: InfluencerRow, *, source: str, at: datetime) -> None:
    stored = influencers.store(row=row, source=source, at=at)
    verdict.influencer = stored.influencer
    verdict.title = stored.influencer.name
    verdict.verdict, verdict.changes, verdict.errors = stored.verdict, stored.changes, stored.remarks


def _note_cause(verdict: ImportRow, row: CauseRow) -> None:
    stored = causes.store(row=row)
    verdict.cause = stored.cause
    verdict.title = stored.cause.name
    verdict.verdict, verdict.changes = stored.verdict, stored.changes


def _save_rows(batch: ImportBatch, rows: list[ImportRow]) -> None:
    ImportRow.objects.bulk_create(rows, batch_size=_SAVE_EVERY)
    counts: Counter[str] = Counter(row.verdict for row in rows)
    batch.rows_read = len(rows)
    for verdict in ImportRow.Verdict.values:
        setattr(batch, f"{verdict}_count", counts[verdict])


def _finish(batch: ImportBatch, state: str, *, at: datetime, error: dict[str, Any] | None = None) -> None:
    batch.state, batch.error, batch.lease_until = state, error, None
    if state != ImportBatch.State.ANALYSED:
        batch.finished_at, batch.content = at, None
    batch.save()
