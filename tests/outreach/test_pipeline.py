"""Who enters a campaign, who is held back and why."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.errors import DomainError
from crm.models import Activity, Influencer
from crm.services import addresses
from outreach.models import Outreach
from outreach.services import links, pipeline
from tests.factories import (
    NOW,
    AccountFactory,
    AddressFactory,
    CampaignFactory,
    InfluencerFactory,
    LinkFactory,
    OutreachFactory,
    UserFactory,
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


# Codes ----------------------------------------------------------------------------------------------------------------


def test_a_code_that_is_taken_is_not_given_again(monkeypatch):
    taken = LinkFactory(code="wpnmfqtd")
    drawn = iter([taken.code, taken.code, "wpnmfqtg"])
    monkeypatch.setattr(links.signing, "new_code", lambda: next(drawn))
    opened, _ = pipeline.start(campaign=CampaignFactory(), influencers=[someone()], by=UserFactory(), at=NOW)
    assert opened[0].link.code == "wpnmfqtg"


def test_the_database_refuses_a_code_twice():
    LinkFactory(code="wpnmfqtd")
    with pytest.raises(IntegrityError), transaction.atomic():
        LinkFactory(code="wpnmfqtd")


# Answers --------------------------------------------------------------------------------------------------------------


def answered(outreach, *, text="Yes, gladly.", on=None) -> Outreach:
    return pipeline.answered(outreach=outreach, text=text, on=on or NOW.date(), at=NOW, by=UserFactory())


def test_an_answer_takes_the_conversation_on_and_is_kept_on_the_timeline():
    outreach = answered(OutreachFactory(stage="contacted"), text=" Yes, gladly. ")
    assert (outreach.stage, outreach.stage_at) == ("in_conversation", NOW)
    line = outreach.influencer.activities.get(kind="answered")
    assert (line.params, line.at) == ({"campaign": "Spring clean-up", "text": "Yes, gladly."}, NOW)
    assert outreach.influencer.activities.filter(kind="stage_moved").count() == 1


def test_another_answer_is_kept_beside_the_first():
    outreach = OutreachFactory(stage="contacted")
    for text in ("Perhaps.", "Yes."):
        answered(outreach, text=text)
    kept = outreach.influencer.activities.filter(kind="answered").order_by("pk")
    assert [line.params["text"] for line in kept] == ["Perhaps.", "Yes."]
    assert outreach.influencer.activities.filter(kind="stage_moved").count() == 1


def test_an_answer_of_an_earlier_day_stands_on_its_day():
    outreach = answered(OutreachFactory(stage="contacted"), text="", on=NOW.date() - timedelta(days=3))
    line = outreach.influencer.activities.get(kind="answered")
    assert timezone.localdate(line.at) == NOW.date() - timedelta(days=3)


@pytest.mark.parametrize(
    ("stage", "days", "code"),
    [
        ("contacted", -1, "answer_in_future"),
        ("contacted", 367, "answer_too_early"),
        ("merged", 0, "stage_move_not_allowed"),
    ],
)
def test_an_answer_that_cannot_be_leaves_nothing(stage, days, code):
    outreach = OutreachFactory(stage=stage)
    with pytest.raises(DomainError, match=code):
        answered(outreach, on=NOW.date() - timedelta(days=days))
    outreach.refresh_from_db()
    assert (outreach.stage, Activity.objects.count()) == (stage, 0)


def test_nobody_answers_who_was_erased():
    with pytest.raises(DomainError, match="message_without_person"):
        answered(OutreachFactory(influencer=None))


def test_what_somebody_answered_goes_with_them():
    outreach = answered(OutreachFactory(stage="contacted"))
    outreach.influencer.delete()
    assert not Activity.objects.exists()


# Moved by two ---------------------------------------------------------------------------------------------------------


def test_of_two_who_move_one_card_the_second_is_told():
    outreach, faster = OutreachFactory(stage="contacted"), UserFactory(first_name="Sam", last_name="Okoro")
    pipeline.move(outreach=outreach, stage="declined", seen="contacted", by=faster, at=NOW)
    with pytest.raises(DomainError) as refused:
        pipeline.move(outreach=outreach, stage="agreed", seen="contacted", by=UserFactory(), at=NOW)
    assert (refused.value.code, refused.value.params) == (
        "moved_meanwhile_by",
        {"stage": "declined", "who": "Sam Okoro"},
    )
    outreach.refresh_from_db()
    assert outreach.stage == "declined"
    assert outreach.influencer.activities.filter(kind="stage_moved").count() == 1


def test_what_nobody_moved_is_told_without_a_name():
    outreach = OutreachFactory(stage="contacted")
    pipeline.move(outreach=outreach, stage="no_answer", at=NOW)  # by the sweep
    with pytest.raises(DomainError) as refused:
        pipeline.move(outreach=outreach, stage="agreed", seen="contacted", by=UserFactory(), at=NOW)
    assert (refused.value.code, refused.value.params) == ("moved_meanwhile", {"stage": "no_answer"})


# Who looks after it ---------------------------------------------------------------------------------------------------


def test_it_is_taken_over_given_and_let_go_each_with_a_line():
    outreach, lea, sam = OutreachFactory(), UserFactory(), UserFactory(first_name="Sam")
    for owner in (lea, lea, sam, None, None):
        pipeline.assign(outreach=outreach, owner=owner, by=lea, at=NOW)
        outreach.refresh_from_db()
        assert outreach.owner == owner
    lines = outreach.influencer.activities.order_by("pk")
    assert [(line.kind, line.by, line.params) for line in lines] == [
        ("taken_over", lea, {"campaign": "Spring clean-up"}),
        ("handed_over", lea, {"campaign": "Spring clean-up", "owner": sam.pk}),
        ("let_go", lea, {"campaign": "Spring clean-up"}),
    ]


@pytest.mark.parametrize("standing", [{"is_active": False}, {"is_staff": False}])
def test_nothing_is_given_to_somebody_who_does_not_work_here(standing):
    outreach = OutreachFactory()
    with pytest.raises(DomainError, match="owner_gone"):
        pipeline.assign(outreach=outreach, owner=UserFactory(**standing), by=UserFactory(), at=NOW)
    outreach.refresh_from_db()
    assert (outreach.owner, Activity.objects.count()) == (None, 0)


def test_what_an_erased_person_left_can_be_given_too():
    outreach, lea = OutreachFactory(influencer=None), UserFactory()
    assert pipeline.assign(outreach=outreach, owner=lea, by=lea, at=NOW).owner == lea
