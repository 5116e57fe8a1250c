"""Concrete actions and their money, counted in words."""

from dataclasses import dataclass

from django.utils.translation import ngettext

from crm import words as crm_words
from crm.models import ActionKind
from crm.words import number as say_number


@dataclass(frozen=True)
class ActionTotalWords:
    kind: str
    number: float
    amount: str
    counted: str  # "6 donations"

    @property
    def sentence(self) -> str:
        """ "6 donations (€102.00)"."""
        return f"{self.counted} ({self.amount})" if self.amount else self.counted


def action_total(*, kind: str, currency: str, number: float, amount_minor: int | None) -> ActionTotalWords:
    return ActionTotalWords(
        kind=action_kind(kind),
        number=number,
        amount=money(amount_minor, currency) if amount_minor is not None else "",
        counted=_counted(kind, number),
    )


def action_kind(kind: str) -> str:
    return str(ActionKind(kind).label)


def _counted(kind: str, number: float) -> str:
    """ "6 donations"; a part of an action takes the plural, as in "0.5 donations"."""
    n = 1 if number == 1 else 2
    said = {
        ActionKind.DONATION: ngettext("%(number)s donation", "%(number)s donations", n),
        ActionKind.SIGN_UP: ngettext("%(number)s sign-up", "%(number)s sign-ups", n),
        ActionKind.SIGNATURE: ngettext("%(number)s petition signature", "%(number)s petition signatures", n),
        ActionKind.ATTENDANCE: ngettext("%(number)s attendance", "%(number)s attendances", n),
        ActionKind.VOLUNTEER_HOURS: ngettext("%(number)s volunteer hour", "%(number)s volunteer hours", n),
        ActionKind.OTHER: ngettext("%(number)s other action", "%(number)s other actions", n),
    }
    return said[ActionKind(kind)] % {"number": say_number(number)}


def money(amount_minor: int, currency: str) -> str:
    """An amount as the reader's locale writes it: 1 234,50 € or €1,234.50."""
    return crm_words.money(amount_minor, currency)
