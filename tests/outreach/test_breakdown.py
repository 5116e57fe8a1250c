"""Where a campaign's results came from, and what its publications are known to have reached."""

from datetime import timedelta

import pytest

from outreach.models import Click, Publication, PublicationMetric
from outreach.services import breakdown, conversions
from outreach.services.breakdown import part_of_day
from outreach.services.reach import Known, Reach, Sum
from outreach.sources.events import told
from tests.factories import NOW, CampaignFactory, LinkFactory

pytestmark = pytest.mark.django_db


def click(link, number: int, at=NOW, method="GET") -> None:
    rows = [Click(link=link, click_id=f"{link.pk}-{at}-{method}-{n}", at=at, method=method) for n in range(number)]
    Click.objects.bulk_create(rows)


def act(link, number: int) -> None:
    for n in range(number):
        event = told(source="x", external_id=f"{link.pk}-{n}", kind="signature", occurred_at=NOW, code=link.code)
        conversions.record_by_hand(event=event, at=NOW)


@pytest.fixture
def campaign():
    return CampaignFactory()


def test_no_publication_means_that_reach_is_unknown_and_not_nothing(campaign):
    found = breakdown.of_campaign(campaign=campaign)
    assert (found.reached, found.by_day, found.known) == (Reach(), {}, ())
    assert found.reached.reach.total is None


def test_clicks_and_actions_belong_to_the_platform_of_their_link(campaign):
    tiktok, nowhere = (LinkFactory(outreach__campaign=campaign, platform=name) for name in ("tiktok", ""))
    click(tiktok, 3)
    click(tiktok, 1, method="HEAD")
    click(nowhere, 4)
    act(nowhere, 1)
    click(LinkFactory(platform="x"), 9)  # of another campaign
    found = breakdown.of_campaign(campaign=campaign)
    assert [(line.key, line.clicks, line.actions) for line in found.platforms] == [("", 4, 1.0), ("tiktok", 3, 0.0)]
    assert found.formats == ()


def test_who_turns_more_clicks_into_actions_is_named(campaign):
    good, other = (LinkFactory(outreach__campaign=campaign) for _ in range(2))
    click(good, 60)
    click(other, 60)
    act(good, 30)
    act(other, 3)
    partners = next(one for one in breakdown.of_campaign(campaign=campaign).found if one.dimension == "partner")
    assert (partners.measure, partners.finding.verdict) == ("actions", "better")
    assert partners.finding.best.key == str(good.outreach.pk)


def test_clicks_of_a_conversation_that_was_merged_speak_for_the_one_that_goes_on(campaign):
    goes_on = LinkFactory(outreach__campaign=campaign)
    closed = LinkFactory(
        outreach__campaign=campaign, outreach__influencer=goes_on.outreach.influencer, outreach__stage="merged"
    )
    click(goes_on, 20)
    click(closed, 20)
    partners = next(one for one in breakdown.of_campaign(campaign=campaign).found if one.dimension == "partner")
    assert [(one.key, one.trials) for one in partners.finding.standings] == [(str(goes_on.outreach.pk), 40)]


def test_a_click_belongs_to_the_publication_before_it_for_two_days(campaign):
    link = LinkFactory(outreach__campaign=campaign)
    first, second = (publish(link, hours, NOW + timedelta(hours=hours)) for hours in (0, 30))
    for hours in (-1, 0, 29, 30, 77, 79):
        click(link, 1, NOW + timedelta(hours=hours))
    known = [Known(row, {}) for row in (second, first)]
    assert breakdown._echoes(breakdown.clicks_of(campaign), known) == [(first, 2), (second, 2)]


def test_a_time_of_day_is_that_of_the_house(settings):
    settings.TIME_ZONE = "Europe/Paris"
    assert part_of_day(NOW.replace(hour=5)) == "morning"
    assert part_of_day(NOW.replace(hour=23)) == "night"


def publish(link, number: int = 1, at=NOW, figures=None, **said) -> Publication:
    row = Publication.objects.create(
        outreach=link.outreach, platform="tiktok", published_at=at, url=f"https://x.example/{link.pk}/{number}", **said
    )
    if figures:
        PublicationMetric.objects.create(publication=row, observed_at=at, noted_at=at, source="x", **figures)
    return row


def test_what_is_known_of_publications_is_told_with_what_it_stands_on(campaign):
    link, other = (LinkFactory(outreach__campaign=campaign, platform="tiktok") for _ in range(2))
    publish(link, 1, format="story", figures={"reach": 900, "likes": 40, "comments": 2})
    publish(link, 2, format="story")
    publish(other, 1, format="poll", figures={"views": 7})  # how many people that were, nobody knows
    publish(other, 2, format="story", figures={"reach": 100, "is_estimate": True})
    act(link, 2)
    act(other, 1)
    found = breakdown.of_campaign(campaign=campaign)
    assert found.reached == Reach(4, Sum(2, 1, 1000, 900), Sum(1, 0, 42, 42))
    assert not found.reached.engagement.is_estimate  # counted, though a reach was estimated
    assert found.by_outreach == {
        link.outreach.pk: Reach(2, Sum(1, 0, 900, 900), Sum(1, 0, 42, 42)),
        other.outreach.pk: Reach(2, Sum(1, 1, 100, 100), Sum()),
    }
    assert found.by_day == {NOW.date(): found.reached}
    assert [(line.key, line.reached.publications, line.actions) for line in found.formats] == [
        ("story", 3, 2.0),
        ("several", 0, 1.0),
        ("poll", 1, None),
    ]


def test_the_format_that_brings_more_clicks_is_named(campaign):
    for number, form in enumerate(["short_video", "visual"] * 6):
        link = LinkFactory(outreach__campaign=campaign)
        publish(link, number, format=form)
        click(link, 12 if form == "short_video" else 2, NOW + timedelta(hours=1))
    formats = next(one for one in breakdown.of_campaign(campaign=campaign).found if one.dimension == "format")
    assert (formats.measure, formats.finding.verdict, formats.finding.best.key) == ("clicks", "better", "short_video")
