"""Filters of a list as small forms: what was asked and cannot be is said beside the field, and finds nobody."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from crm.admin.fields import AtOnce, Choices
from crm.errors import DomainError
from crm.handles import parse_count, parse_rate
from crm.words import say

# Those whom a filter leaves out, and what is said of their number: (how many, the same in words) -> a sentence.
Hidden = tuple[QuerySet[Any], Callable[[int, str], str]]
_SEARCHED = {"data-theme": "admin-autocomplete", "class": "unfold-admin-autocomplete admin-autocomplete"}


class _Select(AtOnce, UnfoldAdminSelectWidget):  # type: ignore[misc]
    """Looks like the other fields of a filter."""


class SelectField(forms.ChoiceField):
    """One of a list, with a search in it, or none. `offers` makes the list when it is asked for.

    `span`, of every field: how many sixths of a line it takes.
    """

    def __init__(self, *, offers: Callable[[], Choices], blank: Any = "", span: int = 6, **kwargs: Any) -> None:
        super().__init__(
            choices=lambda: [("", blank or _("All")), *offers()],
            required=False,
            widget=_Select(attrs=dict(_SEARCHED)),
            **kwargs,
        )
        self.span = span


class ReadField(forms.CharField):
    """What `read` makes of a text as people write it. It raises DomainError."""

    def __init__(self, *, read: Callable[[str], float], span: int = 6, **kwargs: Any) -> None:
        super().__init__(required=False, widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"}), **kwargs)
        self.read, self.span = read, span

    def clean(self, value: Any) -> float | None:
        text = super().clean(value)
        try:
            return self.read(text) if text else None
        except DomainError as error:
            raise forms.ValidationError(say(error)) from error


# A number: 10 000, 10k, 1.2M. A share: 3,5 or 3.5 % -> 0.035.
NumberField = partial(ReadField, read=parse_count)
PercentField = partial(ReadField, read=partial(parse_rate, unit="percent"))


class FormFilter(admin.ListFilter, ABC):
    """A filter that asks for what its form holds. `narrow` gets what was said; it is called when anything was."""

    template = "crm/list_filter.html"
    form_class: type[forms.Form]
    is_waiting = False  # until the list has looked for whom the others let through

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for name in self.expected_parameters():
            if name in params:
                said = params.pop(name)
                self.used_parameters[name] = said[-1] if isinstance(said, list) else said
        self.form = self.form_class(self.used_parameters, auto_id="filter_%s")

    @classmethod
    def parameters(cls) -> list[str]:
        return list(cls.form_class.base_fields)

    def expected_parameters(self) -> list[str | None]:
        return list(self.parameters())

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: Any) -> Iterator[Any]:
        """None to click: the template shows the form."""
        return iter(())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.is_waiting else self.let_through(queryset)

    def let_through(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if not any(self.used_parameters.values()):
            return rows
        return self.narrow(rows, self.form.cleaned_data) if self.form.is_valid() else rows.none()

    @abstractmethod
    def narrow(self, rows: Any, said: dict[str, Any]) -> Any:
        """The rows that answer to what was said."""

    def hidden(self, rows: Any, said: dict[str, Any]) -> Hidden | None:
        """Of rows that every other filter lets through."""
        return None

    def hides(self, rows: QuerySet[Any]) -> Hidden | None:
        is_asked = any(self.used_parameters.values()) and self.form.is_valid()
        return self.hidden(rows, self.form.cleaned_data) if is_asked else None
