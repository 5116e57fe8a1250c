"""A choice that says what the page is about sends itself, though no handler stands in the page."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from config.roles import sync
from tests.browser import must_be_there, program
from tests.factories import LinkFactory, TemplateFactory, UserFactory

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        program() is None and not must_be_there(), reason="no Chromium here: choices were not tried in a browser"
    ),
]


def test_a_text_is_tried_on_whoever_is_chosen(come, organisation):
    call_command("migrate", verbosity=0)  # a test with real transactions begins with empty tables
    sync(None)
    for name in ("Amina Diallo", "Tom Baker"):
        LinkFactory(outreach__influencer__name=name)
    template = TemplateFactory()
    page = come(UserFactory(role="officer"), reverse("admin:outreach_messagetemplate_change", args=[template.pk]))
    other = page.locator("#on option:not([selected])").first
    name = other.inner_text().partition(" ·")[0]
    with page.expect_navigation():
        page.select_option("#on", other.get_attribute("value"))
    expect(page.locator("#on option[selected]")).to_contain_text(name)
    expect(page.get_by_text(f"Hello {name.partition(' ')[0]}")).to_be_visible()
