"""The form on which an officer writes down an action that no other tool told of."""

import re
import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.admin.base import StaffForm
from crm.admin.fields import bare_amount
from crm.errors import DomainError
from crm.formats.goals import CURRENCIES, parse_amount
from crm.handles import parse_count
from crm.models import ActionKind
from crm.words import currency as currency_name
from crm.words import say
from outreach import signing
from outreach.models import Campaign, Outreach
from outreach.services.conversions import BY_HAND
from outreach.sources import events
from outreach.sources.events import Event

_USUAL = ("EUR", "GBP", "USD", "CHF", "CAD")
_BEFORE_START = timedelta(days=366)  # how long before its campaign's start an action may lie
_AMOUNT_LIMIT = 10**12  # minor units


class CountField(forms.Field):
    """A whole number as people write it: "1 500", "1,500", "1.500"."""

    widget = forms.TextInput(attrs={"inputmode": "numeric"})

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values:
            return None
        try:
            return parse_count(str(value))
        except DomainError as error:
            raise ValidationError(say(error)) from error


class ActionForm(StaffForm):
    kind = forms.ChoiceField(label=gettext_lazy("What was done"))
    quantity = CountField(
        label=gettext_lazy("Number"),
        initial=1,
        validators=[MinValueValidator(1), MaxValueValidator(10_000_000)],
        help_text=gettext_lazy("Signatures, people or hours. One gift is 1, whatever its amount."),
    )
    amount = forms.CharField(
        label=gettext_lazy("Amount"),
        required=False,
        max_length=40,
        # The blank placeholder lets the page see whether anything stands here.
        widget=forms.TextInput(attrs={"inputmode": "decimal", "placeholder": " "}),
        help_text=gettext_lazy("For donations, or wherever money was given: “42.50” or “42.50 €”."),
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

    def __init__(self, *args: Any, campaign: Campaign, today: date, thanks_to: str = "", **kwargs: Any) -> None:
        super().__init__(*args, initial={"on": today, "once": uuid.uuid4().hex, "outreach": thanks_to[:18]}, **kwargs)
        self.campaign = campaign
        fields: Any = self.fields
        fields["on"].widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "max": today.isoformat()})
        fields["kind"].choices = [(code, capfirst(label)) for code, label in ActionKind.choices]
        fields["currency"].choices = currencies(campaign)
        for name in ("amount", "receipt"):
            fields[name].label = _required_with_money(name, fields[name].label)
        fields["outreach"].queryset = (
            Outreach.objects.filter(campaign=campaign, links__deliverable="", influencer__isnull=False)
            .select_related("influencer")
            .prefetch_related("links")
            .order_by("influencer__sort_name", "pk")
        )
        fields["outreach"].label_from_instance = _with_code

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        starts = self.campaign.starts_date
        if starts - on > _BEFORE_START:
            words = _("This day is long before the campaign began (%(day)s). Check the year.")
            raise ValidationError(words % {"day": formats.date_format(starts)})
        return on

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        said["amount_minor"] = None
        typed, currency = said.get("amount", ""), said.get("currency", "")
        if "amount" in said and not typed and said.get("kind") == ActionKind.DONATION:
            self.add_error("amount", _("A donation needs its amount."))
        if not typed:
            return said
        if currency:
            try:
                said["amount_minor"] = minor_units(typed, currency)
            except (DomainError, ValidationError) as error:
                self.add_error("amount", say(error) if isinstance(error, DomainError) else error)
        elif "currency" in said:
            self.add_error("currency", _("Say in which currency."))
        if not said.get("receipt", "").strip():
            self.add_error("receipt", _("Where there is money, its receipt number is needed."))
        return said

    def event(self) -> Event:
        """What was filled in, as the ledger takes it. The same receipt, or the same filling in, is the same action."""
        said = self.cleaned_data
        outreach: Outreach | None = said["outreach"]
        return events.told(
            source=BY_HAND,
            external_id=said["receipt"].strip() or f"form:{said['once']}",
            kind=said["kind"],
            # The day's beginning: whoever types the receipt again later tells the same.
            occurred_at=timezone.make_aware(datetime.combine(said["on"], time.min)),
            amount_minor=said["amount_minor"],
            currency=said["currency"] if said["amount_minor"] is not None else "",
            quantity=Decimal(said["quantity"]),
            code=outreach.link.code if outreach and outreach.link else "",
            utm={"utm_campaign": self.campaign.slug, "utm_id": str(self.campaign.public_id)},
        )


def _with_code(outreach: Outreach) -> str:
    assert outreach.influencer and outreach.link  # as the choices are asked for
    return f"{outreach.influencer.name} · {signing.spoken(outreach.link.code)}"


def _required_with_money(name: str, label: Any) -> SafeString:
    """A label that says "required" while a donation is chosen, or an amount typed (causeway.css)."""
    return format_html('{} <span class="cw-required cw-required--{}">{}</span>', label, name, _("required"))


def minor_units(text: str, currency: str) -> int:
    """An amount in the currency's minor units. The ledger forgets nothing, so nothing is guessed: "1.500" is refused.

    Raises ValidationError, and DomainError: amount_ambiguous, count_too_big, and what parse_amount raises.
    """
    text = bare_amount(text, currency)
    if re.match(r"[-−–]", text):
        raise ValidationError(_("An amount is greater than zero."))
    if re.fullmatch(r"[0-9]{1,3}[.,][0-9]{3}", text):
        raise DomainError("amount_ambiguous")
    try:
        minor = parse_amount(text, currency)
    except DomainError as error:
        if error.code in {"amount_invalid", "count_not_whole"} and re.fullmatch(r"[^.,]+[.,][0-9]+", text):
            raise _too_fine() from error
        raise
    if not minor:
        raise ValidationError(_("An amount is greater than zero."))
    if minor > _AMOUNT_LIMIT:
        raise DomainError("count_too_big", limit=_AMOUNT_LIMIT)
    return minor


def _too_fine() -> ValidationError:
    return ValidationError(_("This currency has no such small coins. Leave out the last digits."))


def currencies(campaign: Campaign) -> list[tuple[str, str]]:
    """Those of the cause's goals first, then the usual ones, then all others."""
    wanted = campaign.cause.goals.exclude(currency="").order_by("pk").values_list("currency", flat=True)
    first = list(dict.fromkeys([*wanted, *_USUAL]))
    return [(code, f"{code} · {currency_name(code)}") for code in [*first, *sorted(CURRENCIES - set(first))]]
