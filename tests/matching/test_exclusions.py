"""Whom staff never want asked: left out of lists with the reason, until it is lifted."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from crm.errors import DomainError
from crm.models import Influencer
from crm.services import merging, persons
from matching import selectors
from matching.models import Exclusion, Match, MatchList
from matching.services import exclusions, match_lists, ranking
from tests.factories import NOW, AccountFactory, CauseFactory, InfluencerFactory, UserFactory, VettingFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def officer():
    return UserFactory()


@pytest.fixture
def cause():
    return CauseFactory()


@pytest.fixture
def person():
    return InfluencerFactory()


def exclude(person, officer, cause=None, *, at=NOW, reason="Sells crypto to minors.") -> Exclusion:
    made, _is_new = exclusions.exclude(influencer=person, cause=cause, reason=reason, by=officer, at=at)
    return made


def ranked(cause, *, at=NOW, **more) -> MatchList:
    found = match_lists.request(cause=cause, at=at, **more)
    ranking.build(match_list=found, at=at)
    found.refresh_from_db()
    return found


# The fact --------------------------------------------------------------------------------------------------------------


def test_it_is_kept_with_who_why_and_when_and_stands_on_the_timeline(person, officer, cause):
    exclude(person, officer, cause, reason=" Sells crypto to minors. ")
    row = Exclusion.objects.get()
    assert (row.influencer, row.cause, row.reason) == (person, cause, "Sells crypto to minors.")
    assert (row.by, row.at, row.lifted_at, row.lifted_by) == (officer, NOW, None, None)
    line = person.activities.get()
    assert (line.kind, line.cause, line.by, line.at) == ("never_for_cause", cause, officer, NOW)


def test_where_it_holds_already_it_stays_as_it_is(person, officer, cause):
    for of in (cause, None):
        first = exclude(person, officer, of)
        again, is_new = exclusions.exclude(influencer=person, cause=of, reason="x", by=officer, at=NOW + DAY)
        assert (again, is_new, again.reason) == (first, False, "Sells crypto to minors.")
    assert Exclusion.objects.count() == 2


def test_lifted_it_holds_no_more_and_stays_as_history(person, officer, cause):
    row, manager = exclude(person, officer, cause), UserFactory()
    lifted = exclusions.lift(exclusion=row, by=manager, at=NOW + DAY)
    assert (lifted.lifted_at, lifted.lifted_by) == (NOW + DAY, manager)
    assert exclusions.lift(exclusion=row, by=officer, at=NOW + 2 * DAY).lifted_by == manager
    assert [line.kind for line in person.activities.order_by("pk")] == ["never_for_cause", "never_for_cause_lifted"]
    assert exclusions.barred(cause=cause) == {}
    assert exclude(person, officer, cause, at=NOW + 3 * DAY) != row
    assert Exclusion.objects.holding(at=NOW).get() == row
    assert not Exclusion.objects.holding(at=NOW + 2 * DAY).exists()


def test_a_reason_is_owed(person, officer):
    with pytest.raises(DomainError, match="reason_missing"):
        exclude(person, officer, reason="  ")
    assert not Exclusion.objects.exists()


def test_nobody_is_excluded_who_is_not_there_any_more(person, officer):
    row = exclude(person, officer)
    Influencer.objects.filter(pk=person.pk).delete()
    for act in (lambda: exclude(person, officer), lambda: exclusions.lift(exclusion=row, by=officer, at=NOW)):
        with pytest.raises(DomainError, match="person_erased"):
            act()


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"reason": ""}, "exclusion_has_reason"),
        ({"lifted_at": NOW - DAY}, "exclusion_lifted"),
        ({"lifted_by": "officer"}, "exclusion_lifted"),
    ],
)
def test_what_cannot_be_is_refused(person, officer, cause, values, constraint):
    said = {name: officer if value == "officer" else value for name, value in values.items()}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Exclusion.objects.create(**{"influencer": person, "cause": cause, "reason": "x", "at": NOW} | said)


@pytest.mark.parametrize("is_of_all", [False, True])
def test_one_holds_at_a_time(person, cause, is_of_all):
    values = {"influencer": person, "cause": None if is_of_all else cause, "reason": "x", "at": NOW}
    Exclusion.objects.create(**values, lifted_at=NOW)
    Exclusion.objects.create(**values)
    with pytest.raises(IntegrityError, match="open_once"), transaction.atomic():
        Exclusion.objects.create(**values)


def test_who_is_barred_from_a_cause_and_why(officer, cause):
    once, ever, both, elsewhere, lifted = [InfluencerFactory() for _ in range(5)]
    exclude(once, officer, cause)
    exclude(ever, officer)
    exclude(both, officer)
    exclude(both, officer, cause)
    exclude(elsewhere, officer, CauseFactory())
    exclusions.lift(exclusion=exclude(lifted, officer), by=officer, at=NOW)
    wanted = {once.pk: "never_for_cause", ever.pk: "never_again", both.pk: "never_again"}
    assert exclusions.barred(cause=cause) == wanted
    assert exclusions.barred(cause=cause, people=[once.pk, lifted.pk]) == {once.pk: "never_for_cause"}


# Lists -----------------------------------------------------------------------------------------------------------------


def test_the_next_list_leaves_them_out_and_says_how_many_for_which_reason(officer, cause):
    stays, once, ever, refused = [AccountFactory().influencer for _ in range(4)]
    exclude(once, officer, cause)
    exclude(ever, officer)
    exclude(refused, officer)
    VettingFactory(influencer=refused, cause=cause, verdict="refused")
    found = ranked(cause)
    assert found.left_out == {"never_for_cause": 1, "never_again": 2}
    assert [match.influencer for match in Match.objects.all()] == [stays]
    assert ranked(CauseFactory()).left_out == {"never_again": 2}


def test_a_filter_counts_only_whom_nothing_else_leaves_out(officer, cause):
    AccountFactory(), exclude(AccountFactory().influencer, officer)
    found = ranked(cause, filters=match_lists.Filters(country="GB", min_followers=1))
    assert (found.considered, found.left_out) == (1, {"never_again": 1})


def test_lifted_they_are_considered_again(officer, cause, person):
    row = exclude(person, officer, cause)
    assert ranked(cause).error == {"code": "nobody_to_rank", "params": {}}
    exclusions.lift(exclusion=row, by=officer, at=NOW)
    assert (ranked(cause).considered, ranked(cause).left_out) == (1, {})


def test_a_list_says_that_this_is_why_somebody_is_gone(officer, cause):
    gone, _stays = [AccountFactory().influencer for _ in range(2)]
    ranked(cause)
    exclude(gone, officer, cause, at=NOW + DAY)
    changed = selectors.changes(ranked(cause, at=NOW + 2 * DAY))
    assert [(change.influencer, change.why) for change in changed.gone] == [(gone.pk, "is_barred")]
    exclusions.lift(exclusion=Exclusion.objects.get(), by=officer, at=NOW + 3 * DAY)
    changed = selectors.changes(ranked(cause, at=NOW + 4 * DAY))
    assert (changed.of[gone.pk].move, changed.of[gone.pk].why) == ("new", "was_barred")


# Merged, erased --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_of_all", [False, True])
def test_what_was_decided_of_either_holds_for_the_person_and_parted_each_has_their_own(officer, cause, is_of_all):
    winner, loser, of = InfluencerFactory(), InfluencerFactory(), None if is_of_all else cause
    exclude(loser, officer, of)
    both = exclude(winner, officer, CauseFactory()), exclude(loser, officer, None if not is_of_all else cause)
    exclude(winner, officer, of, at=NOW + DAY)
    before = list(Exclusion.objects.order_by("pk").values())
    merged = merging.merge(winner=winner, loser=loser, by=officer, at=NOW + 2 * DAY)
    assert set(Exclusion.objects.open().values_list("influencer", flat=True)) == {winner.pk}
    assert Exclusion.objects.open().count() == 1 + len(both)
    assert exclusions.barred(cause=cause) == {winner.pk: "never_again"}
    merging.unmerge(merge=merged, by=officer, at=NOW + 3 * DAY)
    assert list(Exclusion.objects.order_by("pk").values()) == before


def test_it_goes_with_the_person(person, officer):
    exclude(person, officer)
    persons.erase(influencer=person, at=NOW)
    assert not Exclusion.objects.exists()
