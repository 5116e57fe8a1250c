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
    assert "<dt>People reached</dt><dd>≈ 1,200</dd>" in text and "<dt>Likes</dt><dd>unknown</dd>" in text
    assert "by hand, estimated" in text
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
    assert reader.get(page("publication_add")).status_code == 403
    assert reader.get(page("campaign_publish", row.outreach.campaign_id)).status_code == 403
    for shown in ("publication_changelist", ("campaign_change", row.outreach.campaign_id)):
        text = reader.get(page(*shown) if isinstance(shown, tuple) else page(shown)).content.decode()
        assert "Note a publication" not in text and "Note figures" not in text


def test_a_publication_is_noted_from_the_page_of_the_campaign_in_two_clicks(officer):
    outreach = OutreachFactory(stage="agreed")
    home = page("campaign_change", outreach.campaign_id)
    form = page("campaign_publish", outreach.campaign_id)
    assert f'href="{form}"' in officer.get(home).content.decode()
    said = {"outreach": outreach.pk, "url": "tiktok.com/@maia/video/77", "published_at": WHEN, "format": "short_video"}
    answer = officer.post(form, said, follow=True)
    assert answer.redirect_chain == [(home, 302)]
    row = Publication.objects.get()
    assert (row.outreach, row.platform_id, row.entered_by.role) == (outreach, "77", "officer")
    text = answer.content.decode()
    assert "reach unknown" in text and f'href="{page("publication_figures", row.pk)}"' in text


def test_whose_it_may_be_are_those_of_the_campaign_first_who_agreed(officer):
    first = OutreachFactory(stage="contacted", influencer__name="Abel")
    OutreachFactory(campaign=first.campaign, stage="live", influencer__name="Zora")
    OutreachFactory(campaign=first.campaign, stage="live", influencer=None)
    other = OutreachFactory(stage="live", influencer__name="Bea")
    text = officer.get(page("campaign_publish", first.campaign_id)).content.decode()
    assert 0 < text.index("Zora · live") < text.index("Abel · contacted")
    assert "Bea" not in text and "Erased" not in text
    said = {"outreach": other.pk, "url": "tiktok.com/@maia/video/77", "published_at": WHEN, "format": "poll"}
    assert officer.post(page("campaign_publish", first.campaign_id), said).status_code == 200
    assert not Publication.objects.exists()


def test_what_is_missing_or_known_already_is_said_and_what_was_typed_stays(officer):
    row = recorded()
    form = page("campaign_publish", row.outreach.campaign_id)
    said = {"outreach": row.outreach_id, "url": "instagram.com/reel/abc", "published_at": WHEN, "format": ""}
    assert "required" in officer.post(form, said).content.decode()
    text = officer.post(form, said | {"format": "poll"}).content.decode()
    assert "This publication is noted already." in text and "instagram.com/reel/abc" in text
    assert Publication.objects.count() == 1


def test_the_list_stands_in_the_side_bar_and_teaches_while_it_is_empty(officer):
    address = page("publication_changelist")
    text = officer.get(reverse("admin:index")).content.decode()
    assert f'href="{address}"' in text
    text = officer.get(address).content.decode()
    assert "A publication is what a partner posted for a campaign." in text
    assert f'href="{page("publication_add")}"' in text


def test_the_list_says_whose_how_far_and_since_when_and_is_narrowed(officer):
    known, unknown = recorded(), recorded_elsewhere("https://x.com/maia/status/5")
    at = timezone.now()
    figures = {"reach": 1200}
    publications.note(publication=known, figures=figures, observed_at=at, at=at, by=None, is_estimate=True)
    address = page("publication_changelist")
    text = officer.get(address).content.decode()
    assert known.outreach.campaign.name in text and "Instagram, other" in text
    assert "≈ 1,200" in text and "unknown" in text

    def found(asked):
        return set(officer.get(f"{address}?{asked}").context["cl"].result_list)

    assert found("reach=estimated") == {known} == found("platform=instagram")
    assert found("reach=unknown") == {unknown} == found(f"outreach__campaign__id__exact={unknown.outreach.campaign_id}")
    assert found("reach=counted") == set()


def recorded_elsewhere(url):
    at = timezone.now()
    said = Said(url=url, published_at=at - timedelta(days=3))
    return publications.record(outreach=OutreachFactory(stage="live"), said=said, by=None, at=at)


def test_on_the_list_one_is_noted_of_whoever_agreed(officer):
    agreed, asked = OutreachFactory(stage="agreed", influencer__name="Zora"), OutreachFactory(influencer__name="Abel")
    form = page("publication_add")
    text = officer.get(form).content.decode()
    assert f"Zora · {agreed.campaign.name}" in text and "Abel" not in text
    said = {"url": "tiktok.com/@maia/video/77", "published_at": WHEN, "format": "poll"}
    assert officer.post(form, said | {"outreach": asked.pk}).status_code == 200
    officer.post(form, said | {"outreach": agreed.pk})
    assert Publication.objects.get().outreach == agreed


def test_a_campaign_with_many_shows_the_newest_and_leads_to_all(officer):
    outreach, at = OutreachFactory(stage="live"), timezone.now()
    for number in range(9):
        said = Said(url=f"https://x.com/maia/status/{number}", published_at=at - timedelta(days=number))
        publications.record(outreach=outreach, said=said, by=None, at=at)
    text = officer.get(page("campaign_change", outreach.campaign_id)).content.decode()
    assert text.count("reach unknown") == 8
    assert (
        f'{page("publication_changelist")}?outreach__campaign__id__exact={outreach.campaign_id}">All 9 publications'
        in text
    )
