"""What was left of actions by what was known at an instant, many at a time."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from outreach.models import Conversion, ConversionId
from outreach.services import ledger
from outreach.sources import ledger as rules
from outreach.sources.events import Event


def kept(actions: Iterable[Conversion], *, known_at: datetime) -> dict[int, int | None]:
    """By the id of an action of which something was left: how much of its money; None where there was none in it."""
    rows = {row.pk: row for row in actions}
    found = {pk: row.amount_minor for pk, row in rows.items()}
    for pk, family in _families(rows, known_at).items():
        left = next(each for each in rules.balance(family).balances if not each.action.refund_of)
        if left.is_nothing:
            del found[pk]
        else:
            found[pk] = left.kept_minor if rows[pk].amount_minor is not None else None
    return found


def _families(rows: dict[int, Conversion], known_at: datetime) -> dict[int, list[Event]]:
    """By action: itself, what took it back until then, and what took that back; where anything did."""
    families, level = dict[int, list[Event]](), {pk: pk for pk in rows}  # row: the action it is about
    told = dict(rows)
    for _step in range(ledger.DEEPEST):
        ids = _ids_of(level)
        root = {each: level[pk] for pk, named in ids.items() for each in named}
        sources = {source for source, _ident in root}
        named = [ident for _source, ident in root]
        rest = Conversion.objects.takings_back().filter(source__in=sources, refund_of__in=named)
        taken = rest.filter(Q(received_at__lte=known_at) & ~Q(pk__in=list(told))).order_by("pk")
        level = {}
        for row in taken:
            if (about := root.get((row.source, row.refund_of))) is not None:
                told[row.pk], level[row.pk] = row, about
        if not level:
            break
        also = _ids_of(level)
        for pk, about in level.items():
            family = families.setdefault(about, [_event(rows[about], ids.get(about) or _ids_of([about])[about])])
            family.append(_event(told[pk], also[pk]))
    return families


def _event(row: Conversion, ids: Iterable[tuple[str, str]]) -> Event:
    return ledger.as_event(row, also=[ident for _source, ident in ids])


def _ids_of(rows: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = {pk: [] for pk in rows}
    ids = ConversionId.objects.filter(conversion__in=list(found)).order_by("pk")
    for pk, source, ident in ids.values_list("conversion_id", "source", "external_id"):
        found[pk].append((source, ident))
    return found
