"""Counting what may be without end, and sorting it."""

from typing import Any

from django.db.models import F, Lookup, QuerySet
from django.db.models.expressions import Expression, OrderBy
from django.db.models.functions import Coalesce
from django.db.models.sql.where import WhereNode

CAP = 10_000  # rows are counted so far; what is more is told to be more
# So many of a million take as long to be found and sorted as a page of them to be come upon: about 80 ms.
FEW = 3_000


class _Unindexed(Coalesce):
    """The first of two that are the same: no index is in this order, and Postgres does not see that one could be."""


class _Among(Lookup):
    """One of many keys, handed over as one array: thousands of values take longer than finding their rows."""

    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        key, params = self.process_lhs(compiler, connection)
        return f"{key} = ANY(%s)", (*params, self.rhs)


def counted(rows: QuerySet[Any], *, cap: int | None = None) -> tuple[int, bool]:
    """How many there are, up to the cap, and whether there are more."""
    cap = CAP if cap is None else cap
    found = rows.order_by().values("pk")[: cap + 1].count()
    return min(found, cap), found > cap


def keys(rows: QuerySet[Any], *, cap: int | None = None) -> list[Any]:
    """Those of the rows, in no order; where there are more than the cap, of one more than it."""
    cap = CAP if cap is None else cap
    return list(rows.order_by().values_list("pk", flat=True)[: cap + 1])


def only(rows: QuerySet[Any], found: list[Any]) -> QuerySet[Any]:
    """The same rows in the same order, by their keys: what led to them is not looked for again."""
    kept = rows.all()
    kept.query.where = WhereNode()
    return kept.filter(_Among(F("pk"), found))


def walked(rows: QuerySet[Any], start: int, number: int) -> QuerySet[Any]:
    """So many from the start on, looked for along the index of their order. Only these are read whole."""
    return rows.filter(pk__in=rows.values("pk")[start : start + number])


def sorted_whole(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The same rows in the same order: all found first and sorted then, instead of looked for along an index of theirs.

    Postgres believes that what is asked for lies evenly along the order, and walks it until a page is full. But all
    Maries stand together, and of a few among a million most of the walk finds nobody: seconds instead of milliseconds.
    """
    first, *others = rows.query.order_by or (None,)
    if first is None:
        return rows
    if isinstance(first, str):
        first = F(first.removeprefix("-")).desc() if first.startswith("-") else F(first).asc()
    assert isinstance(first, F | Expression)
    key = first.copy() if isinstance(first, OrderBy) else first.asc()
    if not isinstance(key.expression, _Unindexed):
        key.expression = _Unindexed(key.expression, key.expression)
    return rows.order_by(key, *others)
