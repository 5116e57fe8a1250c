"""The form on which an officer writes down an action that no other tool told of."""

import uuid
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.admin.base import StaffForm
from crm.models import ActionKind
from outreach.models import Campaign, Outreach
from outreach.services.conversions import BY_HAND, CURRENCIES, Action

_USUAL = ("EUR", "GBP", "USD", "CHF", "CAD")


class ActionForm(StaffForm):
    kind = forms.ChoiceField(label=gettext_lazy("What was done"))
    quantity = forms.IntegerField(
        label=gettext_lazy("Number"),
        initial=1,
        min_value=1,
        max_value=10_000_000,
        help_text=gettext_lazy("Signatures, people or hours. One gift is 1, whatever its amount."),
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Amount"),
        required=False,
        localize=True,
        max_digits=12,
        decimal_places=3,
        help_text=gettext_lazy("For donations, or wherever money was given."),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), required=False)
    receipt = forms.CharField(
        label=gettext_lazy("Receipt number"),
        max_length=150,
        required=False,
        help_text=gettext_lazy("Required with money: it is what keeps a gift from counting twice."),
    )
    on = forms.DateField(label=gettext_lazy("Date"))
    outreach = forms.ModelChoiceField(
        Outreach.objects.none(),
        label=gettext_lazy("Thanks to"),
        required=False,
        empty_label=gettext_lazy("Nobody in particular"),
        help_text=gettext_lazy("The person whose link or code it came through. They get the credit."),
    )
    # Names this filling in of the form, so that pressing the button twice records one action.
    once = forms.CharField(widget=forms.HiddenInput, max_length=40)
    groups = [
        (gettext_lazy("What?"), ["kind", "quantity", "on"]),
        (gettext_lazy("How much money?"), ["amount", "currency", "receipt"]),
        (gettext_lazy("Thanks to whom? (optional)"), ["outreach"]),
    ]

    def __init__(self, *args: Any, campaign: Campaign, today: date, **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": today, "once": uuid.uuid4().hex}, **kwargs)
        self.campaign = campaign
        fields: Any = self.fields
        fields["on"].widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "max": today.isoformat()})
        fields["kind"].choices = [(code, capfirst(label)) for code, label in ActionKind.choices]
        fields["currency"].choices = _currencies(campaign)
        fields["outreach"].queryset = (
            Outreach.objects.filter(campaign=campaign, link__isnull=False, influencer__isnull=False)
            .select_related("influencer", "link")
            .order_by("influencer__sort_name", "pk")
        )
        fields["outreach"].label_from_instance = lambda one: f"{one.influencer.name} · {one.link.code}"

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        amount, currency = said.get("amount"), said.get("currency", "")
        if "amount" in said and amount is None and said.get("kind") == ActionKind.DONATION:
            self.add_error("amount", _("A donation needs its amount."))
        if amount is None:
            return said
        if amount <= 0:
            self.add_error("amount", _("An amount is greater than zero."))
        elif not currency:
            self.add_error("currency", _("Say in which currency."))
        elif amount.scaleb(get_currency_precision(currency)) % 1:
            self.add_error("amount", _("This currency has no such small coins. Leave out the last digits."))
        if not said.get("receipt", "").strip():
            self.add_error("receipt", _("Where there is money, its receipt number is needed."))
        return said

    def action(self) -> Action:
        """What was filled in, as the ledger takes it. The same receipt, or the same filling in, is the same action."""
        said = self.cleaned_data
        outreach: Outreach | None = said["outreach"]
        return Action(
            source=BY_HAND,
            external_id=said["receipt"].strip() or f"form:{said['once']}",
            kind=said["kind"],
            # The day's beginning: whoever types the receipt again later tells the same.
            occurred_at=timezone.make_aware(datetime.combine(said["on"], time.min)),
            amount_minor=_minor(said["amount"], said["currency"]),
            currency=said["currency"] if said["amount"] is not None else "",
            quantity=said["quantity"],
            code=outreach.link.code if outreach else "",
            utm={"utm_campaign": self.campaign.slug, "utm_id": str(self.campaign.public_id)},
        )


def _minor(amount: Decimal | None, currency: str) -> int | None:
    return None if amount is None else int(amount.scaleb(get_currency_precision(currency)))


def _currencies(campaign: Campaign) -> list[tuple[str, str]]:
    """Those of the cause's goals first, then the usual ones, then all others."""
    wanted = campaign.cause.goals.exclude(currency="").order_by("pk").values_list("currency", flat=True)
    first = list(dict.fromkeys([*wanted, *_USUAL]))
    return [(code, code) for code in [*first, *sorted(CURRENCIES - set(first))]]
