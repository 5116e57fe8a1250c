"""Nobody answers: after 30 days the conversation closes by itself, and only then is it silence."""

from datetime import timedelta

import pytest

from crm.models import Influencer
from matching.models import RelevanceLabel
from outreach.models import Outreach
from outreach.services import pipeline, silence
from outreach.tasks import close_silent, ripen_silence
from tests.factories import NOW, OutreachFactory, UserFactory
from tests.outreach.test_outcomes import DAY, facts, message, move, written_to

pytestmark = pytest.mark.django_db


def stage_of(outreach) -> str:
    return Outreach.objects.values_list("stage", flat=True).get(pk=outreach.pk)


def test_thirty_days_after_the_message_the_conversation_closes_and_that_is_learned():
    outreach = written_to(days=0)
    assert silence.close(at=NOW + 30 * DAY - timedelta(seconds=1)) == 0
    assert (stage_of(outreach), facts()) == ("contacted", [])
    assert silence.close(at=NOW + 30 * DAY) == 1
    assert (stage_of(outreach), facts()) == ("no_answer", [("no_answer", 0, NOW + 30 * DAY)])
    line = outreach.influencer.activities.get(kind="stage_moved")
    assert (line.params["after"], line.by, line.at) == ("no_answer", None, NOW + 30 * DAY)
    assert silence.close(at=NOW + 90 * DAY) == 0
    assert len(facts()) == 1


def test_whom_staff_reached_another_way_counts_from_when_that_was_noted():
    outreach = OutreachFactory(stage="contacted", stage_at=NOW)
    assert [silence.close(at=NOW + days * DAY) for days in (29, 30)] == [0, 1]
    assert stage_of(outreach) == "no_answer"


@pytest.mark.parametrize("stage", ["shortlisted", "in_conversation", "agreed", "paused", "declined", "completed"])
def test_only_who_was_written_to_and_awaited_is_silent(stage):
    outreach = written_to(days=99, stage=stage)
    silence.close(at=NOW)
    assert (stage_of(outreach), facts()) == (stage, [])


@pytest.mark.parametrize(
    ("state", "is_captured", "days"),
    [
        *(("draft", False, 40), ("planned", False, 40), ("claimed", False, 40), ("dispatching", False, 40)),
        ("uncertain", False, 40),
        ("sent", False, 29),  # written to once more, lately
    ],
)
def test_while_a_message_is_under_way_nobody_is_silent(state, is_captured, days):
    outreach = written_to(days=60)
    message(outreach, at=NOW - days * DAY, state=state, is_captured=is_captured)
    assert silence.close(at=NOW) == 0
    assert stage_of(outreach) == "contacted"


@pytest.mark.parametrize("state", ["refused", "cancelled", "expired"])
def test_what_never_went_out_does_not_make_wait(state):
    outreach = written_to(days=31)
    message(outreach, at=NOW - DAY, state=state)
    assert silence.close(at=NOW) == 1


def test_what_was_captured_reached_nobody_and_stays_open():
    outreach = OutreachFactory(stage="contacted", stage_at=NOW - 99 * DAY)
    message(outreach, at=NOW - 99 * DAY, is_captured=True)
    assert silence.close(at=NOW) == 0
    assert stage_of(outreach) == "contacted"


def test_an_answer_that_came_while_the_sweep_was_under_way_is_heard():
    outreach = written_to(days=31)
    pipeline.answered(outreach=outreach, text="Yes.", on=NOW.date(), at=NOW, by=UserFactory())
    assert not silence._close(outreach.pk, at=NOW)
    assert (stage_of(outreach), facts()) == ("in_conversation", [])


def test_closed_early_by_hand_it_is_silence_once_it_lasted():
    outreach = move(written_to(days=10), "no_answer")
    assert silence.ripen(at=NOW + 20 * DAY - timedelta(seconds=1)) == 0
    assert facts() == []
    assert silence.ripen(at=NOW + 20 * DAY) == 1
    assert facts() == [("no_answer", 0, NOW + 20 * DAY)]
    assert silence.ripen(at=NOW + 21 * DAY) == 0
    assert RelevanceLabel.objects.get().influencer == outreach.influencer


def test_closed_early_and_answered_after_all_it_never_was_silence():
    outreach = move(written_to(days=10), "no_answer", "in_conversation", "no_answer")
    assert silence.ripen(at=NOW + 90 * DAY) == 0
    assert (stage_of(outreach), facts()) == ("no_answer", [])


def test_an_erased_person_is_not_waited_for():
    outreach = written_to(days=31)
    Outreach.objects.filter(pk=outreach.pk).update(influencer=None)
    Influencer.objects.all().delete()
    assert (silence.close(at=NOW), silence.ripen(at=NOW)) == (0, 0)


def test_the_tasks_work_as_of_the_instant_they_are_told():
    outreach, early = written_to(days=0), move(written_to(days=0), "no_answer")
    close_silent((NOW + 31 * DAY).isoformat())
    ripen_silence((NOW + 31 * DAY).isoformat())
    assert (stage_of(outreach), stage_of(early), len(facts())) == ("no_answer", "no_answer", 2)
