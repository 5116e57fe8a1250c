"""Making and changing campaigns."""

import pytest

from crm.errors import DomainError
from outreach.models import Campaign
from outreach.services import campaigns
from tests.factories import NOW, CampaignFactory, CauseFactory, LinkFactory, UserFactory

pytestmark = pytest.mark.django_db


def create(**said) -> Campaign:
    given = {
        "cause": said.pop("cause", None) or CauseFactory(),
        "name": "Clean-up",
        "destination_url": "https://give.example/form",
        "organisation": "Clear Shores",
        "starts_date": NOW.date(),
    }
    return campaigns.create(**given | said)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Printemps 2027", "printemps-2027"),
        ("Été & plage", "ete-plage"),
        ("a__b--c", "a-b-c"),
        ("春", "campaign"),
        ("x" * 200, "x" * 90),
    ],
)
def test_a_short_name_is_made_of_the_name(name, slug):
    assert create(name=name).slug == slug
    assert create(name=name).slug == f"{slug}-2"
    assert create(name=name).slug == f"{slug}-3"


def test_whoever_makes_it_owns_it_unless_another_is_named():
    maker, other = UserFactory(), UserFactory()
    assert create(by=maker).owner == maker
    assert create(by=maker, owner=other).owner == other


@pytest.mark.parametrize(
    "url", ["", "give.example", "ftp://give.example", "https://", "https://a b.example", "HTTP://give.example"]
)
def test_tracked_links_lead_to_web_pages_only(url):
    with pytest.raises(DomainError, match="destination_invalid"):
        create(destination_url=url)


def test_changing_checks_what_making_checks():
    create(slug="taken")
    campaign = create()
    same = {
        "cause": campaign.cause,
        "name": "Clean-up",
        "destination_url": campaign.destination_url,
        "organisation": "Clear Shores",
        "starts_date": NOW.date(),
    }
    for changed, code in (
        ({"slug": "taken"}, "slug_taken"),
        ({"slug": "no good"}, "slug_invalid"),
        ({"ends_date": NOW.date().replace(day=1)}, "dates_reversed"),
        ({"destination_url": "nowhere"}, "destination_invalid"),
    ):
        with pytest.raises(DomainError, match=code):
            campaigns.update(campaign=campaign, **same | changed)
    assert campaigns.update(campaign=campaign, **same | {"slug": campaign.slug}).slug == campaign.slug


def test_links_follow_the_campaign_but_one_that_was_led_elsewhere_stays():
    campaign = CampaignFactory()
    follows = LinkFactory(outreach__campaign=campaign)
    stays = LinkFactory(outreach__campaign=campaign, destination_url="https://elsewhere.example/")
    strange = LinkFactory(outreach__campaign=CampaignFactory())
    campaigns.update(
        campaign=campaign,
        cause=campaign.cause,
        name="Clean-up",
        destination_url="https://give.example/new",
        organisation="Clear Shores",
        starts_date=NOW.date(),
    )
    leads_to = [type(link).objects.get(pk=link.pk).destination_url for link in (follows, stays, strange)]
    assert leads_to == ["https://give.example/new", "https://elsewhere.example/", "https://give.example/form"]
