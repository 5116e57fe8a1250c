import itertools
from datetime import UTC, datetime, timedelta

import pytest

from crm.errors import DomainError
from outreach import stages

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
CODES = (
    *("prospect", "shortlisted", "approved", "contacted", "in_conversation", "agreed", "live", "completed"),
    *("declined", "no_answer", "paused", "conflict", "merged"),
)


def may(current, new):
    try:
        stages.check_move(current, new)
    except DomainError as error:
        assert (error.code, error.params) == ("stage_move_not_allowed", {"current": current, "new": new})
        return False
    return True


def test_the_stages_are_those_of_the_house():
    assert stages.STAGES == CODES
    assert set().union(*stages.ALLOWED.values()) <= set(CODES)


def test_every_pair_is_allowed_or_refused_with_both_names():
    allowed = {pair for pair in itertools.product(CODES, CODES) if may(*pair)}

    assert allowed == {(current, new) for current, targets in stages.ALLOWED.items() for new in targets}


@pytest.mark.parametrize("stage", CODES)
def test_staying_is_not_a_move(stage):
    assert not may(stage, stage)


@pytest.mark.parametrize(("current", "new"), [("", "prospect"), ("prospect", ""), ("nowhere", "contacted")])
def test_what_is_no_stage_goes_nowhere(current, new):
    assert not may(current, new)


def test_the_way_from_prospect_to_completed():
    way = ("prospect", "shortlisted", "approved", "contacted", "in_conversation", "agreed", "live", "completed")

    assert all(may(current, new) for current, new in itertools.pairwise(way))


@pytest.mark.parametrize("new", ["agreed", "live", "completed", "no_answer"])
@pytest.mark.parametrize("current", ["prospect", "shortlisted", "approved"])
def test_nobody_agrees_or_stays_silent_before_being_asked(current, new):
    assert not may(current, new)


def test_a_no_is_not_asked_again_but_they_may_come_back_themselves():
    assert not may("declined", "contacted")
    assert not may("declined", "shortlisted")
    assert may("declined", "in_conversation")


def test_what_is_merged_is_over():
    assert not any(may("merged", new) for new in CODES)
    assert all(may(current, "merged") for current in CODES if current != "merged")


def test_every_other_stage_can_be_left():
    assert all(stages.ALLOWED[stage] for stage in CODES if stage != "merged")


@pytest.mark.parametrize(
    ("stage", "grade"),
    [
        *(("completed", 3), ("live", 2), ("agreed", 2), ("in_conversation", 1), ("declined", 0), ("no_answer", 0)),
        *((stage, None) for stage in ("prospect", "shortlisted", "approved", "contacted")),
        *((stage, None) for stage in ("paused", "conflict", "merged")),
    ],
)
def test_what_an_outcome_says_about_the_match(stage, grade):
    assert stages.grade(stage) == grade


def test_grades_cover_every_stage_and_nothing_else():
    assert all(stages.grade(stage) in {None, 0, 1, 2, 3} for stage in CODES)
    with pytest.raises(KeyError):
        stages.grade("nowhere")


def test_the_stored_stages_are_the_same():
    from outreach.models import Outreach

    assert tuple(Outreach.Stage.values) == stages.STAGES


@pytest.mark.parametrize("stage", CODES)
def test_it_is_long_from_the_usual_on_and_never_where_all_is_said(stage):
    usual = stages.USUAL.get(stage)
    days = [0, 1, 7, 14, 30, 5000]
    long = [n for n in days if stages.is_long(stage, since=NOW - timedelta(days=n), at=NOW)]
    assert long == ([n for n in days if n >= usual.days] if usual else [])


def test_every_stage_but_merged_stands_on_the_way_or_aside():
    assert (*stages.WAY, *stages.SET_ASIDE) == CODES[:-1]
    assert set(CODES) - set(stages.USUAL) == {"completed", "declined", "no_answer", "conflict", "merged"}
