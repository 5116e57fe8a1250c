"""Who enters a campaign, who is held back and why."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Influencer
from crm.services import addresses
from outreach.services import pipeline
from tests.factories import (
    NOW,
    AccountFactory,
    AddressFactory,
    CampaignFactory,
    InfluencerFactory,
    LinkFactory,
    OutreachFactory,
    VettingFactory,
)

pytestmark = pytest.mark.django_db


def someone(**values) -> Influencer:
    return AddressFactory(influencer=InfluencerFactory(**values)).influencer


def test_everybody_who_may_be_asked_is_ready_and_the_others_are_held_with_the_reason():
    campaign = CampaignFactory()
    ready, by_hand, unreachable = someone(), AccountFactory().influencer, InfluencerFactory()
    refused, opposed, recent, known = (
        someone(),
        someone(),
        someone(last_contacted_at=NOW - timedelta(days=59)),
        someone(),
    )
    free_again = someone(last_contacted_at=NOW - timedelta(days=60))
    VettingFactory(influencer=refused, cause=campaign.cause, verdict="refused")
    addresses.suppress_person(influencer=opposed, reason="declined", at=NOW)
    LinkFactory(outreach=OutreachFactory(campaign=campaign, influencer=known))
    everybody = [ready, by_hand, unreachable, refused, opposed, recent, known, free_again]
    plan = pipeline.plan(campaign=campaign, influencers=everybody, at=NOW)
    assert list(plan.ready) == [ready, by_hand, free_again]
    assert [(held.influencer, held.reason) for held in plan.held] == [
        (unreachable, "not_contactable"),
        (refused, "vetting_refused"),
        (opposed, "said_no"),
        (recent, "cooling_off"),
        (known, "already_in_campaign"),
    ]


def test_a_personal_address_without_consent_leaves_only_the_way_by_hand():
    campaign = CampaignFactory()
    person = AddressFactory(kind="personal", basis="legitimate_interest").influencer
    assert pipeline.plan(campaign=campaign, influencers=[person], at=NOW).held[0].reason == "not_contactable"
    AccountFactory(influencer=person)
    person = Influencer.objects.get(pk=person.pk)
    assert pipeline.plan(campaign=campaign, influencers=[person], at=NOW).ready == (person,)


def test_a_hundred_people_cost_what_two_do():
    campaign, prices = CampaignFactory(), []
    for number in (2, 100):
        people = [someone() for _ in range(number)]
        people = list(Influencer.objects.filter(pk__in=[person.pk for person in people]))
        with CaptureQueriesContext(connection) as queries:
            pipeline.plan(campaign=campaign, influencers=people, at=NOW)
        prices.append(len(queries))
    assert prices[0] == prices[1]
