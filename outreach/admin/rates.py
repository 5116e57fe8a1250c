"""Exchange rates: what one currency was worth in another on a day, as an administrator wrote it down."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.admin.base import PageAdmin, StaffForm, who
from crm.formats.goals import CURRENCIES
from crm.words import currency as currency_name
from outreach import words
from outreach.models import ExchangeRate
from outreach.services import exchange

_ADD, _REMOVE = "outreach.add_exchangerate", "outreach.delete_exchangerate"
_USUAL = ("EUR", "GBP", "USD", "CHF", "CAD")


class RateField(forms.DecimalField):
    """A number with a point or a comma, whatever the reader's language."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=19, decimal_places=10, **kwargs)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        return super().to_python(str(value).strip().replace(",", ".") if value else value)


class RateForm(StaffForm):
    base = forms.ChoiceField(label=gettext_lazy("One unit of"))
    rate = RateField(label=gettext_lazy("is worth so many"), help_text=gettext_lazy("“1.1734” or “1,1734”."))
    quote = forms.ChoiceField(label=gettext_lazy("units of"))
    on_date = forms.DateField(label=gettext_lazy("Day"))
    source = forms.CharField(
        label=gettext_lazy("According to"),
        max_length=200,
        help_text=gettext_lazy("Who says so: “European Central Bank, reference rate”. It stands in every report."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        codes = [*_USUAL, *sorted(CURRENCIES - set(_USUAL))]
        for name in ("base", "quote"):
            fields[name].choices = [(code, f"{code} · {currency_name(code)}") for code in codes]
        fields["on_date"].widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


@admin.register(ExchangeRate)
class ExchangeRateAdmin(PageAdmin):
    list_display = ["said", "on_date", "source", "by"]
    list_select_related = ["by"]
    ordering = ["-on_date", "-pk"]
    list_button = (gettext_lazy("Record a rate"), "add", _ADD)
    empty_words = gettext_lazy(
        "Amounts of different currencies are never added by themselves. Record a rate with its day and source, "
        "and reports show one total beside the originals."
    )
    page_template = "outreach/rate.html"
    list_steps = {"add": _ADD}
    steps = {"remove": _REMOVE}

    @admin.display(description=gettext_lazy("rate"), ordering="base")
    def said(self, rate: ExchangeRate) -> str:
        return words.rate_figure(rate)

    def page(self, request: HttpRequest, obj: ExchangeRate) -> dict[str, Any]:
        return {"title": self.said(obj), "may_remove": request.user.has_perm(_REMOVE)}

    def add(self, request: HttpRequest) -> HttpResponse:
        def save(said: dict[str, Any]) -> str:
            exchange.record(**said, by=who(request), at=timezone.now())
            return self.url("changelist")

        initial = {"base": "GBP", "quote": "EUR", "on_date": timezone.localdate()}
        return self.ask(
            request,
            RateForm(request.POST or None, initial=initial),
            save=save,
            title=_("Record an exchange rate"),
            submit=_("Record"),
            back=self.url("changelist"),
        )

    def remove(self, request: HttpRequest, obj: ExchangeRate) -> HttpResponse:
        if request.method == "POST":
            return self.act(
                request, lambda: exchange.remove(rate=obj), done=_("The rate was removed."), back=self.url("changelist")
            )
        return self.render(
            request,
            "crm/confirm.html",
            title=_("Remove this rate?"),
            question=_("Reports that were converted by it have no total any more, or the one of an older rate."),
            submit=_("Remove the rate"),
            kind="danger",
            crumbs=[(self.said(obj), self.page_url(obj))],
            back=self.page_url(obj),
        )
