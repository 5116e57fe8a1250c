"""When one may write to somebody: the rules of outreach.hours, for a person and the limits of this installation."""

from collections.abc import Collection, Container
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

from crm.models import Influencer
from outreach.hours import window
from outreach.hours.public_holidays import PublicHolidays
from outreach.hours.window import Window
from outreach.hours.zones import RecipientZone, recipient_zone
from outreach.models import Limits

_NONE: Final[Collection[date]] = frozenset()


@dataclass(frozen=True)
class Calendar:
    """The clock and the calendar that somebody lives by, and what of it is open to us."""

    clock: RecipientZone
    window: Window
    holidays: Container[date]

    @property
    def zone(self) -> ZoneInfo:
        return self.clock.zone

    def is_open(self, at: datetime) -> bool:
        return window.is_open(self.window, self.zone, self.holidays, at)

    def opens(self, after: datetime) -> datetime:
        """The first instant from `after` on at which they may be written to. Raises DomainError: window_never_opens."""
        return window.opens(self.window, self.zone, self.holidays, after)

    def after(self, start: datetime, *, days: int) -> datetime:
        """So many of their working days later. Raises DomainError: delay_out_of_range, window_never_opens."""
        return window.working_days(self.window, self.zone, self.holidays, start, days)

    def at_hour(self, due: datetime, hour: int) -> datetime:
        """The same day at that hour of their clock; `due` itself where that is no hour to write to them."""
        return window.at_hour(self.window, self.zone, self.holidays, due, hour)


def calendar_of(person: Influencer, *, limits: Limits) -> Calendar:
    """That of whoever reads: the person, or the agent whose address it is."""
    clock = recipient_zone(told=person.timezone, country=person.country, house=settings.TIME_ZONE)
    open_days = Window(frozenset(day - 1 for day in limits.weekdays), limits.opens, limits.closes)
    return Calendar(clock, open_days, PublicHolidays(person.country) if limits.keeps_holidays else _NONE)
