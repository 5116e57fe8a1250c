"""Who is shown, beside everybody and those who turned out well."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Influencer
from matching import selectors
from matching.models import Match, MatchList, RelevanceLabel
from matching.selectors import Part
from matching.services import rankers
from tests.factories import NOW, AccountFactory, CauseFactory, InfluencerFactory

pytestmark = pytest.mark.django_db


def person(*, followers=500, platform="instagram", languages=("en",)) -> Influencer:
    someone = InfluencerFactory(languages=list(languages))
    AccountFactory(influencer=someone, platform=platform, followers=followers)
    return someone


def shown(people, *, days=1, first=1) -> MatchList:
    version, _ = rankers.serving(at=NOW)
    at = NOW - timedelta(days=days)
    ready = MatchList.objects.create(
        cause=CauseFactory(), ranker=version, state="ready", requested_at=at, as_of=at, ready_at=at
    )
    for rank, one in enumerate(people, start=first):
        Match.objects.create(match_list=ready, influencer=one, rank=rank, score=0.5, percentile=50, sides={}, values={})
    return ready


def turned_out(someone, kind="fit", at=NOW):
    label = {"side": "wants", "kind": kind, "grade": 2 if kind == "fit" else 0}
    return RelevanceLabel.objects.create(
        cause=CauseFactory(), influencer=someone, at=at, origin=f"test:{someone.pk}", **label
    )


def test_shares_of_places_of_profiles_and_of_who_turned_out_well():
    small, large = person(), person(followers=2_000_000, platform="youtube", languages=("fr", "en"))
    person(followers=None)
    shown([small, large])
    shown([large])
    turned_out(small)
    found = selectors.exposure(at=NOW)
    assert (found.shown, found.everybody, found.well, found.is_sample) == (3, 3, 1, False)
    assert found.sizes == (
        Part("", 0.0, 1 / 3, 0.0),
        Part("0", 1 / 3, 1 / 3, 1.0),
        Part("1000000", 2 / 3, 1 / 3, 0.0),
    )
    assert found.languages == (Part("en", 1.0, 1.0, 1.0), Part("fr", 2 / 3, 1 / 3, 0.0))
    assert found.platforms == (Part("instagram", 1 / 3, 2 / 3, 1.0), Part("youtube", 2 / 3, 1 / 3, 0.0))


def test_only_the_first_ten_of_the_last_season_count():
    shown([person() for _ in range(3)], first=9)
    shown([person()], days=91)
    shown([person()], days=-1)
    assert selectors.exposure(at=NOW).shown == 2


def test_who_did_not_suit_or_is_not_known_yet_did_not_turn_out_well():
    turned_out(person(), "not_fit")
    turned_out(person(), at=NOW + timedelta(days=1))
    assert selectors.exposure(at=NOW).well == 0


def test_of_nobody_there_is_nothing_to_tell():
    found = selectors.exposure(at=NOW)
    assert (found.shown, found.everybody, found.sizes, found.languages) == (0, 0, (), ())


def test_of_many_profiles_a_sample_is_held_against():
    for _ in range(7):
        person()
    found = selectors.exposure(at=NOW, sample=3)
    assert (found.is_sample, found.everybody) == (True, 3)


def test_it_asks_as_much_for_many_as_for_one():
    def price() -> int:
        with CaptureQueriesContext(connection) as queries:
            selectors.exposure(at=NOW)
        return len(queries)

    shown([person()])
    for_one = price()
    shown([person() for _ in range(4)])
    assert price() == for_one == 6


def test_whom_no_ranker_chose_is_not_counted_as_shown():
    small, large = person(), person(followers=2_000_000)
    shown([small, large])
    Match.objects.filter(influencer=large).update(propensity=0.05)
    found = selectors.exposure(at=NOW)
    assert (found.shown, found.drawn) == (1, 1)
    assert {part.key: part.shown for part in found.sizes} == {"0": 1.0, "1000000": 0.0}
