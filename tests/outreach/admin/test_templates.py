"""The texts that messages begin from."""

import json
import re

import pytest
from django.urls import reverse

from outreach.models import MessageTemplate
from tests.factories import InfluencerFactory, LinkFactory, TemplateFactory
from tests.outreach.admin.reading import words

pytestmark = pytest.mark.django_db
ADD = "/admin/outreach/messagetemplate/add/"
TEXT = {"name": "First contact", "language": "en", "subject": "{{ cause_name }}", "body": "Hello {{ first_name }}"}


def page_of(template, name: str = "change") -> str:
    return reverse(f"admin:outreach_messagetemplate_{name}", args=[template.pk])


def test_a_template_is_written_and_changed(manager):
    response = manager.post(ADD, TEXT)
    made = MessageTemplate.objects.get()
    assert response["Location"] == page_of(made)
    manager.post(page_of(made, "edit"), TEXT | {"body": "Dear {{ full_name }}"})
    made.refresh_from_db()
    assert made.body == "Dear {{ full_name }}"


@pytest.mark.parametrize(
    ("changed", "expect"),
    [
        ({"body": "Hello {{ shoe_size }}"}, "There is no placeholder “shoe_size”. Choose among: first_name,"),
        ({"body": "One\nHello {{ first name }}"}, "Line 2 has double braces that are not a placeholder."),
        ({"body": "  "}, "This field is required."),
        ({"name": "Taken"}, "There is a template “Taken” in this language (en) already."),
        ({"language": "xx"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_filled_is_said_and_what_was_typed_is_kept(manager, changed, expect):
    TemplateFactory(name="Taken")
    page = manager.post(ADD, TEXT | changed)
    assert page.status_code == 200
    assert expect in words(page)
    assert 'value="{{ cause_name }}"' in page.content.decode()
    assert MessageTemplate.objects.count() == 1


@pytest.mark.parametrize("language", ["\0", "x" * 5000, "../../etc/passwd", "fr\n", ""])
def test_a_language_that_is_not_offered_is_a_mistake_of_the_form(manager, language):
    page = manager.post(ADD, TEXT | {"language": language})
    assert (page.status_code, MessageTemplate.objects.count()) == (200, 0)
    assert "Filled with examples" in words(page)


def test_every_placeholder_is_explained_beside_the_text(manager):
    page = words(manager.get(ADD))
    assert "{{ first_name }} Their first name" in page
    assert "{{ why_you }} The strongest reason why they fit, from the match list" in page


def test_the_preview_is_of_a_real_conversation_in_that_language(client, manager):
    template = TemplateFactory(**TEXT)
    assert "Filled with examples" in words(client.get(page_of(template)))
    assert "Hello Amina" in words(client.get(page_of(template)))
    LinkFactory(outreach__influencer=InfluencerFactory(name="Zoé Petit", languages=["en"]))
    LinkFactory(outreach__influencer=InfluencerFactory(name="Luc Roy", languages=["fr"]))
    assert "As Zoé Petit would read it Clean beaches Hello Zoé" in words(client.get(page_of(template)))
    form = manager.get(page_of(template, "edit")).content.decode()
    values = json.loads(re.search(r'id="placeholder-values"[^>]*>(.*?)</script>', form, re.DOTALL)[1])
    assert (values["first_name"], values["full_name"]) == ("Zoé", "Zoé Petit")


def test_a_value_nobody_knows_is_said_in_the_preview(client):
    LinkFactory(outreach__influencer=InfluencerFactory(languages=["en"]))
    page = client.get(page_of(TemplateFactory(body="{{ why_you }}")))
    assert "Nothing is known for “The strongest reason why they fit" in words(page)


def test_officers_read_templates_and_managers_write_them(client):
    template = TemplateFactory()
    page = client.get(page_of(template))
    assert page.status_code == 200
    assert "edit/" not in page.content.decode()
    assert [client.get(url).status_code for url in (ADD, page_of(template, "edit"))] == [403, 403]


def test_back_to_the_message_that_had_no_template(manager):
    assert manager.post(f"{ADD}?next=/admin/outreach/outreach/7/write/", TEXT)["Location"] == (
        "/admin/outreach/outreach/7/write/"
    )
