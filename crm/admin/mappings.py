"""What the columns of a file are: the page that asks, shows the first rows as they would be stored, and remembers."""

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from crm import words
from crm.admin.base import PageAdmin, StaffForm, who
from crm.errors import DomainError
from crm.formats.field_maps import OF_ACCOUNTS, FieldMap
from crm.models import Address, ImportBatch, ImportRow, Influencer, Platform, Topic
from crm.services import mappings
from crm.services.mappings import Asked
from crm.tasks import ring, work_on_import
from crm.words import say
from crm.words.columns import GROUPS

_ADD = "crm.add_importbatch"
_COLUMNS_SHOWN = 200  # of a table with more, the rest is left out: each is a list to choose from
_NUMBERS = (
    ("european", gettext_lazy("1.234,5 or 1 234,5 (decimal comma)")),
    ("english", gettext_lazy("1,234.5 (decimal point)")),
)
_DATES = (
    ("", gettext_lazy("As they show")),
    ("day_first", gettext_lazy("Day first: 31/12/2026")),
    ("month_first", gettext_lazy("Month first: 12/31/2026")),
)
_RATES = (
    ("fraction", gettext_lazy("0.034 is 3.4 %")),
    ("percent", gettext_lazy("3.4 is 3.4 %")),
)
_SHARES = (
    ("fraction", gettext_lazy("0.83 is 83 %")),
    ("percent", gettext_lazy("83 is 83 %")),
)
_BASES = [choice for choice in Address.Basis.choices if choice[0] != Address.Basis.CONSENT]  # never by a file


class FieldSelect(forms.Select):
    """A choice among all our fields. There are many columns: the list is written once for all of them."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        options = _options(get_language() or "")
        chosen = format_html('value="{}"', value or "")
        known = mark_safe(options.replace(chosen, f"{chosen} selected", 1))  # noqa: S308
        more = format_html_join("", ' {}="{}"', self.build_attrs(self.attrs, attrs).items())
        return format_html('<select name="{}"{}>{}</select>', name, more, known)


@lru_cache(maxsize=8)
def _options(language: str) -> str:
    platforms = [(Platform(name).label, [f"{name}.{field}" for field in OF_ACCOUNTS]) for name in Platform.values]
    groups: list[tuple[Any, list[str]]] = [(title, list(fields)) for title, fields in GROUPS]
    found = [format_html('<option value="">{}</option>', _("Do not import"))]
    for title, fields in [*groups, *platforms]:
        listed = format_html_join("", '<option value="{}">{}</option>', ((name, words.column(name)) for name in fields))
        found.append(format_html('<optgroup label="{}">{}</optgroup>', title, listed))
    return "".join(found)


def _blank(choices: Any) -> list[tuple[str, Any]]:
    return [("", gettext_lazy("As each row says")), *choices]


class MappingForm(StaffForm):
    """One list per column, and what holds for the whole file. `said` is what it says, once it is valid."""

    numbers = forms.ChoiceField(label=gettext_lazy("Numbers are written as"), choices=_NUMBERS, required=False)
    rates = forms.ChoiceField(
        label=gettext_lazy("Engagement rates without a percent sign"), choices=_RATES, required=False
    )
    shares = forms.ChoiceField(
        label=gettext_lazy("Real or fake followers without a percent sign"), choices=_SHARES, required=False
    )
    dates = forms.ChoiceField(
        label=gettext_lazy("Days are written"),
        choices=_DATES,
        required=False,
        help_text=gettext_lazy("As they show: one that can be read in two ways, such as 03/04/2026, is refused."),
    )
    platform = forms.ChoiceField(label=gettext_lazy("Platform"), choices=_blank(Platform.choices), required=False)
    observed_at = forms.DateField(
        label=gettext_lazy("Day of the figures"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    language = forms.CharField(
        label=gettext_lazy("Main language"), required=False, max_length=40, help_text=gettext_lazy("Such as “French”.")
    )
    country = forms.CharField(
        label=gettext_lazy("Country"), required=False, max_length=80, help_text=gettext_lazy("Such as “Belgium”.")
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=_blank(Influencer.Kind.choices), required=False)
    topics = forms.CharField(
        label=gettext_lazy("Topics"), required=False, max_length=300, help_text=gettext_lazy("Divided by commas.")
    )
    email_kind = forms.ChoiceField(
        label=gettext_lazy("Kind of address"), choices=_blank(Address.Kind.choices), required=False
    )
    email_source = forms.CharField(label=gettext_lazy("Where the addresses are from"), required=False, max_length=300)
    basis = forms.ChoiceField(label=gettext_lazy("Legal basis"), choices=_blank(_BASES), required=False)

    writing = ("numbers", "rates", "shares", "dates")
    constants = ("platform", "observed_at", "language", "country", "kind", "topics")
    of_addresses = ("email_kind", "email_source", "basis")

    def __init__(self, asked: Asked, data: Any = None) -> None:
        said = asked.proposed
        constants = {
            name: text.replace("|", ", ") if name == "topics" else text for name, text in said.constants.items()
        }
        written = {"numbers": said.numbers, "dates": said.dates, "rates": said.rates, "shares": said.shares}
        super().__init__(data, initial=written | constants)
        self._asked = asked
        for place, column in enumerate(asked.columns[:_COLUMNS_SHOWN]):
            self.fields[f"column_{place}"] = forms.CharField(
                label=column.name, required=False, initial=said.columns.get(column.name, ""), widget=FieldSelect
            )

    def columns(self) -> Iterator[tuple[Any, forms.BoundField]]:
        for place, column in enumerate(self._asked.columns[:_COLUMNS_SHOWN]):
            yield column, self[f"column_{place}"]

    def left_out(self) -> int:
        return max(0, len(self._asked.columns) - _COLUMNS_SHOWN)

    def bound(self, names: tuple[str, ...]) -> list[forms.BoundField]:
        return [self[name] for name in names]

    def about_the_file(self) -> list[forms.BoundField]:
        return self.bound(self.constants)

    def about_addresses(self) -> list[forms.BoundField]:
        return self.bound(self.of_addresses)

    def about_writing(self) -> list[forms.BoundField]:
        return self.bound(self.writing)

    def said(self) -> FieldMap:
        given: Mapping[str, Any] = self.cleaned_data
        columns = {column.name: given.get(f"column_{place}", "") for place, column in enumerate(self._asked.columns)}
        constants = {name: str(given.get(name) or "") for name in (*self.constants, *self.of_addresses)}
        constants["topics"] = "|".join(part.strip() for part in constants["topics"].split(",") if part.strip())
        return FieldMap(
            columns=columns,
            constants={name: text for name, text in constants.items() if text},
            numbers=given.get("numbers") or "",
            dates=given.get("dates") or "",
            rates=given.get("rates") or "",
            shares=given.get("shares") or "",
        )


class MappingPages(PageAdmin):
    """The steps of an import that ask what its columns are."""

    steps = {"mapping": _ADD, "forget_mapping": _ADD}

    def mapping(self, request: HttpRequest, obj: ImportBatch) -> HttpResponse:
        if obj.state not in mappings.WAITING:
            return redirect(self.page_url(obj))
        try:
            asked = mappings.ask(batch=obj)
        except DomainError as error:
            messages.error(request, say(error))
            return redirect(f"{self.page_url(obj)}?rows")
        form = MappingForm(asked, request.POST if request.method == "POST" else None)
        said = form.said() if form.is_bound and form.is_valid() else asked.proposed
        step = request.POST.get("step", "")
        if step == "download" and form.is_valid():
            return _as_file(obj, said)
        if step == "save" and form.is_valid():
            try:
                return self._say(request, obj, said)
            except DomainError as error:
                form.add_error(None, say(error))
        return self._ask(request, obj, asked, form, said)

    def _say(self, request: HttpRequest, batch: ImportBatch, said: FieldMap) -> HttpResponse:
        by = who(request)
        mappings.say(batch=batch, mapping=said, by=by, at=timezone.now())
        ring(work_on_import, batch.pk)
        return redirect(self.page_url(batch))

    def forget_mapping(self, request: HttpRequest, obj: ImportBatch) -> HttpResponse:
        def forget() -> None:
            mappings.forget(batch=obj)
            ring(work_on_import, obj.pk)

        return self.act(
            request, forget, done=_("What was said of these columns is forgotten."), back=self.page_url(obj)
        )

    def _ask(
        self, request: HttpRequest, batch: ImportBatch, asked: Asked, form: MappingForm, said: FieldMap
    ) -> HttpResponse:
        rows, refused = _preview(batch, said)
        return self.render(
            request,
            "crm/import_mapping.html",
            title=_("What do the columns hold?"),
            obj=batch,
            form=form,
            asked=asked,
            crumbs=[(str(batch), self.page_url(batch))],
            rows=rows,
            refused=refused,
            rejected=sum(row.verdict == ImportRow.Verdict.REJECTED for row in rows),
            topics={topic.slug: str(topic) for topic in Topic.objects.all()},
            row_page="admin:crm_influencer_change",
            row_name=_("Influencer"),
            is_json=False,
            recognised=words.FORMATS.get(batch.format, "") if batch.format != "own" else "",
            known=sum(1 for field in said.columns.values() if field),
            number_left_out=form.left_out(),
            left_out_words=ngettext(
                "%(number)s further column is not shown and not imported.",
                "%(number)s further columns are not shown and not imported.",
                form.left_out(),
            )
            % {"number": words.number(form.left_out())},
        )


def _preview(batch: ImportBatch, said: FieldMap) -> tuple[list[ImportRow], str]:
    """The first rows as they would be stored, or why that cannot be said."""
    try:
        return mappings.preview(batch=batch, mapping=said, at=timezone.now()), ""
    except DomainError as error:
        return [], say(error)


def _as_file(batch: ImportBatch, said: FieldMap) -> HttpResponse:
    text = json.dumps(said.as_json(), ensure_ascii=False, indent=2)
    answer = HttpResponse(f"{text}\n", content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="causeway-mapping-{batch.pk}.json"'
    return answer
