"""The form on which a cost of a partnership is written down."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from crm.admin.base import StaffForm
from crm.errors import DomainError
from crm.words import say
from outreach.admin.actions import currencies, minor_units
from outreach.models import Campaign, Cost, Outreach


class CostForm(StaffForm):
    outreach = forms.ModelChoiceField(
        Outreach.objects.none(), label=gettext_lazy("For whom"), empty_label=gettext_lazy("Choose")
    )
    kind = forms.ChoiceField(label=gettext_lazy("What for"))
    amount = forms.CharField(
        label=gettext_lazy("Amount"), max_length=40, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    on_date = forms.DateField(label=gettext_lazy("Day"))
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("It is removed when the person is erased; the amount stays."),
    )
    is_paired = True

    def __init__(self, *args: Any, campaign: Campaign, today: date, outreach: str = "", **kwargs: Any) -> None:
        super().__init__(*args, initial={"on_date": today, "outreach": outreach[:18]}, **kwargs)
        fields: Any = self.fields
        fields["kind"].choices = [(code, capfirst(label)) for code, label in Cost.Kind.choices]
        fields["currency"].choices = currencies(campaign)
        fields["on_date"].widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        people = Outreach.objects.filter(campaign=campaign, influencer__isnull=False).exclude(stage="merged")
        fields["outreach"].queryset = people.select_related("influencer").order_by("influencer__sort_name", "pk")
        fields["outreach"].label_from_instance = lambda one: one.influencer.name

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if "amount" in said and "currency" in said:
            try:
                said["amount_minor"] = minor_units(said["amount"], said["currency"])
            except (DomainError, ValidationError) as error:
                self.add_error("amount", say(error) if isinstance(error, DomainError) else error)
        said.pop("amount", None)
        return said
