"""At which hour whoever reads a message may best be written to, judged by the answers that came."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet

from crm.models import Influencer
from outreach.hours import habits
from outreach.hours.habits import Suggestion
from outreach.models import InboundMessage
from outreach.services.timing import Calendar

_LATELY: Final = timedelta(days=730)  # what people do at which hour changes
_MOST: Final = 2_000  # answers of people like them, the newest; more would change no hour


def suggestion(reader: Influencer, *, calendar: Calendar, at: datetime) -> Suggestion:
    """The hour of their own clock, and how many answers speak for it. People like them: those of their country.

    Only letters count that no machine wrote, by its head, its words or what a person says of it: a notice of absence
    comes when we write. What was noted by hand has a day and no hour.
    """
    came = InboundMessage.objects.by_people().filter(received_at__gt=at - _LATELY, received_at__lte=at)
    came = came.exclude(door=InboundMessage.Door.BY_HAND)
    own = Q(sender__influencer=reader) | Q(sender=None, influencer=reader)
    country = reader.country
    alike = Q(sender__influencer__country=country) | Q(sender=None, influencer__country=country)
    return habits.best_hour(
        own=_hours(came.filter(own), calendar),
        peers=_hours(came.filter(alike).exclude(own), calendar) if country else (),
        allowed=calendar.window.hours,
    )


def _hours(came: QuerySet[InboundMessage], calendar: Calendar) -> Iterator[int]:
    newest = came.order_by("-received_at").values_list("received_at", flat=True)[:_MOST]
    return (each.astimezone(calendar.zone).hour for each in newest)
