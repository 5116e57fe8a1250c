"""A file somebody brought: read, shown row by row, then stored or discarded.

Looking and storing are one code path: analysing stores every row in a transaction that is rolled back.
"""

import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO

from django.db import connection, transaction
from django.db.models import Count

from crm import failpoints
from crm.errors import DomainError
from crm.formats import field_maps, proposals
from crm.formats.decoding import check_is_no_old_workbook
from crm.formats.field_maps import FieldMap
from crm.formats.registry import is_table, read_causes, read_influencers
from crm.formats.rows import InfluencerRow, Parsed, Reading
from crm.handles import handle_key, read_profile_url
from crm.models import ImportBatch, ImportRow, SocialAccount, StagedRow, User
from crm.services import cause_rows, identity, import_files, mappings
from crm.services.bulk import staging, verdicts
from crm.services.bulk.run import applied
from crm.services.import_watch import LEASE, Overtaken, Watch

# Each line is looked for by its key: of rows that were only just written the planner knows nothing, and would hold all
# of them against every chunk. (ANALYZE would tell it, and keep every other import waiting until this one ends.)
_RAW = """
UPDATE crm_importrow AS told SET raw = found.raw
  FROM (SELECT refused.id, said.raw
          FROM jsonb_to_recordset(%(rows)s::jsonb) AS said (line int, raw jsonb)
         CROSS JOIN LATERAL (SELECT id FROM crm_importrow
                              WHERE batch_id = %(batch)s AND line = said.line AND verdict = 'rejected' AND raw IS NULL
                              LIMIT 1) AS refused) AS found
 WHERE told.id = found.id
"""
_CHUNK = 1_000  # rows
_ASKED = {"format_unknown", "columns_unsaid"}  # what somebody who knows the file can mend
_KEPT = {"id", "public_id", "subject", "filename", "sha256", "size", "owner", "uploaded_by", "uploaded_at"}


@transaction.atomic
def upload(
    *,
    subject: str,
    filename: str,
    stream: BinaryIO,
    at: datetime,
    max_bytes: int,
    by: User | None = None,
    format: str = "",
    owner: str = "",
    mapping: FieldMap | None = None,
) -> ImportBatch:
    """Keep a file, seekable, to be analysed. `owner`: the link of the profile whose statistics these are, if the
    file is such.
    `mapping`: what its columns are, if somebody says so already.

    Raises DomainError: file_empty, file_too_large, workbook_old, subject_unknown, owner_invalid, owner_unknown.
    """
    if subject not in ImportBatch.Subject.values:
        raise DomainError("subject_unknown", subject=subject, known=ImportBatch.Subject.values)
    size = stream.seek(0, os.SEEK_END)
    if size > max_bytes:
        raise DomainError("file_too_large", megabytes=max_bytes // 1024**2)
    if _is_blank(stream):
        raise DomainError("file_empty")
    check_is_no_old_workbook(stream)
    batch = ImportBatch.objects.create(
        subject=subject,
        filename=filename[-255:],
        format=format,
        sha256=_digest(stream),
        size=size,
        mapping=mapping.as_json() if mapping else None,
        owner=_owner(owner),
        uploaded_by=by,
        uploaded_at=at,
    )
    import_files.keep(batch=batch, stream=stream)
    return batch


def _is_blank(stream: BinaryIO) -> bool:
    return not any(piece.strip() for piece in import_files.cut(stream))


def _digest(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    for piece in import_files.cut(stream):
        digest.update(piece)
    return digest.hexdigest()


def begin(
    *,
    subject: str,
    filename: str,
    at: datetime,
    format: str = "",
    owner: str = "",
    mapping: FieldMap | None = None,
    size: int | None = None,
) -> ImportBatch:
    """An import whose file stays where it lies, for `run`. Raises DomainError: owner_invalid, owner_unknown."""
    return ImportBatch.objects.create(
        subject=subject,
        filename=filename[-255:],
        format=format,
        owner=_owner(owner),
        mapping=mapping.as_json() if mapping else None,
        size=size,
        uploaded_at=at,
    )


def _owner(link: str) -> SocialAccount | None:
    if not link.strip():
        return None
    found = read_profile_url(link if "://" in link else f"https://{link}")
    if found is None:
        raise DomainError("owner_invalid")
    platform, handle = found
    account = SocialAccount.objects.filter(platform=platform, handle_key=handle_key(platform, handle)).first()
    if account is None:
        raise DomainError("owner_unknown")
    return account


def analyse(*, batch: ImportBatch, at: datetime) -> None:
    """Say what the file would do, row by row, and change nothing. A file that cannot be read ends as failed; one whose
    columns nobody knows waits for somebody to say what they are.
    """
    if _claim(batch, ImportBatch.State.UPLOADED, at=at):
        with suppress(Overtaken), Watch(batch, at=at) as watch, import_files.opened(batch) as stream:
            _analyse(batch, stream, watch, at=at, is_asking=True)


def _analyse(batch: ImportBatch, stream: BinaryIO, watch: Watch, *, at: datetime, is_asking: bool) -> None:
    try:
        rows = _read(batch, stream, watch, at=at, is_asking=is_asking)
        with transaction.atomic():
            identity.keep()
            _judge(batch, rows, stream, watch, at=at, is_kept=False)
            _finish(batch, ImportBatch.State.ANALYSED, watch, at=at)
    except DomainError as error:
        is_people = batch.subject == ImportBatch.Subject.INFLUENCERS  # of causes there is only our own table
        may_ask = is_asking and is_people and error.code in _ASKED and not batch.format and is_table(stream)
        state = ImportBatch.State.UNMAPPED if may_ask else ImportBatch.State.FAILED
        _finish(batch, state, watch, at=at, error={"code": error.code, "params": error.params})


def accept(*, batch: ImportBatch) -> None:
    """Somebody saw the verdicts and wants the rows stored. Raises DomainError: import_not_waiting."""
    moved = ImportBatch.objects.filter(pk=batch.pk, state=ImportBatch.State.ANALYSED).update(
        state=ImportBatch.State.ACCEPTED, lease_until=None
    )
    if not moved:
        raise DomainError("import_not_waiting", state=batch.state)


@transaction.atomic
def discard(*, batch: ImportBatch, at: datetime) -> None:
    """Let the file go, storing nothing. Raises DomainError: import_not_waiting."""
    waiting = [ImportBatch.State.UPLOADED, ImportBatch.State.UNMAPPED, ImportBatch.State.ANALYSED]
    moved = ImportBatch.objects.filter(pk=batch.pk, state__in=waiting).update(
        state=ImportBatch.State.DISCARDED, finished_at=at
    )
    if not moved:
        raise DomainError("import_not_waiting", state=batch.state)
    import_files.let_go([batch.pk])
    staging.forget(run=batch.public_id)


def commit(*, batch: ImportBatch, at: datetime) -> None:
    """Store every row that was not rejected, all in one transaction: after a crash nothing is half there."""
    if _claim(batch, ImportBatch.State.ACCEPTED, at=at):
        with suppress(Overtaken), Watch(batch, at=at) as watch, import_files.opened(batch) as stream:
            _commit(batch, stream, watch, at=at)


def _commit(batch: ImportBatch, stream: BinaryIO, watch: Watch, *, at: datetime) -> None:
    # What was staged for the look-ahead is stored as it is, if it is whole: a crash of the database takes it, and a
    # worker that was killed while reading again leaves a part.
    shown = batch.rows.count()
    is_staged = shown > 0 and StagedRow.objects.filter(run=batch.public_id).count() == shown
    rows = iter(()) if is_staged else _read(batch, stream, watch, at=at)
    with transaction.atomic():
        identity.keep()  # before the rows of the look-ahead, which a merge hands over, are held
        _judge(batch, rows, stream, watch, at=at, is_kept=True)
        _finish(batch, ImportBatch.State.COMMITTED, watch, at=at)
        failpoints.reach("import.committing")


def run(*, batch: ImportBatch, stream: BinaryIO, at: datetime, is_kept: bool) -> None:
    """Read a file of any size where it lies, and store it or only say what it would do. A killed run left nothing."""
    if not _claim(batch, ImportBatch.State.UPLOADED, at=at):
        return
    with suppress(Overtaken), Watch(batch, at=at) as watch:
        if not is_kept:
            _analyse(batch, stream, watch, at=at, is_asking=False)
            return
        try:
            _commit(batch, stream, watch, at=at)
        except DomainError as error:
            _finish(batch, ImportBatch.State.FAILED, watch, at=at, error={"code": error.code, "params": error.params})


def work(*, batch: ImportBatch, at: datetime) -> None:
    """Whatever this batch waits for. Safe to call twice and from anywhere."""
    analyse(batch=batch, at=at)
    commit(batch=batch, at=at)


def _claim(batch: ImportBatch, state: str, *, at: datetime) -> bool:
    """Take the batch for this process: the conditional update that changes one row is the lock."""
    free = ImportBatch.objects.due(at=at).order_by().filter(pk=batch.pk, state=state)
    if not free.update(lease_until=at + LEASE, progress={}):
        return False
    batch.refresh_from_db()
    return True


def _open(batch: ImportBatch, stream: BinaryIO, *, at: datetime) -> Reading:
    stream.seek(0)
    format = batch.format or "auto"
    if batch.subject != ImportBatch.Subject.INFLUENCERS:
        if batch.mapping:
            raise DomainError("mapping_needs_table")
        return read_causes(stream, batch.filename, format)

    def recall(header: tuple[str, ...]) -> FieldMap | None:
        found = mappings.recall(header, at=at)
        batch.mapping = found.as_json() if found else None
        return found

    said = field_maps.parse(batch.mapping) if batch.mapping else None
    return read_influencers(stream, batch.filename, format, mapping=said, recall=recall)


def _read(
    batch: ImportBatch, stream: BinaryIO, watch: Watch, *, at: datetime, is_asking: bool = False
) -> Iterator[Parsed]:
    """Stage the rows of people; those of causes are handed on as they are read."""
    reading = _open(batch, stream, at=at)
    is_guessed = batch.format == "" and batch.mapping is None and reading.format == "own"
    if is_asking and is_guessed and proposals.names_accounts_only_there(reading.header, reading.unknown_columns):
        raise DomainError("columns_unsaid", columns=list(reading.unknown_columns[:50]))
    batch.format, batch.unknown_columns = reading.format, list(reading.unknown_columns)
    batch.header = list(reading.header)
    if batch.owner is None and reading.needs_owner:  # the owner is looked up here: not while rows are written
        raise DomainError("owner_missing")
    if batch.subject == ImportBatch.Subject.CAUSES:
        return reading.rows
    staging.forget(run=batch.public_id)  # what a killed run left
    for count in staging.stage(run=batch.public_id, rows=_noting_columns(batch, reading.rows)):
        watch.read(rows=count, done=stream.tell(), whole=batch.size)
        failpoints.reach("import.staged")
    return iter(())


def _noting_columns(batch: ImportBatch, rows: Iterator[Parsed]) -> Iterator[Parsed]:
    for parsed in rows:
        if not batch.columns and parsed.names:
            batch.columns = dict(parsed.names)
        yield _owned(parsed, batch.owner)


def _owned(parsed: Parsed, owner: SocialAccount | None) -> Parsed:
    """Of an account without a handle the file does not say whose it is: the owner's."""
    row = parsed.row
    if owner is None or not isinstance(row, InfluencerRow) or all(account.handle for account in row.accounts):
        return parsed
    said = [account.platform for account in row.accounts if not account.handle and account.platform != owner.platform]
    if said:
        raise DomainError("owner_other_platform", platform=said[0], named=owner.platform)
    handle, platform_id = owner.handle, owner.platform_id or ""
    accounts = tuple(
        account if account.handle else replace(account, handle=handle, platform_id=platform_id)
        for account in row.accounts
    )
    return replace(parsed, row=replace(row, accounts=accounts))


def _judge(
    batch: ImportBatch, rows: Iterator[Parsed], stream: BinaryIO, watch: Watch, *, at: datetime, is_kept: bool
) -> None:
    identity.keep()
    batch.rows.all().delete()
    if batch.subject == ImportBatch.Subject.CAUSES:
        # A document is read at once, so its rows can be counted; a table says by its bytes how far it is.
        known = None if batch.header else list(rows)

        def told(done: int) -> None:
            if known is None:
                watch.step(stream.tell(), batch.size or 0)
            else:
                watch.step(done, len(known))

        judged = cause_rows.judge(batch=batch, rows=known or rows, is_kept=is_kept, told=told)
        counts = cause_rows.save(judged)
    else:
        counts = _judge_people(batch, stream, watch, at=at, is_kept=is_kept)
    batch.rows_read = sum(counts.values())
    for verdict in ImportRow.Verdict.values:
        setattr(batch, f"{verdict}_count", counts[verdict])


def _judge_people(batch: ImportBatch, stream: BinaryIO, watch: Watch, *, at: datetime, is_kept: bool) -> Counter[str]:
    spool = None
    kept_as = batch.pk if is_kept else None
    with transaction.atomic():
        with applied(run=batch.public_id, source=batch.filename, at=at, batch=kept_as, step=watch.step):
            if is_kept:
                verdicts.keep(batch)
            else:
                spool = verdicts.take(batch)
        transaction.set_rollback(not is_kept)
    if spool:
        with spool:
            verdicts.put(spool)
    _keep_raw(batch, stream, at=at)
    counted = batch.rows.values_list("verdict").annotate(Count("pk"))
    return Counter(dict(counted))


def _keep_raw(batch: ImportBatch, stream: BinaryIO, *, at: datetime) -> None:
    """Of rows that were refused for what they say, not for how they are written, the file is asked again."""
    refused = batch.rows.filter(verdict=ImportRow.Verdict.REJECTED, raw__isnull=True)
    if not refused.exists():
        return
    rows = iter(_open(batch, stream, at=at).rows)
    while chunk := [{"line": parsed.line, "raw": dict(parsed.raw)} for parsed in islice(rows, _CHUNK)]:
        with connection.cursor() as cursor:
            cursor.execute(_RAW, {"batch": batch.pk, "rows": json.dumps(chunk)})


@transaction.atomic
def _finish(batch: ImportBatch, state: str, watch: Watch, *, at: datetime, error: dict[str, Any] | None = None) -> None:
    """Write down what came of the file, if it still is this process's to say. Raises Overtaken."""
    batch.state, batch.error, batch.lease_until, batch.progress = state, error, None, {}
    if state not in mappings.WAITING:
        batch.finished_at = at
    if state != ImportBatch.State.ANALYSED:
        staging.forget(run=batch.public_id)  # also of a file that failed half-way: it speaks of people
    fields = (field for field in batch._meta.concrete_fields if field.name not in _KEPT)
    if not watch.claimed.update(**{field.attname: getattr(batch, field.attname) for field in fields}):
        raise Overtaken
    if state not in mappings.WAITING:
        import_files.let_go([batch.pk])
