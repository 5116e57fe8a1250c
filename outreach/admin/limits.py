"""How the house behaves towards those it writes to, as a form: each limit a manager may change, with what it does."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from crm.admin.base import StaffForm
from outreach.models import Limits
from outreach.services import waiting
from outreach.services.limits import BOUNDS


def leave_today(rules: Limits) -> int:
    """How many messages may leave in the 24 hours before now."""
    return waiting.daily(rules, at=timezone.now())


class _TimeInput(forms.TimeInput):
    """The browser's own; it speaks 24 hours, whatever the reader's language."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def _number(name: str, label: Any, help_text: Any = "", **more: Any) -> forms.IntegerField:
    least, most = BOUNDS[name]
    return forms.IntegerField(label=label, min_value=least, max_value=most, help_text=help_text, **more)


class LimitsForm(StaffForm):
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days of the week"),
        choices=[(number + 1, capfirst(name)) for number, name in WEEKDAYS.items()],
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    opens = forms.TimeField(
        label=gettext_lazy("From"),
        widget=_TimeInput,
        help_text=gettext_lazy("By the clock of whoever is written to: of their profile, else of their country."),
    )
    closes = forms.TimeField(
        label=gettext_lazy("Until"), widget=_TimeInput, help_text=gettext_lazy("00:00 is the end of the day.")
    )
    keeps_holidays = forms.BooleanField(
        label=gettext_lazy("Not on the public holidays of their country"), required=False
    )
    cooling_off_days = _number(
        "cooling_off_days",
        gettext_lazy("Days between two asks"),
        gettext_lazy("Whatever the cause. A manager may let somebody be asked all the same, and says why."),
    )
    asks_a_year = _number("asks_a_year", gettext_lazy("Asks a year, at most"))
    person_hours = _number("person_hours", gettext_lazy("Hours between two messages to one person"))
    sender_daily = _number("sender_daily", gettext_lazy("Messages in any 24 hours, at most"))
    gap_seconds = _number("gap_seconds", gettext_lazy("Seconds between two messages that wait at once, at least"))
    cause_daily = _number(
        "cause_daily",
        gettext_lazy("Of these, for one cause at most"),
        gettext_lazy("Blank: no limit of its own."),
        required=False,
    )
    warming_since = forms.DateField(
        label=gettext_lazy("Warming up since"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy(
            "For an address that mail servers do not know yet: ten messages on that day, then half as many more each "
            "working day, up to the limit. Blank: the limit holds at once."
        ),
    )
    lateness_hours = _number(
        "lateness_hours",
        gettext_lazy("Hours a message may be late"),
        gettext_lazy("A server that slept longer than this does not send what was due: a person decides."),
    )
    silence_days = _number("silence_days", gettext_lazy("Days after which no answer is an answer"))
    steps = _number("steps", gettext_lazy("Messages in a sequence, at most"))
    groups = [
        (gettext_lazy("When may messages arrive?"), ["weekdays", "opens", "closes", "keeps_holidays"]),
        (gettext_lazy("How often is somebody asked?"), ["cooling_off_days", "asks_a_year", "person_hours", "steps"]),
        (gettext_lazy("How many leave?"), ["sender_daily", "cause_daily", "gap_seconds", "warming_since"]),
        (gettext_lazy("How patient are we?"), ["lateness_hours", "silence_days"]),
    ]

    @classmethod
    def known(cls, limits: Limits) -> dict[str, Any]:
        """What stands in the form before anybody changes it."""
        return {name: getattr(limits, name) for name in cls.base_fields}
