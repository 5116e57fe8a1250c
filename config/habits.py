"""How this installation behaves, in sentences; every number is the one that the services hold to."""

from collections.abc import Iterator

from django.conf import settings
from django.utils import formats
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.words import number
from outreach.models import Limits
from outreach.services.conversions import DEFAULT_WINDOW

_WORKING_WEEK = [1, 2, 3, 4, 5]


def habits(rules: Limits, *, today: int) -> Iterator[str]:
    """`today`: how many messages may leave in the 24 hours before now."""
    yield _hours(rules)
    yield from _asking(rules)
    yield from _numbers(rules, today=today)
    yield _("Nothing is sent that no person approved, and to nobody who was not cleared at vetting for the cause.")
    yield _("Every first message says who writes, where we have the address from, and how to stop it.")
    yield _("Whoever says no is never written to again, not even after their profile was erased.")
    yield ngettext(
        "After %(days)s day without an answer a conversation closes; whoever answers later is heard all the same.",
        "After %(days)s days without an answer a conversation closes; whoever answers later is heard all the same.",
        rules.silence_days,
    ) % {"days": number(rules.silence_days)}
    yield ngettext(
        "What our server could not send for %(hours)s hour, because it was off, is not sent late.",
        "What our server could not send for %(hours)s hours, because it was off, is not sent late.",
        rules.lateness_hours,
    ) % {"hours": number(rules.lateness_hours)}
    yield ngettext(
        "An action counts for whoever brought it up to %(days)s day after the click.",
        "An action counts for whoever brought it up to %(days)s days after the click.",
        DEFAULT_WINDOW.days,
    ) % {"days": number(DEFAULT_WINDOW.days)}
    yield _("A file brought through the pages may have up to %(megabytes)s MB; nothing of it is stored unseen.") % {
        "megabytes": number(settings.UPLOAD_MAX_BYTES // 1024**2)
    }


def _hours(rules: Limits) -> str:
    """When somebody may be written to."""
    said = {
        "days": capfirst(_days(rules.weekdays)),
        "opens": formats.time_format(rules.opens, "H:i"),
        "closes": "24:00" if rules.closes.isoformat() == "00:00:00" else formats.time_format(rules.closes, "H:i"),
    }
    if rules.keeps_holidays:
        return _("%(days)s, %(opens)s to %(closes)s where they live, not on their public holidays.") % said
    return _("%(days)s, %(opens)s to %(closes)s where they live.") % said


def _days(weekdays: list[int]) -> str:
    if weekdays == _WORKING_WEEK:
        return _("Monday to Friday")
    if len(weekdays) == len(WEEKDAYS):
        return _("every day")
    return get_text_list([str(WEEKDAYS[day - 1]) for day in weekdays], _("and"))


def _asking(rules: Limits) -> Iterator[str]:
    if rules.cooling_off_days:
        yield ngettext(
            "We ask nobody twice within %(days)s day, whatever the campaign.",
            "We ask nobody twice within %(days)s days, whatever the campaign.",
            rules.cooling_off_days,
        ) % {"days": number(rules.cooling_off_days)}
    yield ngettext(
        "We ask nobody more than %(times)s time a year.",
        "We ask nobody more than %(times)s times a year.",
        rules.asks_a_year,
    ) % {"times": number(rules.asks_a_year)}
    yield ngettext(
        "Nobody gets two messages within %(hours)s hour.",
        "Nobody gets two messages within %(hours)s hours.",
        rules.person_hours,
    ) % {"hours": number(rules.person_hours)}


def _numbers(rules: Limits, *, today: int) -> Iterator[str]:
    yield ngettext(
        "At most %(count)s message leaves in 24 hours; the others wait.",
        "At most %(count)s messages leave in 24 hours; the others wait.",
        rules.sender_daily,
    ) % {"count": number(rules.sender_daily)}
    if today < rules.sender_daily:
        yield ngettext(
            "Our address is new to mail servers: today %(count)s message, then half as many more each working day.",
            "Our address is new to mail servers: today %(count)s messages, then half as many more each working day.",
            today,
        ) % {"count": number(today)}
    if rules.cause_daily:
        yield ngettext(
            "At most %(count)s of them is for the same cause.",
            "At most %(count)s of them are for the same cause.",
            rules.cause_daily,
        ) % {"count": number(rules.cause_daily)}
    if rules.gap_seconds:
        yield ngettext(
            "At least %(seconds)s second passes between two messages that wait at once.",
            "At least %(seconds)s seconds pass between two messages that wait at once.",
            rules.gap_seconds,
        ) % {"seconds": number(rules.gap_seconds)}
