"""What a heap of events comes to, in whatever order and however often they were told."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from crm.errors import DomainError
from outreach.sources import marks
from outreach.sources.events import Event

Key = tuple[str, str]  # the source, and an id there
_ALL = 1  # the worth of an action without money: it is there or not


@dataclass(frozen=True)
class Balance:
    """One action, and what was given back of it. `is_void`: it was taken back as a whole, such as a sign-up."""

    action: Event
    returned_minor: int = 0
    is_void: bool = False

    @property
    def kept_minor(self) -> int:
        """What is left of the money; never less than nothing: what is more is `is_overdrawn`."""
        given = self.action.amount_minor or 0
        return 0 if self.is_void else max(given - self.returned_minor, 0)

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is left of it: it counts nowhere."""
        return self.is_void or (self.action.amount_minor is not None and not self.kept_minor)

    @property
    def is_overdrawn(self) -> bool:
        return self.returned_minor > (self.action.amount_minor or 0)


@dataclass(frozen=True)
class Ledger:
    """`unmatched`: takings back of what nobody told us of, or in another currency. They wait, and count nowhere."""

    balances: tuple[Balance, ...]
    unmatched: tuple[Event, ...]


def joined(events: Iterable[Event]) -> list[Event]:
    """Each action and each taking back once, with every mark that any report of it had.

    Reports are of the same action where they share an id, be it in `also`. Raises DomainError: conversion_conflict,
    where they agree on the id and not on the facts.
    """
    return sorted((_one(group) for group in _groups(events)), key=_key)


def balance(events: Iterable[Event]) -> Ledger:
    """What is left of each action. A taking back that is itself taken back (a dispute that was won) counts no more.

    Raises DomainError: conversion_conflict.
    """
    every = joined(events)
    backs = [event for event in every if event.refund_of]
    of: dict[Key, list[Event]] = {}
    for event in backs:
        of.setdefault((event.source, event.refund_of), []).append(event)
    balances = [_balance(action, of) for action in every if not action.refund_of]
    told = {(each.source, ident) for each in every for ident in _ids(each)}
    lost = (back for back in backs if (back.source, back.refund_of) not in told or not _fits(back, every))
    return Ledger(tuple(balances), tuple(lost))


def _balance(action: Event, of: dict[Key, list[Event]]) -> Balance:
    worth = action.amount_minor or _ALL
    whole, parts = _taken(action, of, worth, action.currency)
    is_void = whole == worth
    return Balance(action, returned_minor=parts if is_void else max(whole, parts), is_void=is_void)


def _taken(event: Event, of: dict[Key, list[Event]], worth: int, currency: str) -> tuple[int, int]:
    """What stands of that which takes back everything of it, and of that which takes back a part. Of a taking back
    that was itself taken back in part (a dispute that was half won) the rest stands, to the cent."""
    told = [back for ident in _ids(event) for back in of.get((event.source, ident), [])]
    restored_at = max((back.occurred_at for back in told if back.is_restoration), default=None)
    whole, totals, each = 0, [0], 0
    for back in told:
        if back.amount_minor is None:
            is_over = back.is_restoration or (restored_at is not None and back.occurred_at <= restored_at)
            whole = max(whole, 0 if is_over else _standing(back, of, worth, currency))
        elif back.currency == currency:
            stands = _standing(back, of, back.amount_minor, currency)
            if back.is_total:
                totals.append(stands)
            else:
                each += stands
    return whole, max(totals) + each


def _standing(back: Event, of: dict[Key, list[Event]], worth: int, currency: str) -> int:
    """What of a taking back nothing takes back that itself stands: a dispute that was won may be lost after all."""
    return max(worth - max(_taken(back, of, worth, currency)), 0)


def _fits(back: Event, every: Iterable[Event]) -> bool:
    """Whether it takes back the same currency as was given; what takes back everything fits anything."""
    named = {(event.source, ident): event for event in every for ident in _ids(event)}
    of = named[back.source, back.refund_of]
    if of.refund_of and of.amount_minor is None:  # of all: in the currency of what that is about
        of = named.get((of.source, of.refund_of), of)
    return back.amount_minor is None or of.currency == back.currency


def _groups(events: Iterable[Event]) -> Iterator[list[Event]]:
    """The reports that share an id, directly or by way of others."""
    group_of: dict[Key, list[Event]] = {}
    for event in events:
        keys = [(event.source, ident) for ident in _ids(event)]
        met = {id(group): group for key in keys if (group := group_of.get(key))}
        merged = [event, *(member for group in met.values() for member in group)]
        for member in merged:
            for ident in _ids(member):
                group_of[(member.source, ident)] = merged
    yield from {id(group): group for group in group_of.values()}.values()


def _one(reports: list[Event]) -> Event:
    first = min(reports, key=lambda event: (event.occurred_at, event.external_id))
    ident = min(event.external_id for event in reports)
    if len({event.facts for event in reports}) > 1:
        raise DomainError("conversion_conflict", source=first.source, external_id=ident)
    came = marks.joined(marks.Marks(event.click_ids, event.code, event.utm, event.referrer) for event in reports)
    names = {event.supporter for event in reports if event.supporter}
    return replace(
        first,
        external_id=ident,
        also=tuple(sorted({name for event in reports for name in _ids(event)} - {ident})),
        click_ids=came.click_ids,
        code=came.code,
        utm=came.utm,
        referrer=came.referrer,
        supporter=min(names, key=lambda name: ("@" not in name, name), default=""),
    )


def _ids(event: Event) -> tuple[str, ...]:
    return (event.external_id, *event.also)


def _key(event: Event) -> Key:
    return event.source, event.external_id
