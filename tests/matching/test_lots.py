"""Lists in which some places are drawn by lot: what is stored of them, and that all who read a list know it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from crm.models import Influencer
from matching.models import LeftOut, Match, MatchList
from matching.ranking import lots
from matching.services import conflicts, match_lists, ranking
from tests.factories import NOW, AccountFactory, CauseFactory
from tests.matching import reports

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=9)
WORDS = "beach plastic litter turtle reef coral tide dune shore wave whale seal kelp sand gull crab foam surf bay cliff"


@pytest.fixture
def cause():
    return CauseFactory(description=f"We care for {WORDS}.", languages=["en"])


@pytest.fixture
def people() -> list[Influencer]:
    """Thirty who all fit differently: the first says the most of what the cause says."""
    words = WORDS.split()
    bios = [" ".join([*words[: max(20 - n, 0)], *(f"other{n}word{m}" for m in range(n))]) for n in range(30)]
    return [AccountFactory(influencer__bio=bio, influencer__languages=["en"]).influencer for bio in bios]


def ranked(cause, *, at=NOW, limit=10, **said) -> MatchList:
    match_list = match_lists.request(cause=cause, at=at, limit=limit, **said)
    ranking.build(match_list=match_list, at=at)
    match_list.refresh_from_db()
    return match_list


def rows(match_list) -> list[tuple]:
    return list(
        match_list.matches.order_by("rank").values_list(
            *("rank", "influencer", "propensity", "score", "score_low", "score_high", "percentile", "sides", "values")
        )
    )


def test_off_by_default(settings, cause, people):
    assert settings.RANDOMISED_SLOTS == 0
    assert {match.propensity for match in ranked(cause).matches.all()} == {1.0}


def test_places_are_drawn_and_each_is_told_as_if_all_were_shown(settings, cause, people):
    whole = {row[1]: row for row in rows(ranked(cause, limit=30))}
    settings.RANDOMISED_SLOTS = 0.3
    match_list = ranked(cause)
    drawing = lots.draw(30, 10, share=0.3, seed=match_list.pk)
    best = list(whole)
    assert [row[1] for row in rows(match_list)] == [best[place] for place in drawing.standing.tolist()]
    assert [row[2] for row in rows(match_list)] == drawing.propensity.tolist()
    assert [row[0] for row in rows(match_list)] == list(range(1, 11))
    for row in rows(match_list):
        assert row[3:] == whole[row[1]][3:]
    drawn = match_list.matches.drawn().order_by("rank")
    assert [(match.rank, match.propensity, match.is_drawn) for match in drawn] == [
        (place, 3 / 23, True) for place in (2, 6, 9)
    ]
    assert [match.rank for match in match_list.matches.ranked().order_by("rank")] == [1, 3, 4, 5, 7, 8, 10]


def test_the_interval_of_whoever_was_drawn_is_their_own(settings, cause, people):
    from matching.ranking.scorecard import scorecard
    from matching.services import rankers

    samples = [scorecard({"topic_fit": 0.5 + 0.2 * n}) for n in range(20)]
    rankers.promote(version=reports.learned(resamples=[one.manifest() for one in samples]), at=NOW)
    whole = {row[1]: row for row in rows(ranked(cause, limit=30))}
    settings.RANDOMISED_SLOTS = 0.3
    for row in rows(ranked(cause)):
        assert row[3:] == whole[row[1]][3:]
        assert row[4] is not None


def test_where_everybody_has_a_place_nobody_is_drawn(settings, cause, people):
    settings.RANDOMISED_SLOTS = 0.3
    assert not ranked(cause, limit=30).matches.drawn().exists()


def test_the_same_list_drawn_again_is_the_same(settings, cause, people):
    settings.RANDOMISED_SLOTS = 0.3
    match_list = ranked(cause)
    before = rows(match_list)
    match_list.matches.all().delete()
    MatchList.objects.filter(pk=match_list.pk).update(state="requested", ready_at=None)
    ranking.build(match_list=match_list, at=NOW)
    assert rows(match_list) == before


def test_who_conflicts_is_not_drawn_however_far_down_they_rank(settings, cause, people, monkeypatch):
    monkeypatch.setattr(conflicts, "LOOKED_AT", 4)
    settings.RANDOMISED_SLOTS = 0.3
    cause.conflicts = ["casino"]
    cause.save()
    out = people[25:]
    Influencer.objects.filter(pk__in=[one.pk for one in out]).update(bio="My casino, my casino: casino adverts.")
    match_list = ranked(cause)
    assert set(LeftOut.objects.filter(match_list=match_list).values_list("influencer", flat=True)) == {
        one.pk for one in out
    }
    assert {match.propensity for match in match_list.matches.drawn()} == {3 / 18}


@pytest.mark.parametrize("propensity", [0, -0.1, 1.1])
def test_a_propensity_is_above_nothing_and_at_most_one(cause, people, propensity):
    ranked(cause)
    with pytest.raises(IntegrityError, match="match_propensity"), transaction.atomic():
        Match.objects.update(propensity=propensity)
