"""Tracked links: one of each conversation's own, one more for each deliverable, each with a code of its own."""

import pytest
from django.db import IntegrityError, transaction

from crm.errors import DomainError
from crm.services import persons
from outreach import signing
from outreach.models import Click, Link, Outreach
from outreach.services import campaigns, destinations, links, reports
from tests.factories import NOW, CampaignFactory, CauseFactory, LinkFactory, OutreachFactory
from tests.factories import UserFactory as Users

pytestmark = pytest.mark.django_db


def add(outreach, deliverable="Story of 3 May") -> Link:
    return links.add(outreach=outreach, deliverable=deliverable, at=NOW)


def test_one_more_leads_to_the_same_page_under_a_code_of_its_own():
    main = LinkFactory(platform="instagram")
    more = add(main.outreach, "  Story  of 3 May ")
    assert more.deliverable == "Story of 3 May"
    assert (more.destination_url, more.platform) == (main.destination_url, "instagram")
    assert more.code != main.code
    assert set(more.code) <= set(signing.CODE_ALPHABET)
    assert main.outreach.link == main


@pytest.mark.parametrize("again", ["Video", "video", " VIDEO "])
def test_a_deliverable_has_one_link(again):
    outreach = LinkFactory().outreach
    add(outreach, "Video")
    with pytest.raises(DomainError, match="deliverable_taken"):
        add(outreach, again)


def test_the_database_holds_an_outreach_to_one_link_of_its_own():
    main = LinkFactory()
    with pytest.raises(IntegrityError, match="link_once"), transaction.atomic():
        LinkFactory(outreach=main.outreach)


def test_a_link_is_for_something():
    with pytest.raises(DomainError, match="deliverable_blank"):
        add(LinkFactory().outreach, " \n ")


def test_what_is_closed_gets_no_link():
    erased = LinkFactory(outreach__influencer=None).outreach
    merged = LinkFactory(outreach__stage="merged").outreach
    for outreach in (erased, merged):
        with pytest.raises(DomainError, match="link_of_nobody"):
            add(outreach)


@pytest.mark.parametrize("code", ["WPNMFQTD", "wpnm-fqtd", "wpnm fqtd", "wpnmfqt"])
def test_the_database_keeps_one_spelling_of_a_code(code):
    """Small letters and digits: two codes that are said alike are the same, and unique."""
    with pytest.raises(IntegrityError, match="link_code"), transaction.atomic():
        LinkFactory(code=code)


def test_a_new_code_is_one_that_no_link_has(monkeypatch):
    taken = LinkFactory()
    drawn = iter([taken.code, taken.code, "wpnmfqtg"])
    monkeypatch.setattr(links.signing, "new_code", lambda: next(drawn))
    assert add(taken.outreach).code == "wpnmfqtg"


def test_what_comes_through_any_of_them_came_by_this_person():
    main = LinkFactory()
    for number, link in enumerate([main, add(main.outreach)]):
        Click.objects.create(link=link, click_id=str(number), at=NOW, method="GET")
    assert reports.person(outreach=main.outreach).clicks == 2


def test_all_links_of_a_campaign_follow_its_page():
    main = LinkFactory()
    more, campaign = add(main.outreach), main.outreach.campaign
    campaigns.update(
        campaign=campaign,
        cause=campaign.cause,
        name="x",
        destination_url="https://other.example/",
        organisation="y",
        starts_date=campaign.starts_date,
    )
    assert {link.destination_url for link in Link.objects.filter(pk__in=[main.pk, more.pk])} == {
        "https://other.example/"
    }


def test_of_many_conversations_the_links_are_asked_for_once(django_assert_num_queries):
    for _ in range(3):
        add(LinkFactory().outreach)
    with django_assert_num_queries(2):
        found = [outreach.link for outreach in Outreach.objects.prefetch_related("links")]
    assert all(link.is_main for link in found)


def test_what_a_link_was_for_goes_with_the_person_and_its_clicks_stay():
    main = LinkFactory()
    outreach = main.outreach
    named = [add(outreach, f"Video with {outreach.influencer.name}"), add(outreach, "Story")]
    persons.erase(influencer=outreach.influencer, by=Users(), at=NOW)
    kept = {link.pk: link.deliverable for link in Link.objects.all()}
    assert kept == {main.pk: "", **{link.pk: str(link.pk) for link in named}}


# Where they may lead --------------------------------------------------------------------------------------------------


def made(cause, page) -> None:
    campaigns.create(cause=cause, name="Spring", destination_url=page, organisation="x", starts_date=NOW.date())


def test_a_cause_that_lists_no_host_lets_its_campaigns_say_it():
    made(CauseFactory(), "https://give.example/form")


@pytest.mark.parametrize(
    "page",
    [
        "https://give.example/form",
        "https://GIVE.example./x",
        "http://give.example:8443/",
        "https://xn--caf-dma.example/",
    ],
)
def test_a_campaign_leads_to_a_host_that_its_cause_lists(page):
    made(CauseFactory(link_hosts=["give.example", "xn--caf-dma.example"]), page)


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example/give.example",
        "https://give.example.evil.example/",
        "https://evil-give.example/",
        "https://sub.give.example/",
        "https://give.example@evil.example/",
        "https://give。example.evil.example/",
        "https://gíve.example/",
    ],
)
def test_and_nowhere_else(page):
    with pytest.raises(DomainError, match=r"destination_(elsewhere|invalid)"):
        made(CauseFactory(link_hosts=["give.example"]), page)


def test_nor_does_a_campaign_that_is_changed_or_a_link_that_is_made():
    outreach = OutreachFactory(campaign__destination_url="https://old.example/")
    campaign = outreach.campaign
    campaign.cause.link_hosts = ["give.example"]
    campaign.cause.save()
    with pytest.raises(DomainError, match="destination_elsewhere"):
        add(outreach)
    with pytest.raises(DomainError, match="destination_elsewhere"):
        links.open_main(outreach=outreach, at=NOW)
    with pytest.raises(DomainError, match="destination_elsewhere"):
        campaigns.update(
            campaign=campaign,
            cause=campaign.cause,
            name="x",
            destination_url="https://evil.example/",
            organisation="y",
            starts_date=campaign.starts_date,
        )


@pytest.mark.parametrize("host", ["", "Give.example", "give.example/", "*.example", "gi ve", "-a.example", "é.example"])
def test_the_database_keeps_hosts_as_browsers_ask_for_them(host):
    with pytest.raises(IntegrityError, match="cause_link_hosts"), transaction.atomic():
        CauseFactory(link_hosts=[host])


def test_a_campaign_of_another_cause_opens_no_host():
    """Without a list, the pages of a cause's own campaigns are it."""
    campaign, other = (
        CampaignFactory(destination_url="https://a.example/"),
        CampaignFactory(destination_url="https://b.example/", cause=CauseFactory()),
    )
    assert destinations.hosts(campaign.cause) == {"a.example"}
    assert not destinations.leads_there(other.destination_url, cause=campaign.cause)
