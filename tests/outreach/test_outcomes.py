"""What became of asking is known to the ranker in the transaction in which it becomes known; all of it, and once."""

from datetime import timedelta

import pytest
from django.db import transaction

from crm.errors import DomainError
from crm.models import Influencer
from crm.services import merging, persons
from matching.models import Match, MatchList, RelevanceLabel
from outreach import stages
from outreach.models import Message, Outreach
from outreach.services import pipeline
from tests.factories import (
    NOW,
    AccountFactory,
    AddressFactory,
    CampaignFactory,
    InfluencerFactory,
    LinkFactory,
    OutreachFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def written_to(*, days: int, stage="contacted", **values) -> Outreach:
    """Somebody who got a mail so many days ago."""
    outreach = OutreachFactory(stage=stage, stage_at=NOW - days * DAY, **values)
    message(outreach, at=NOW - days * DAY)
    return outreach


def message(outreach, *, at, state="sent", is_captured=False) -> Message:
    return Message.objects.create(
        outreach=outreach,
        address=AddressFactory(influencer=outreach.influencer),
        reference=f"outreach:{outreach.pk}:{Message.objects.count()}",
        subject="Hello",
        body="Hello",
        text="Hello",
        state=state,
        is_captured=is_captured,
        approved_at=at,
        due_at=at,
        dispatched_at=at,
        finished_at=at,
        message_id=f"<{Message.objects.count()}@causeway.example>",
    )


def move(outreach, *way, at=NOW, by=None) -> Outreach:
    """Through these stages, a day apart."""
    for days, stage in enumerate(way):
        outreach = pipeline.move(outreach=outreach, stage=stage, at=at + days * DAY, by=by)
    return outreach


def facts() -> list[tuple]:
    return [(row.kind, row.grade, row.at) for row in RelevanceLabel.objects.order_by("pk")]


def known(at=NOW + 365 * DAY) -> list[tuple]:
    return [(row.kind, row.grade) for row in RelevanceLabel.objects.known(at=at).order_by("pk")]


def test_every_outcome_is_a_kind_that_labels_have():
    kinds = {stages.outcome(stage) for stage in stages.STAGES} - {""}
    assert kinds == {"accepted", "declined", "no_answer"}
    assert kinds <= set(RelevanceLabel.Kind.values)
    assert all(stages.grade(stage) is not None for stage in stages.STAGES if stages.outcome(stage))
    assert not any(stages.outcome(stage) for stage in stages.STAGES if stages.is_open(stage))


@pytest.mark.parametrize(
    ("way", "expect"),
    [
        (["in_conversation"], []),
        (["in_conversation", "agreed"], [("accepted", 2, NOW + DAY)]),
        (["declined"], [("declined", 0, NOW)]),
        (["paused"], []),
        (["conflict"], []),
        (["agreed", "paused", "agreed"], [("accepted", 2, NOW)]),
        (["agreed", "live", "completed"], [("accepted", 2, NOW), ("accepted", 3, NOW + 2 * DAY)]),
        (["declined", "agreed"], [("declined", 0, NOW), ("accepted", 2, NOW + DAY)]),
        (["agreed", "declined", "agreed"], [("accepted", 2, NOW), ("declined", 0, NOW + DAY), ("accepted", 2, NOW + 2 * DAY)]),
        (["agreed", "in_conversation"], [("accepted", 2, NOW), ("withdrawn", None, NOW + DAY)]),
        (["declined", "in_conversation", "declined"], [("declined", 0, NOW), ("withdrawn", None, NOW + DAY), ("declined", 0, NOW + 2 * DAY)]),
    ],
)  # fmt: skip
def test_facts_are_added_as_they_become_known_and_the_newest_holds(way, expect):
    move(OutreachFactory(stage="contacted", stage_at=NOW), *way)
    assert facts() == expect
    holds = [(kind, grade) for kind, grade, _at in expect[-1:] if kind != "withdrawn"]
    assert known() == holds


def test_a_fact_says_whom_it_is_about_for_which_cause_where_they_were_seen_and_who_noted_it():
    outreach, officer = OutreachFactory(stage="contacted"), UserFactory()
    seen = MatchList.objects.create(cause=outreach.campaign.cause, requested_at=NOW, as_of=NOW)
    person = outreach.influencer
    outreach.match = Match.objects.create(
        match_list=seen, influencer=person, rank=1, score=0.5, percentile=100, sides={}, values={}
    )
    outreach.save()
    move(outreach, "declined", by=officer)
    row = RelevanceLabel.objects.get()
    assert (row.influencer, row.cause, row.match) == (person, outreach.campaign.cause, outreach.match)
    assert (row.side, row.by, row.about) == ("accepts", officer, f"outreach:{outreach.public_id}")
    assert row.origin == f"outreach:{outreach.public_id}:declined"


def test_a_move_that_is_refused_leaves_no_fact():
    outreach = OutreachFactory(stage="shortlisted")
    with pytest.raises(DomainError, match="stage_move_not_allowed"):
        move(outreach, "completed")
    assert facts() == []


def test_what_is_undone_with_its_transaction_leaves_no_fact():
    outreach = OutreachFactory(stage="contacted")
    with transaction.atomic():
        move(outreach, "declined")
        transaction.set_rollback(True)
    assert facts() == []


def test_an_erased_person_leaves_no_fact():
    move(OutreachFactory(influencer=None, stage="contacted"), "declined")
    assert facts() == []


# Silence ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "expect"), [(29, []), (30, [("no_answer", 0, NOW)])])
def test_silence_is_none_before_thirty_days(days, expect):
    move(written_to(days=days), "no_answer")
    assert facts() == expect


def test_a_message_that_reached_nobody_is_not_left_unanswered():
    outreach = OutreachFactory(stage="contacted", stage_at=NOW - 40 * DAY)
    message(outreach, at=NOW - 40 * DAY, is_captured=True)
    move(outreach, "no_answer")
    assert facts() == []


def test_whoever_answered_once_was_not_silent():
    outreach = written_to(days=40)
    pipeline.answered(outreach=outreach, text="Perhaps.", on=NOW.date(), at=NOW, by=UserFactory())
    move(outreach, "no_answer", at=NOW + DAY)
    assert facts() == []


def test_who_answers_after_all_takes_it_back():
    outreach = move(written_to(days=31), "no_answer", "in_conversation")
    assert [kind for kind, *_ in facts()] == ["no_answer", "withdrawn"]
    move(outreach, "agreed", at=NOW + 3 * DAY)
    assert known() == [("accepted", 2)]


# Live since ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "expect"),
    [
        (["agreed"], None),
        (["agreed", "live"], NOW + DAY),
        (["agreed", "live", "completed", "live"], NOW + DAY),
        (["agreed", "live", "agreed"], None),
        (["agreed", "live", "agreed", "live"], NOW + 3 * DAY),
        (["agreed", "live", "declined"], NOW + DAY),
    ],
)
def test_a_post_is_out_since_it_was_first_noted_to_be(way, expect):
    assert move(OutreachFactory(stage="contacted"), *way).live_at == expect


# Merged ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def pair():
    people = InfluencerFactory(), InfluencerFactory()
    for person in people:
        AccountFactory(influencer=person)
    return people


@pytest.mark.parametrize(
    ("ours", "theirs", "expect"),
    [
        (["agreed"], ["declined"], [("accepted", 2)]),
        (["declined"], ["agreed"], [("accepted", 2)]),
        (["declined"], [], [("declined", 0)]),
        ([], ["declined"], [("declined", 0)]),
        (["agreed", "live", "completed"], ["agreed"], [("accepted", 3)]),
    ],
)
def test_of_two_conversations_that_meet_one_is_known_and_parted_both_are_again(pair, ours, theirs, expect):
    campaign, officer = CampaignFactory(), UserFactory()
    for number, (person, way) in enumerate(zip(pair, (ours, theirs), strict=True)):
        outreach = OutreachFactory(campaign=campaign, influencer=person, stage="contacted", stage_at=NOW)
        LinkFactory(outreach=outreach)
        move(outreach, *way, at=NOW + number * timedelta(hours=1))
    before = list(RelevanceLabel.objects.order_by("pk").values())
    merged = merging.merge(winner=pair[0], loser=pair[1], by=officer, at=NOW + 9 * DAY)
    assert known() == expect
    assert set(RelevanceLabel.objects.values_list("influencer", flat=True)) == {pair[0].pk}
    merging.unmerge(merge=merged, by=officer, at=NOW + 10 * DAY)
    assert list(RelevanceLabel.objects.order_by("pk").values()) == before


def test_conversations_of_two_campaigns_are_two_outcomes(pair):
    for person, stage in zip(pair, ("agreed", "declined"), strict=True):
        move(OutreachFactory(influencer=person, stage="contacted"), stage)
    merging.merge(winner=pair[0], loser=pair[1], by=UserFactory(), at=NOW + 9 * DAY)
    assert known() == [("accepted", 2), ("declined", 0)]


def test_outcomes_go_with_the_person_and_the_conversation_stays():
    outreach = move(OutreachFactory(stage="contacted"), "declined")
    assert outreach.influencer
    persons.erase(influencer=outreach.influencer, at=NOW)
    assert (facts(), Outreach.objects.get().stage, Influencer.objects.count()) == ([], "declined", 0)
