"""Form fields of the house: lists as words between commas, and choices among countries, languages and topics.

They speak through the readers of files (crm.formats), so that a form and a file take the same values.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from babel.numbers import get_currency_name, get_currency_symbol
from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelect2MultipleWidget, UnfoldAdminSelect2Widget

from crm import words
from crm.errors import DomainError
from crm.formats.cells import ITEM_LIMIT, clean_word, parse_link
from crm.formats.countries import CODES as COUNTRIES
from crm.formats.goals import CURRENCIES
from crm.formats.languages import CODES as LANGUAGES
from crm.handles import sort_key
from crm.models import Topic

Choices = list[tuple[str, str]]


class ParsedField(forms.CharField):
    """One line that a reader of files takes apart; what the reader refuses is said below the field."""

    def __init__(self, *, parse: Callable[[str], str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.parse = parse

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return _parsed(self.parse, text) if text else ""


def with_scheme(text: str) -> str:
    """A web address as people write it, "www.example.org", in full; anything else as it is."""
    text = text.strip()
    return f"https://{text}" if re.match(r"[\w-]+(\.[\w-]+)+(:[0-9]+)?([/?#]|$)", text) else text


def web_address(text: str) -> str:
    """Raises what crm.formats.cells.parse_link raises."""
    return parse_link(with_scheme(text))


def bare_amount(text: str, currency: str) -> str:
    """The number in a sum as people write it: "42,50 €", "€42.50" and "EUR 42.50" say no more than their number.

    Raises ValidationError where another currency than the chosen one stands beside it.
    """
    signs = "|".join(map(re.escape, sorted(_signs(currency), key=len, reverse=True)))
    number = re.sub(
        rf"^({signs})(?=[\s\d+\-−–])|(?<=[\s\d.,])({signs})\.?$", "", text.strip(), flags=re.IGNORECASE
    ).strip()
    others = {*re.findall(r"[$€£¥]", number), *re.findall(r"[A-Z]{3}", number.upper())}
    if others & {*CURRENCIES, *"$€£¥"}:
        raise forms.ValidationError(gettext("The amount is in another currency than the one you chose."))
    return number


def _signs(currency: str) -> set[str]:
    """How people write it: EUR, €, euro, euros; for every dollar, "$" too."""
    said = {currency, *(get_currency_symbol(currency, locale) for locale in ("en", "en_CA", words.reader()))}
    names = {get_currency_name(currency, count, words.reader()) for count in (1, 2)}
    return said | names | ({"$"} if any("$" in sign for sign in said) else set())


class WordsField(forms.CharField):
    """Words between commas -> a tuple of them, each once, as `parse` spells them."""

    def __init__(self, *, parse: Callable[[str], str] = clean_word, **kwargs: Any) -> None:
        given: dict[str, Any] = {"required": False, "help_text": _("Separate them with commas.")}
        super().__init__(**given | kwargs)
        self.parse = parse

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else ", ".join(value)

    def clean(self, value: Any) -> tuple[str, ...]:
        parts = [part for part in super().clean(value).split(",") if part.strip()]
        if len(parts) > ITEM_LIMIT:
            raise forms.ValidationError(words.say_code("list_too_long", {"limit": ITEM_LIMIT}))
        return tuple(dict.fromkeys(_parsed(self.parse, part) for part in parts))


class AtOnce(forms.Select):
    """Options without groups, written in one go: Django renders two templates for each, which takes longest of all."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        given = self.build_attrs(self.attrs, attrs) | {"name": name, "multiple": self.allow_multiple_selected}
        chosen = set(self.format_value(value))
        options = ((code, mark_safe(" selected") if str(code) in chosen else "", label) for code, label in self.choices)
        return format_html(
            "<select{}>{}</select>",
            flatatt(given),
            format_html_join("", '<option value="{}"{}>{}</option>', options),
        )


class LongSelect(AtOnce, UnfoldAdminSelect2Widget):  # type: ignore[misc]
    """One of hundreds, with a search in it."""


class LongSelectMultiple(AtOnce, UnfoldAdminSelect2MultipleWidget):  # type: ignore[misc]
    """Several of hundreds."""


class CodesField(forms.MultipleChoiceField):
    """Several of a long list, with a search. `offers` makes the list in the reader's language; `name` says one code."""

    def __init__(self, *, offers: Callable[[], Choices], name: Callable[[str], str] = str, **kwargs: Any) -> None:
        given: dict[str, Any] = {"required": False, "choices": offers, "widget": LongSelectMultiple}
        super().__init__(**given | kwargs)
        self.offers, self.name = offers, name
        self.order: list[str] = []

    def keep(self, codes: Iterable[str]) -> None:
        """What is stored already is not lost for standing in no list, and stays in its order."""
        self.order = list(codes)
        offered = self.offers()
        known = {code for code, _name in offered}
        self.choices = [*offered, *((code, self.name(code)) for code in self.order if code not in known)]

    def clean(self, value: Any) -> tuple[str, ...]:
        chosen = super().clean(value)
        before = [code for code in self.order if code in chosen]
        return tuple(dict.fromkeys([*before, *chosen]))


class CodeField(forms.ChoiceField):
    """One of a long list, with a search, or none."""

    def __init__(self, *, offers: Callable[[], Choices], **kwargs: Any) -> None:
        given: dict[str, Any] = {"required": False, "widget": LongSelect}
        super().__init__(choices=lambda: [("", "—"), *offers()], **given | kwargs)
        self.offers = offers

    def keep(self, code: str) -> None:
        """Offer this one too, where it stands in no list."""
        if code and code not in {offered for offered, _name in self.offers()}:
            self.choices = [("", "—"), *self.offers(), (code, code)]


def keep_initial(form: forms.Form) -> None:
    """Let every choice among codes offer what the form starts from."""
    for name, field in form.fields.items():
        if isinstance(field, CodesField):
            field.keep(form.initial.get(name) or ())
        elif isinstance(field, CodeField):
            field.keep(form.initial.get(name) or "")


def countries() -> Choices:
    return _countries(get_language())


@cache
def _countries(_spoken: str | None) -> Choices:
    return _sorted((code, words.country(code)) for code in COUNTRIES)


def languages() -> Choices:
    return _languages(get_language())


@cache
def _languages(_spoken: str | None) -> Choices:
    # A retired code ("bh") has no name any more.
    return _sorted((code, name) for code in LANGUAGES if (name := words.language(code)) != code)


@cache
def timezones() -> Choices:
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones())]


def topics() -> Choices:
    return _sorted((topic.slug, str(topic)) for topic in Topic.objects.all())


def concerns() -> Choices:
    """The topics a cause may have, each part with what it is a part of."""
    found = Topic.objects.filter(kind=Topic.Kind.CONCERN).select_related("parent")
    return _sorted((topic.slug, f"{topic.parent} › {topic}" if topic.parent else str(topic)) for topic in found)


def _sorted(pairs: Iterable[tuple[str, str]]) -> Choices:
    return sorted(pairs, key=lambda pair: sort_key(pair[1]))


def _parsed(parse: Callable[[str], str], text: str) -> str:
    try:
        return parse(text)
    except DomainError as error:
        raise forms.ValidationError(words.say(error)) from error


def several(codes: Sequence[str], name: Callable[[str], str], **kwargs: Any) -> CodesField:
    """Several of a short list, as boxes to tick."""
    return CodesField(
        offers=lambda: [(code, name(code)) for code in codes],
        name=name,
        widget=forms.CheckboxSelectMultiple,
        **kwargs,
    )
