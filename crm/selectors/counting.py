"""Counting what may be without end."""

from typing import Any

from django.db.models import QuerySet

CAP = 10_000  # rows are counted so far; what is more is told to be more


def counted(rows: QuerySet[Any]) -> tuple[int, bool]:
    """How many there are, up to the cap, and whether there are more."""
    found = rows.order_by().values("pk")[: CAP + 1].count()
    return min(found, CAP), found > CAP
