"""Conversations of two profiles that become one: of two in one campaign one goes on, and nobody is written to twice."""

from datetime import timedelta

import pytest

from crm.errors import DomainError
from crm.models import Address, Influencer, SocialAccount
from crm.services import merging
from outreach import stages
from outreach.models import Link, Message, Outreach
from outreach.services import delivery, drafts, limits, messages, pipeline, reports
from outreach.services import merging as meeting
from tests.factories import (
    NOW,
    AccountFactory,
    AddressFactory,
    CampaignFactory,
    InfluencerFactory,
    LinkFactory,
    OutreachFactory,
    TemplateFactory,
    UserFactory,
    VettingFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]
LATER = NOW + timedelta(days=2)


@pytest.fixture
def officer():
    return UserFactory()


@pytest.fixture
def campaign():
    return CampaignFactory()


@pytest.fixture
def pair(campaign):
    people = InfluencerFactory(name="Maïa Rivière"), InfluencerFactory(name="Maia Riviere")
    for person in people:
        AddressFactory(influencer=person)
        AccountFactory(influencer=person)
        VettingFactory(influencer=person, cause=campaign.cause)
    return people


def conversation(person, campaign, *, stage="shortlisted") -> Outreach:
    outreach = OutreachFactory(influencer=person, campaign=campaign, stage=stage)
    LinkFactory(outreach=outreach)
    return outreach


def approved(outreach, officer, *, at=NOW) -> Message:
    draft = drafts.draft(outreach=outreach, template=TemplateFactory(), at=at, by=officer)
    return messages.approve(message=draft, by=officer, at=at)


def join(pair, officer, *, at=NOW):
    return merging.merge(winner=pair[0], loser=pair[1], by=officer, at=at)


def stands(*rows) -> list:
    return [(row._meta.model.objects.get(pk=row.pk).stage) for row in rows]


def states(*rows) -> list:
    return [tuple(Message.objects.values_list("state", "reason").get(pk=row.pk)) for row in rows]


def test_every_stage_has_its_place():
    assert sorted(stages._FURTHER) == sorted(stages.STAGES)


@pytest.mark.parametrize(
    ("ours", "theirs", "expect"),
    [
        ("agreed", "contacted", ["agreed", "merged"]),
        ("contacted", "agreed", ["merged", "agreed"]),
        ("prospect", "shortlisted", ["merged", "shortlisted"]),
        ("contacted", "contacted", ["contacted", "merged"]),
        ("declined", "in_conversation", ["declined", "merged"]),
        ("approved", "paused", ["merged", "paused"]),
        ("completed", "declined", ["completed", "merged"]),
        ("merged", "contacted", ["merged", "contacted"]),
    ],
)
def test_the_further_one_goes_on(pair, campaign, officer, ours, theirs, expect):
    rows = conversation(pair[0], campaign, stage=ours), conversation(pair[1], campaign, stage=theirs)
    [*foretold] = [(a.pk, b.pk) for a, b in meeting.meetings(winner=pair[0], loser=pair[1])]
    merged = join(pair, officer)
    assert stands(*rows) == expect
    assert set(Outreach.objects.values_list("influencer", flat=True)) == {pair[0].pk}
    if ours != "merged":
        assert foretold == [(rows[expect.index("merged") - 1].pk, rows[expect.index("merged")].pk)]
    merging.unmerge(merge=merged, by=officer, at=LATER)
    assert stands(*rows) == [ours, theirs]
    assert [row.influencer for row in Outreach.objects.order_by("pk")] == list(pair)


def test_conversations_of_two_campaigns_both_go_on(pair, officer):
    rows = [conversation(person, CampaignFactory(), stage="contacted") for person in pair]
    join(pair, officer)
    assert stands(*rows) == ["contacted", "contacted"]


def test_what_the_closed_one_would_have_sent_is_taken_back_and_its_messages_stay(pair, campaign, officer):
    ours, theirs = conversation(pair[0], campaign), conversation(pair[1], campaign)
    planned, sent = approved(ours, officer), approved(theirs, officer)
    delivery._claim(at=NOW)
    delivery.deliver(pk=sent.pk, at=NOW)
    merged = join(pair, officer)
    assert stands(ours, theirs) == ["merged", "contacted"]
    assert states(planned, sent) == [("cancelled", "merged"), ("sent", "")]
    assert Message.objects.get(pk=planned.pk).finished_at == NOW
    assert delivery.deliver_due(at=NOW) == 0
    merging.unmerge(merge=merged, by=officer, at=NOW)
    assert Message.objects.get(pk=planned.pk).finished_at is None
    assert states(planned, sent) == [("planned", ""), ("sent", "")]
    assert stands(ours, theirs) == ["shortlisted", "contacted"]


@pytest.mark.parametrize("state", ["dispatching", "sent", "uncertain"])
def test_what_is_on_the_wire_counts_as_written(pair, campaign, officer, state):
    """Neither has moved on yet: the one whose message is out goes on, and the other's first message does not go."""
    ours, theirs = conversation(pair[0], campaign), conversation(pair[1], campaign)
    planned, out = approved(ours, officer), approved(theirs, officer)
    Message.objects.filter(pk=out.pk).update(state=state, dispatched_at=NOW)
    join(pair, officer)
    assert stands(ours, theirs) == ["merged", "shortlisted"]
    assert states(planned) == [("cancelled", "merged")]


def test_a_paused_one_that_goes_on_writes_no_first_message_after_all(pair, campaign, officer):
    ours, theirs = conversation(pair[0], campaign), conversation(pair[1], campaign)
    planned, sent = approved(ours, officer), approved(theirs, officer)
    pipeline.move(outreach=ours, stage="paused", at=NOW)
    Message.objects.filter(pk=sent.pk).update(state="sent", dispatched_at=NOW)
    pipeline.move(outreach=theirs, stage="contacted", at=NOW)
    join(pair, officer)
    assert stands(ours, theirs) == ["paused", "merged"]
    assert states(planned) == [("cancelled", "merged")]
    pipeline.move(outreach=ours, stage="approved", at=NOW)
    with pytest.raises(DomainError, match="written_already"):
        drafts.draft(outreach=ours, template=TemplateFactory(), at=LATER, by=officer)


def test_a_closed_conversation_writes_no_more(pair, campaign, officer):
    ours, theirs = conversation(pair[0], campaign, stage="agreed"), conversation(pair[1], campaign)
    join(pair, officer)
    with pytest.raises(DomainError, match="conversation_merged"):
        drafts.draft(outreach=theirs, template=TemplateFactory(), at=LATER, by=officer)
    assert stands(ours) == ["agreed"]


def test_the_gate_lets_no_second_first_message_of_a_campaign_pass(pair, campaign, officer):
    """Also where it was approved after the merge, or by a way that does not draft."""
    ours, theirs = conversation(pair[0], campaign), conversation(pair[1], campaign)
    planned = approved(ours, officer)
    Outreach.objects.filter(pk=theirs.pk).update(influencer=pair[0], stage="merged")
    address = pair[1].addresses.get()
    Message.objects.create(
        outreach=theirs, address=address, reference="x", state="sent", text="x", approved_at=NOW, due_at=NOW,
        message_id="<x>", dispatched_at=NOW - timedelta(days=9),
    )  # fmt: skip
    delivery._claim(at=NOW)
    assert delivery.gate(pk=planned.pk, at=NOW) is None
    assert states(planned) == [("refused", "written_already")]


def test_parted_again_a_mailbox_that_had_the_others_message_gets_no_second_one(pair, campaign, officer):
    """While they were one, the message went to the first address there was: that of the other."""
    loser, winner = pair
    ours, theirs = conversation(winner, campaign, stage="approved"), conversation(loser, campaign)
    planned = approved(theirs, officer)
    merged = merging.merge(winner=winner, loser=loser, by=officer, at=NOW)
    assert stands(ours, theirs) == ["approved", "merged"]
    sent = approved(Outreach.objects.get(pk=ours.pk), officer)
    assert sent.address == planned.address
    delivery._claim(at=NOW)
    assert delivery.deliver(pk=sent.pk, at=NOW)
    merging.unmerge(merge=merged, by=officer, at=NOW)
    assert states(planned) == [("planned", "")]
    Influencer.objects.update(last_contacted_at=None)  # not for being too soon
    Message.objects.filter(pk=planned.pk).update(expires_at=None)
    delivery.deliver_due(at=LATER)
    assert states(planned) == [("refused", "written_already")]


def test_the_daily_cap_holds_over_both(pair, officer):
    limits.change(cooling_off_days=0)
    rows = [conversation(person, CampaignFactory()) for person in pair]
    for row in rows:
        VettingFactory(influencer=row.influencer, cause=row.campaign.cause)
    first, second = (approved(row, officer) for row in rows)
    delivery._claim(at=NOW)
    delivery.deliver(pk=first.pk, at=NOW - timedelta(hours=1))
    join(pair, officer)
    assert delivery.deliver(pk=second.pk, at=NOW) is False
    assert states(second) == [("planned", "cap_person")]


def test_cooling_off_holds_for_the_person(pair, officer):
    Influencer.objects.filter(pk=pair[1].pk).update(last_contacted_at=NOW - timedelta(days=3))
    join(pair, officer)
    plan = pipeline.plan(campaign=CampaignFactory(), influencers=[Influencer.objects.get()], at=NOW)
    assert [held.reason for held in plan.held] == ["cooling_off"]


def test_links_and_what_came_of_both_count_for_the_one_person(pair, campaign, officer):
    from outreach.models import Click

    rows = conversation(pair[0], campaign, stage="agreed"), conversation(pair[1], campaign, stage="contacted")
    for number, row in enumerate(rows):
        Click.objects.create(link=Link.objects.get(outreach=row), click_id=f"c{number}", at=NOW, method="GET")
    before = reports.campaign(campaign=campaign)
    join(pair, officer)
    report = reports.campaign(campaign=campaign)
    [result] = reports.people(campaign=campaign)
    assert (before.people, report.people, report.clicks, report.agreed) == (2, 1, 2, 1)
    assert (result.outreach, result.clicks) == (rows[0], 2)


def test_addresses_and_accounts_are_the_person_s(pair, officer):
    join(pair, officer)
    assert set(Address.objects.values_list("influencer", flat=True)) == {pair[0].pk}
    assert set(SocialAccount.objects.values_list("influencer", flat=True)) == {pair[0].pk}
