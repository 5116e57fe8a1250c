"""What the columns of a file are: proposed, said by somebody, remembered for the next file that has the same."""

import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO
from uuid import uuid4

from django.db import transaction

from crm.errors import DomainError
from crm.formats import field_maps, proposals
from crm.formats.field_maps import FieldMap
from crm.formats.proposals import Column
from crm.formats.registry import is_table, open_influencers, read_influencers
from crm.formats.rows import Parsed
from crm.models import ColumnMapping, ImportBatch, ImportRow, User
from crm.services import import_files
from crm.services.bulk import staging, verdicts
from crm.services.bulk.run import applied

SHOWN = 20  # rows of a preview
_SAMPLE = 200  # rows that a proposal looks at
_EXAMPLES = 3
_LENGTH = 120  # characters of an example
WAITING = (ImportBatch.State.UNMAPPED, ImportBatch.State.ANALYSED)


@dataclass(frozen=True)
class Asked:
    """What is asked of a file: its columns with some of their values, and what they may be."""

    columns: tuple[Column, ...]  # with a few examples each
    proposed: FieldMap  # as somebody said before, where they did
    remembered: ColumnMapping | None


def ask(*, batch: ImportBatch) -> Asked:
    """Raises DomainError: mapping_needs_table, and what reading the file's header raises."""
    with _opened(batch) as stream:
        table = open_influencers(stream)
        sample = [row.cells for row in itertools.islice(table.rows, _SAMPLE) if not row.errors]
    columns = [
        Column(name, tuple(cell for cells in sample if (cell := cells[place].strip())))
        for place, name in enumerate(table.header)
    ]
    remembered = ColumnMapping.objects.filter(header_set=field_maps.header_set(table.header)).first()
    said = batch.mapping or (remembered.mapping if remembered else None)
    proposed = (
        field_maps.parse(said)
        if said
        else proposals.propose(columns, filename=batch.filename, semicolons=table.decimal_comma)
    )
    return Asked(tuple(map(_with_examples, columns)), proposed, remembered)


def preview(*, batch: ImportBatch, mapping: FieldMap, at: datetime) -> list[ImportRow]:
    """What would become of the file's first rows: the import itself, rolled back.

    Raises DomainError: what field_maps.check and field_maps.places raise, and what reading the file raises.
    """
    field_maps.check(mapping)
    with _opened(batch) as stream:
        reading = read_influencers(stream, batch.filename, mapping=mapping)
        rows = list(itertools.islice(reading.rows, SHOWN))
    trial = ImportBatch(pk=batch.pk, public_id=uuid4(), columns=_names(rows))
    with transaction.atomic():
        list(staging.stage(run=trial.public_id, rows=rows))
        with applied(run=trial.public_id, source=batch.filename, at=at):
            judged = verdicts.look(trial)
        transaction.set_rollback(True)
    return judged


def say(*, batch: ImportBatch, mapping: FieldMap, at: datetime, by: User | None) -> None:
    """Read the file by this mapping, and the next one that has the same columns.

    Raises DomainError: import_not_waiting; what field_maps.check and field_maps.places raise.
    """
    field_maps.check(mapping)
    with _opened(batch) as stream:
        table = open_influencers(stream)
    field_maps.places(table, mapping)
    with transaction.atomic():
        _read_again(batch, mapping=mapping.as_json())
        ColumnMapping.objects.update_or_create(
            header_set=field_maps.header_set(table.header),
            defaults={"mapping": mapping.as_json(), "made_by": by, "made_at": at, "used_at": at},
        )


def forget(*, batch: ImportBatch) -> None:
    """Read the file as if nobody had said anything of its columns. Raises DomainError: import_not_waiting."""
    with _opened(batch) as stream:
        header = open_influencers(stream).header
    with transaction.atomic():
        _read_again(batch, mapping=None)
        ColumnMapping.objects.filter(header_set=field_maps.header_set(header)).delete()


def recall(header: tuple[str, ...], *, at: datetime) -> FieldMap | None:
    """What somebody said of these columns before."""
    found = ColumnMapping.objects.filter(header_set=field_maps.header_set(header)).first()
    if found is None:
        return None
    ColumnMapping.objects.filter(pk=found.pk).update(used_at=at)
    return field_maps.parse(found.mapping)


def read(text: str) -> FieldMap:
    """A mapping from a file's text. Raises DomainError: mapping_invalid, and what field_maps.parse raises."""
    try:
        return field_maps.parse(json.loads(text))
    except (ValueError, RecursionError):  # the latter of what nests too deep to be one
        raise DomainError("mapping_invalid", part="JSON") from None


def _read_again(batch: ImportBatch, *, mapping: dict[str, object] | None) -> None:
    moved = ImportBatch.objects.filter(pk=batch.pk, state__in=WAITING).update(
        state=ImportBatch.State.UPLOADED, format="", mapping=mapping, error=None, lease_until=None, rows_read=0
    )
    if not moved:
        raise DomainError("import_not_waiting", state=batch.state)


@contextmanager
def _opened(batch: ImportBatch) -> Iterator[BinaryIO]:
    if batch.subject != ImportBatch.Subject.INFLUENCERS:
        raise DomainError("mapping_needs_table")
    if not batch.pieces.exists():
        raise DomainError("import_not_waiting", state=batch.state)
    with import_files.opened(batch) as stream:
        if not is_table(stream):
            raise DomainError("mapping_needs_table")
        yield stream


def _with_examples(column: Column) -> Column:
    examples = itertools.islice(dict.fromkeys(column.values), _EXAMPLES)
    return Column(column.name, tuple(_short(text) for text in examples))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LENGTH else f"{line[:_LENGTH].rstrip()}…"


def _names(rows: list[Parsed]) -> dict[str, str]:
    return next((dict(parsed.names) for parsed in rows if parsed.names), {})
