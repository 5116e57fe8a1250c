"""What happens when: a list of future events, worked off in the order of time until today."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from random import Random

Event = Callable[[datetime], object]

_OPENS, _CLOSES = 9, 17
_FRIDAY = 4


class Agenda:
    """Events that may plan further events. What would come after `until` has not happened yet."""

    def __init__(self, rng: Random, *, until: datetime, zone: tzinfo) -> None:
        self.until = until
        self._rng = rng
        self._zone = zone
        self._events: list[tuple[datetime, int, Event]] = []
        self._number = itertools.count()

    def plan(self, at: datetime, event: Event) -> None:
        heapq.heappush(self._events, (at, next(self._number), event))

    def at_work(self, at: datetime, event: Event) -> None:
        """At this instant, or as soon as somebody is at work."""
        self.plan(self.office(at), event)

    def later(self, at: datetime, event: Event, *, days: float) -> None:
        """About so many days after an instant, at work."""
        wait = timedelta(days=days * self._rng.uniform(0.7, 1.3), minutes=self._rng.randint(1, 90))
        self.at_work(at + wait, event)

    def ago(self, days: int) -> datetime:
        """So many days before `until`, or after it when negative."""
        return self.until - timedelta(days=days)

    def office(self, at: datetime) -> datetime:
        """The first instant from this one on at which somebody is at work: Monday to Friday, nine to five."""
        local = at.astimezone(self._zone)
        if local.hour >= _CLOSES:
            local = (local + timedelta(days=1)).replace(hour=_OPENS)
        elif local.hour < _OPENS:
            local = local.replace(hour=_OPENS)
        while local.weekday() > _FRIDAY:
            local = (local + timedelta(days=1)).replace(hour=_OPENS)
        return local

    def run(self) -> None:
        while self._events and self._events[0][0] <= self.until:
            at, _, event = heapq.heappop(self._events)
            event(at)
