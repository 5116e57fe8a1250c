"""Choices among hundreds, written in one go: as Django's own would be read."""

from html.parser import HTMLParser

import pytest
from django import forms

from crm.admin.fields import AtOnce, LongSelect, LongSelectMultiple

CHOICES = [("", "—"), ("fr", "French"), ('"><b>', "<script>alert(1)</script> & more"), (3, "three")]


class Read(HTMLParser):
    """A list to choose from as a browser reads it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.select: dict = {}
        self.options: list[list] = []
        self.other: list[str] = []
        self.feed(str(html))

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "select":
            self.select = said
        elif tag == "option":
            self.options.append([said["value"], "selected" in said, ""])
        else:
            self.other.append(tag)

    def handle_data(self, data):
        if self.options and data.strip():
            self.options[-1][2] += data


class Several(AtOnce, forms.SelectMultiple):
    pass


@pytest.mark.parametrize("value", [None, "", "fr", '"><b>', 3, "nobody knows"])
def test_one_of_a_list_reads_as_django_writes_it(value):
    ours, django = (
        Read(widget(choices=CHOICES).render("x", value, {"id": "id_x", "required": True}))
        for widget in (AtOnce, forms.Select)
    )
    assert (ours.select, ours.options, ours.other) == (django.select, django.options, [])


@pytest.mark.parametrize("value", [None, [], ["fr"], ["fr", 3, '"><b>']])
def test_several_of_a_list_read_as_django_writes_them(value):
    ours, django = (
        Read(widget(choices=CHOICES).render("x", value, {"id": "id_x"})) for widget in (Several, forms.SelectMultiple)
    )
    assert (ours.select, ours.options, ours.other) == (django.select, django.options, [])


@pytest.mark.parametrize(("widget", "is_multiple"), [(LongSelect, False), (LongSelectMultiple, True)])
def test_long_lists_have_a_search(widget, is_multiple):
    said = Read(widget(choices=CHOICES).render("x", None)).select
    assert "unfold-admin-autocomplete" in said["class"]
    assert ("multiple" in said) == is_multiple
