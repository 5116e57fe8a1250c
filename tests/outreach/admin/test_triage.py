import re
from datetime import timedelta

import pytest

from outreach.admin import triage
from outreach.services import conversions
from outreach.sources import events
from tests.factories import NOW, UserFactory, browser_of

pytestmark = pytest.mark.django_db


def test_money_keeps_its_letters_at_the_head_of_the_page():
    gift = events.told(
        source="x", external_id="1", kind="donation", occurred_at=NOW, amount_minor=1_000, currency="GBP"
    )
    row, _ = conversions.record(event=gift, door="api", at=NOW)
    officer = UserFactory(role="officer", language="fr")
    page = browser_of(officer).get(f"/admin/outreach/conversion/{row.pk}/change/").content.decode()
    assert "1 don (10,00\u00a0£GB)" in page
    assert "£gb" not in page


def test_every_action_that_waits_can_be_reached_and_none_stands_on_two_pages(monkeypatch):
    monkeypatch.setattr(triage, "_SHOWN", 2)
    for number in range(5):  # three at one instant, which two pages share
        when = NOW - timedelta(hours=number // 3)
        event = events.told(source="x", external_id=f"S-{number}", kind="signature", occurred_at=when)
        conversions.record(event=event, door="api", at=NOW)
    conversions.attribute_due()
    browser, where = browser_of(UserFactory(role="officer")), "/admin/outreach/conversion/"
    seen, address = [], where
    for _page in range(3):
        page = browser.get(address).content.decode()
        assert '<h2 id="unmatched">Whose are they? <span class="cw-badge">5</span></h2>' in page
        seen += re.findall(r"S-\d", page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = where + found[1].replace("&amp;", "&") if found else ""
    assert seen == ["S-2", "S-1", "S-0", "S-4", "S-3"]
    assert address == ""
    assert "Contradictions" not in page
    assert browser.get(f"{where}?kind=other").url == where
