"""The goals of a cause in its form: one line per kind of action, left empty where nothing is wanted."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crm import words
from crm.admin.fields import bare_amount
from crm.errors import DomainError
from crm.formats.goals import CURRENCIES, minor_digits, parse_amount
from crm.formats.rows import GoalReading
from crm.handles import parse_count
from crm.models import ActionKind, Cause, Goal

_COMMON = ("EUR", "USD", "GBP", "CHF", "CAD")


def _currencies() -> list[tuple[str, str]]:
    rest = sorted(CURRENCIES - set(_COMMON))
    return [(code, f"{code} · {words.currency(code)}") for code in (*_COMMON, *rest)]


class GoalForm(forms.Form):
    kind = forms.ChoiceField(choices=ActionKind.choices, widget=forms.HiddenInput)
    is_sum = forms.BooleanField(required=False, widget=forms.HiddenInput)
    wanted = forms.CharField(label=_("How much"), max_length=40, required=False)
    currency = forms.ChoiceField(label=_("Currency"), choices=_currencies, required=False)
    due_date = forms.DateField(
        label=_("By"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": ""} | kwargs)

    @property
    def title(self) -> Any:
        return words.ACTIONS.get(self["kind"].value(), "")

    @property
    def has_currency(self) -> bool:
        return self["is_sum"].value() in {True, "True"}

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        try:
            said["reading"] = self._reading(said)
        except DomainError as error:
            self.add_error("wanted", words.say(error))
        except forms.ValidationError as error:
            self.add_error("wanted", error)
        return said

    def _reading(self, said: dict[str, Any]) -> GoalReading | None:
        """Nothing, where nothing is wanted. Raises what bare_amount raises, and what the readers of numbers raise."""
        if not said.get("wanted") or "kind" not in said:
            return None
        if not said.get("is_sum"):
            quantity = parse_count(said["wanted"])
            reading = GoalReading(said["kind"], quantity=quantity, due_date=said.get("due_date"))
            return reading if quantity else None
        currency = said.get("currency") or _COMMON[0]
        amount = parse_amount(bare_amount(said["wanted"], currency), currency)
        reading = GoalReading(said["kind"], amount_minor=amount, currency=currency, due_date=said.get("due_date"))
        return reading if amount else None


_FormSet = forms.formset_factory(GoalForm, extra=0, max_num=30, validate_max=True, absolute_max=30)


class GoalForms(_FormSet):  # type: ignore[misc,valid-type]
    """A line per kind of action; more where a cause has the same kind in another unit, as imports may tell."""

    def __init__(self, data: Any, *, cause: Cause | None) -> None:
        lines = {(kind, kind == ActionKind.DONATION): {"kind": kind} for kind in ActionKind.values}
        more = []
        for goal in cause.goals.order_by("pk") if cause else ():
            line = lines.get((goal.kind, bool(goal.currency)))
            if line is None or "wanted" in line:
                more.append(_line(goal))
            else:
                line |= _line(goal)
        initial = [line | {"is_sum": is_sum} for (_kind, is_sum), line in lines.items()] + more
        super().__init__(data, initial=initial, prefix="goals")

    def readings(self) -> Iterator[GoalReading]:
        for form in self.forms:
            if reading := form.cleaned_data.get("reading"):
                yield reading


def _line(goal: Goal) -> dict[str, Any]:
    said: dict[str, Any] = {"kind": goal.kind, "is_sum": bool(goal.currency), "due_date": goal.due_date}
    if goal.amount_minor is None:
        return said | {"wanted": goal.quantity}
    digits = minor_digits(goal.currency)
    whole, rest = divmod(goal.amount_minor, 10**digits)
    return said | {"currency": goal.currency, "wanted": f"{whole}.{rest:0{digits}}" if rest else whole}
