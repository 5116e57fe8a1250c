"""Rows as they stand in the database, put away as JSON and put back exactly: numbers, times and ids as they were."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import ForeignKey, Model

Row = dict[str, Any]  # {column: value}


def take(model: type[Model], ids: Iterable[int]) -> list[Row]:
    """The rows of these ids, in their order."""
    table, pk = (connection.ops.quote_name(name) for name in (model._meta.db_table, model._meta.pk.column or "id"))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT to_jsonb(row) FROM {table} AS row WHERE {pk} = ANY(%s) ORDER BY {pk}", [list(ids)])  # noqa: S608
        return [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]


def put_back(model: type[Model], rows: Sequence[Row]) -> None:
    """The rows, which are not there any more. What they pointed to and is gone is forgotten, or takes them with it.

    A column that is newer than they are says what it says of a new row.
    """
    if not (kept := _with_what_is_there(model, [_new(model, row) | dict(row) for row in rows])):
        return
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(field.column) for field in _stored(model) if field.column in kept[0])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, %s)",  # noqa: S608
            [json.dumps(kept)],
        )


def set_columns(model: type[Model], row: Row, columns: Iterable[str]) -> None:
    """Let these columns of the row of this id say what they say in `row`."""
    table = connection.ops.quote_name(model._meta.db_table)
    stored = {field.column for field in _stored(model)}
    names = [connection.ops.quote_name(column) for column in columns if column in stored]
    if names:
        said = ", ".join(f"{name} = kept.{name}" for name in names)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} AS row SET {said}"  # noqa: S608
                f" FROM jsonb_populate_record(NULL::{table}, %s) AS kept WHERE row.id = kept.id",
                [json.dumps(row)],
            )


def _new(model: type[Model], row: Row) -> Row:
    """What the columns that a row does not know say of a new one, but for those that the database fills itself."""
    unknown = [field for field in _stored(model) if field.column not in row and not field.has_db_default()]
    return {field.column: json.loads(json.dumps(field.get_default(), cls=DjangoJSONEncoder)) for field in unknown}


def _stored(model: type[Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not field.generated]


def _with_what_is_there(model: type[Model], rows: Sequence[Row]) -> list[Row]:
    kept = [dict(row) for row in rows]
    for field in _stored(model):
        if isinstance(field, ForeignKey) and kept:
            there = _known(field, kept)
            if not field.null:
                kept = [row for row in kept if row[field.column] in there]
            for row in kept:
                if row[field.column] not in there:
                    row[field.column] = None
    return kept


def _known(field: Any, rows: Sequence[Mapping[str, Any]]) -> set[Any]:
    named = {row[field.column] for row in rows} - {None}
    return set(field.related_model._base_manager.filter(pk__in=named).values_list("pk", flat=True))
