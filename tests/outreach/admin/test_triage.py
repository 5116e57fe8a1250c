import pytest

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
