"""Facts the ranker learns from: added and never changed, told once, the newest holding; and what staff judge."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from crm.errors import DomainError
from crm.models import Influencer
from crm.services import merging, persons
from matching.models import Match, MatchList, RelevanceLabel
from matching.services import labels
from tests.factories import NOW, CauseFactory, InfluencerFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OUTCOME = {"kind": "accepted", "side": "accepts", "about": "outreach:1", "grade": 2}
VERDICT = {"kind": "not_fit", "side": "wants", "grade": 0}
ACTS = {"kind": "actions", "side": "wants", "about": "outreach:1", "actions": 12.0, "reached": 48_000}
BACK = {"kind": "withdrawn", "side": "wants"}


@pytest.fixture
def officer():
    return UserFactory()


@pytest.fixture
def cause():
    return CauseFactory()


@pytest.fixture
def person():
    return InfluencerFactory()


def fact(cause, person, **values) -> RelevanceLabel:
    known = RelevanceLabel.objects.count()
    return RelevanceLabel.objects.create(
        **{"cause": cause, "influencer": person, "origin": f"test:{known}", "at": NOW} | values
    )


def told(rows) -> list[tuple]:
    return [(row.kind, row.reason, row.at) for row in rows.order_by("pk")]


# What the database refuses ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", [OUTCOME, VERDICT, ACTS, BACK, BACK | {"side": "accepts", "about": "outreach:1"}])
def test_a_fact_that_says_what_it_may_is_taken(cause, person, row):
    assert fact(cause, person, **row).pk


@pytest.mark.parametrize(
    ("row", "constraint"),
    [
        (OUTCOME | {"side": "wants"}, "label_side_of_kind"),
        (VERDICT | {"side": "accepts"}, "label_side_of_kind"),
        (ACTS | {"side": "accepts"}, "label_side_of_kind"),
        (BACK | {"side": "thinks"}, "label_side"),
        (OUTCOME | {"kind": "liked"}, None),  # several say no
        (VERDICT | {"reason": "boring"}, "label_reason"),
        (VERDICT | {"kind": "fit", "reason": "tone"}, "label_reason_of_kind"),
        (OUTCOME | {"reason": "tone"}, "label_reason_of_kind"),
        (OUTCOME | {"note": "Kind words."}, "label_note_of_kind"),
        (VERDICT | {"about": "outreach:1"}, "label_about"),
        (OUTCOME | {"about": ""}, "label_about"),
        (VERDICT | {"origin": ""}, "label_has_origin"),
        (VERDICT | {"grade": 4}, "label_grade"),
        (VERDICT | {"grade": None}, "label_grade"),
        (ACTS | {"grade": 3}, "label_grade"),
        (BACK | {"grade": 0}, "label_grade"),
        (ACTS | {"actions": -1.0}, "label_actions"),
        (ACTS | {"actions": float("nan")}, "label_actions"),
        (ACTS | {"actions": float("inf")}, "label_actions"),
        (ACTS | {"reached": 0}, None),  # by zero the value cannot be worked out
        (ACTS | {"actions": None}, "label_actions"),
        (ACTS | {"reached": None}, "label_actions"),
        (VERDICT | {"actions": 1.0}, "label_actions"),
        (OUTCOME | {"reached": 5}, "label_actions"),
    ],
)
def test_a_fact_that_cannot_be_is_refused(cause, person, row, constraint):
    with pytest.raises(DatabaseError) as refused, transaction.atomic():
        fact(cause, person, **row)
    if constraint:
        assert f'"{constraint}' in str(refused.value)


def test_an_event_is_told_once(cause, person):
    fact(cause, person, **OUTCOME, origin="outreach:1:accepted")
    with pytest.raises(IntegrityError, match="origin"), transaction.atomic():
        fact(cause, person, **OUTCOME, origin="outreach:1:accepted")


@pytest.mark.parametrize(
    "change",
    [
        *({"kind": "conflict"}, {"reason": "tone"}, {"note": "x"}, {"grade": 2}, {"at": NOW + DAY}),
        *({"origin": "another"}, {"about": "x", "kind": "withdrawn"}),
    ],
)
def test_a_fact_is_never_changed(cause, person, change):
    row = fact(cause, person, **VERDICT)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RelevanceLabel.objects.filter(pk=row.pk).update(**change)


def test_actions_are_told_per_thousand_people(cause, person):
    row = fact(cause, person, **ACTS)
    row.refresh_from_db()
    assert row.value == pytest.approx(0.25)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RelevanceLabel.objects.filter(pk=row.pk).update(actions=13.0)


# What holds ------------------------------------------------------------------------------------------------------------


def test_the_newest_holds_and_as_of_an_earlier_instant_what_held_then(cause, person):
    fact(cause, person, **OUTCOME | {"kind": "declined", "grade": 0})
    fact(cause, person, **OUTCOME, at=NOW + DAY)
    outcomes = RelevanceLabel.objects.outcomes()
    assert told(outcomes.known(at=NOW - DAY)) == []
    assert told(outcomes.known(at=NOW)) == [("declined", "", NOW)]
    assert told(outcomes.known(at=NOW + DAY)) == [("accepted", "", NOW + DAY)]
    assert outcomes.count() == 2


def test_of_one_instant_the_later_row_holds(cause, person):
    fact(cause, person, **VERDICT)
    last = fact(cause, person, **VERDICT | {"kind": "conflict"})
    assert RelevanceLabel.objects.known(at=NOW).get() == last


def test_what_was_taken_back_holds_no_more_and_hides_nothing_else(cause, person):
    fact(cause, person, **VERDICT)
    fact(cause, person, **OUTCOME)
    fact(cause, person, **ACTS)
    fact(cause, person, **OUTCOME | {"about": "outreach:2", "kind": "declined", "grade": 0})
    fact(cause, person, **BACK, at=NOW + DAY)
    fact(cause, person, **BACK | {"side": "accepts", "about": "outreach:1"}, at=NOW + DAY)
    fact(CauseFactory(), person, **VERDICT)
    known = RelevanceLabel.objects.filter(cause=cause).known(at=NOW + DAY)
    assert sorted(known.values_list("kind", "about")) == [("actions", "outreach:1"), ("declined", "outreach:2")]
    assert RelevanceLabel.objects.filter(cause=cause).known(at=NOW).count() == 4


def test_what_is_narrowed_first_is_narrowed_by_what_holds(cause, person):
    """A fact that something newer replaced does not come back where the newer one is not asked for."""
    fact(cause, person, **VERDICT)
    fact(cause, person, **VERDICT | {"kind": "fit", "grade": 2}, at=NOW + DAY)
    assert not RelevanceLabel.objects.filter(kind="not_fit").known(at=NOW + DAY).exists()


# Judging ---------------------------------------------------------------------------------------------------------------


def judge(cause, person, officer, verdict="fit", at=NOW, **more):
    return labels.judge(cause=cause, influencer=person, verdict=verdict, by=officer, at=at, **more)


@pytest.mark.parametrize(
    ("verdict", "reason", "grade"), [("fit", "", 2), ("not_fit", "off_topic", 0), ("conflict", "tone", 0)]
)
def test_a_verdict_is_kept_with_who_gave_it_when_and_why(cause, person, officer, verdict, reason, grade):
    row, is_new = judge(cause, person, officer, verdict, reason=reason, note="  Saw three posts. ")
    assert is_new
    assert (row.kind, row.side, row.reason, row.note) == (verdict, "wants", reason, "Saw three posts.")
    assert (row.grade, row.by, row.at, row.about) == (grade, officer, NOW, "")
    assert labels.verdict_on(cause=cause, influencer=person, at=NOW) == row


def test_judging_alike_again_changes_nothing(cause, person, officer):
    first, _ = judge(cause, person, officer, "not_fit", reason="tone")
    assert judge(cause, person, UserFactory(), "not_fit", at=NOW + DAY, reason="tone") == (first, False)
    assert RelevanceLabel.objects.count() == 1


def test_judging_otherwise_keeps_both_and_the_newer_holds(cause, person, officer):
    judge(cause, person, officer, "not_fit", reason="tone")
    second, is_new = judge(cause, person, officer, "not_fit", at=NOW + DAY, reason="off_topic")
    assert is_new
    assert labels.verdict_on(cause=cause, influencer=person, at=NOW + DAY) == second
    assert told(RelevanceLabel.objects.all()) == [("not_fit", "tone", NOW), ("not_fit", "off_topic", NOW + DAY)]


def test_a_verdict_is_of_one_cause_and_one_person(cause, person, officer):
    other = InfluencerFactory()
    row, _ = judge(cause, person, officer)
    judge(CauseFactory(), person, officer, "conflict")
    assert labels.verdicts_on(cause=cause, people=[person.pk, other.pk], at=NOW) == {person.pk: row}


def test_taken_back_it_is_as_if_nobody_had_judged_and_may_be_judged_again(cause, person, officer):
    row, _ = judge(cause, person, officer)
    assert labels.withdraw(cause=cause, influencer=person, by=officer, at=NOW + DAY) == row
    assert labels.verdict_on(cause=cause, influencer=person, at=NOW + DAY) is None
    assert labels.verdict_on(cause=cause, influencer=person, at=NOW) == row
    assert labels.withdraw(cause=cause, influencer=person, by=officer, at=NOW + 2 * DAY) is None
    assert judge(cause, person, officer, at=NOW + 3 * DAY)[1]
    assert [row.kind for row in RelevanceLabel.objects.order_by("pk")] == ["fit", "withdrawn", "fit"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"verdict": "accepted"}, "verdict_unknown"),
        ({"verdict": "withdrawn"}, "verdict_unknown"),
        ({"verdict": "not_fit", "reason": "boring"}, "verdict_reason_unknown"),
        ({"verdict": "fit", "reason": "tone"}, "verdict_reason_misplaced"),
        ({"verdict": "fit", "note": "x" * 301}, "verdict_note_too_long"),
    ],
)
def test_what_is_no_verdict_leaves_nothing(cause, person, officer, said, code):
    with pytest.raises(DomainError, match=code):
        judge(cause, person, officer, **said)
    assert not RelevanceLabel.objects.exists()


def test_nobody_is_judged_who_is_not_there_any_more(cause, person, officer):
    Influencer.objects.filter(pk=person.pk).delete()
    with pytest.raises(DomainError, match="person_erased"):
        judge(cause, person, officer)
    with pytest.raises(DomainError, match="person_erased"):
        labels.withdraw(cause=cause, influencer=person, by=officer, at=NOW)


def test_the_same_event_told_twice_is_one_fact(cause, person):
    event = {"cause": cause, "influencer": person, "kind": "accepted", "about": "outreach:1", "grade": 2}
    first, is_new = labels.record(**event, origin="outreach:1:accepted", at=NOW)
    again, is_new_again = labels.record(**event, origin="outreach:1:accepted", at=NOW + DAY)
    assert (first, is_new, is_new_again) == (again, True, False)
    assert RelevanceLabel.objects.get().at == NOW


# Merged, erased --------------------------------------------------------------------------------------------------------


def test_merged_the_person_has_the_facts_of_both_and_parted_each_has_their_own(cause, officer):
    winner, loser = InfluencerFactory(), InfluencerFactory()
    judge(cause, winner, officer, "fit")
    theirs, _ = judge(cause, loser, officer, "conflict", at=NOW + DAY)
    before = list(RelevanceLabel.objects.order_by("pk").values())
    merged = merging.merge(winner=winner, loser=loser, by=officer, at=NOW + 2 * DAY)
    assert set(RelevanceLabel.objects.values_list("influencer", flat=True)) == {winner.pk}
    assert labels.verdict_on(cause=cause, influencer=winner, at=NOW + 2 * DAY) == theirs
    merging.unmerge(merge=merged, by=officer, at=NOW + 3 * DAY)
    assert list(RelevanceLabel.objects.order_by("pk").values()) == before
    assert labels.verdict_on(cause=cause, influencer=loser, at=NOW + 3 * DAY) == theirs


def test_where_somebody_was_seen_is_forgotten_with_the_list_and_the_fact_stays(cause, person, officer):
    seen = MatchList.objects.create(cause=cause, requested_at=NOW, as_of=NOW)
    match = Match.objects.create(
        match_list=seen, influencer=person, rank=1, score=0.5, percentile=100, sides={}, values={}
    )
    row, _ = judge(cause, person, officer, match=match)
    assert row.match == match
    seen.delete()
    row.refresh_from_db()
    assert row.match is None


def test_the_facts_about_somebody_go_with_them(cause, person, officer):
    judge(cause, person, officer, "not_fit", reason="other", note="Wrote to me in anger.")
    fact(cause, person, **OUTCOME)
    persons.erase(influencer=person, at=NOW)
    assert not RelevanceLabel.objects.exists()
