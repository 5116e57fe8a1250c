"""The pages on which publications and their figures are noted and read."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm.formats.rows import PostReading
from outreach.models import Publication
from outreach.services import publications
from outreach.services.publications import Said
from tests.factories import AccountFactory, OutreachFactory, UserFactory, browser_of, published

pytestmark = pytest.mark.django_db
WHEN = "2026-06-01T10:00"


@pytest.fixture
def officer(db):
    return browser_of(UserFactory(role="officer"))


def page(name, *args):
    return reverse(f"admin:outreach_{name}", args=args)


def recorded(outreach=None):
    at = timezone.now()
    said = Said(url="https://www.instagram.com/p/abc/", published_at=at - timedelta(days=3))
    return publications.record(outreach=outreach or OutreachFactory(stage="agreed"), said=said, by=None, at=at)


def test_a_publication_is_noted_on_the_page_of_the_conversation_which_offers_to_go_live(officer):
    outreach = OutreachFactory(stage="agreed")
    home = page("outreach_change", outreach.pk)
    assert "so the reach is unknown" in officer.get(home).content.decode()
    said = {"url": "tiktok.com/@maia/video/77", "published_at": WHEN, "format": "short_video"}
    answer = officer.post(page("outreach_publish", outreach.pk), said, follow=True)
    row = Publication.objects.get()
    assert (row.platform, row.platform_id) == ("tiktok", "77")
    text = answer.content.decode()
    assert "reach unknown" in text and "0 reached" not in text
    assert 'value="live"' in text
    outreach.refresh_from_db()
    assert outreach.stage == "agreed"


def test_a_post_that_was_imported_is_taken_by_one_click(officer):
    outreach = OutreachFactory(stage="agreed")
    at = timezone.now()
    account = AccountFactory(influencer=outreach.influencer, platform="instagram")
    published(account, [PostReading(platform_id="9", published_at=at, reach=70, observed_at=at)], at=at)
    address = page("outreach_adopt", outreach.pk)
    assert officer.get(address).status_code == 405
    officer.post(address, {"post": account.posts.get().pk})
    assert Publication.objects.get().metrics.get().reach == 70
    assert "70 reached" in officer.get(page("campaign_change", outreach.campaign_id)).content.decode()


def test_figures_are_noted_and_what_is_left_blank_is_unknown(officer):
    row = recorded()
    when = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    officer.post(page("publication_figures", row.pk), {"observed_at": when, "reach": "1200", "is_estimate": "on"})
    reading = row.metrics.get()
    assert (reading.reach, reading.likes, reading.is_estimate) == (1200, None, True)
    text = officer.get(page("publication_change", row.pk)).content.decode()
    assert "People reached: 1,200" in text and "estimated" in text
    text = officer.get(page("campaign_change", row.outreach.campaign_id)).content.decode()
    assert "1 of 1 publication has a figure" in text
    assert "is counted twice. The largest single reach: 1,200." in text and "≈ 1,200" in text


def test_it_is_corrected_and_removed_only_after_a_question(officer):
    row = recorded()
    said = {"url": "https://x.com/maia/status/5", "published_at": WHEN, "format": "poll"}
    officer.post(page("publication_edit", row.pk), said)
    row.refresh_from_db()
    assert (row.platform, row.format) == ("x", "poll")
    assert "Remove this publication?" in officer.get(page("publication_remove", row.pk)).content.decode()
    assert Publication.objects.exists()
    officer.post(page("publication_remove", row.pk), {"confirmed": "1"})
    assert not Publication.objects.exists()


def test_who_only_reads_may_note_nothing():
    reader = browser_of(UserFactory(role="analyst"))
    row = recorded()
    assert reader.get(page("publication_change", row.pk)).status_code == 200
    for step in ("edit", "figures", "remove"):
        assert reader.get(page(f"publication_{step}", row.pk)).status_code == 403
