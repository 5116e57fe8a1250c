"""Weights of one cause: kept within bounds, ranked with, and tried before they are kept."""

from datetime import timedelta

import pytest

from crm.errors import DomainError
from crm.models import Cause, Influencer
from matching.models import CauseWeights, MatchList, RankerVersion
from matching.ranking.scorecard import WEIGHTS, scorecard
from matching.services import gaps, match_lists, rankers, ranking, snapshot, weights
from tests.factories import NOW, AccountFactory, CauseFactory, UserFactory

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=2)
OWN = {"language_reach": 5.0, "topic_fit": 0.5}


@pytest.fixture
def cause():
    return brief()


@pytest.fixture(scope="module")
def known(once) -> list[int]:
    return [person.pk for person in four()]


@pytest.fixture
def people(known) -> list[Influencer]:
    return list(Influencer.objects.filter(pk__in=known).order_by("pk"))


def brief() -> Cause:
    return CauseFactory(description="We clear beaches of plastic.", languages=["en"])


def four() -> list[Influencer]:
    """Who speaks of it in another language, who speaks of something else in its own, and two in that other one."""
    said = [("We clear beaches of plastic.", ["fr"]), ("Chess.", ["en"]), ("Beaches.", ["fr"]), ("Cooking.", ["fr"])]
    made = [AccountFactory(influencer__bio=bio, influencer__languages=spoken).influencer for bio, spoken in said]
    snapshot.refresh(at=NOW)
    return made


def move(cause, weights_=OWN, **said) -> dict[str, float]:
    return weights.set(**{"cause": cause, "weights": weights_, "by": UserFactory(), "at": NOW} | said)


def ranked(cause, *, at=NOW, **said) -> MatchList:
    match_list = match_lists.request(cause=cause, at=at, **said)
    ranking.build(match_list=match_list, at=at)
    match_list.refresh_from_db()
    assert match_list.state == "ready", match_list.error
    return match_list


def content(match_list: MatchList) -> list:
    match_list.refresh_from_db()
    rows = match_list.matches.order_by("rank").values_list(
        "influencer", "rank", "score", "percentile", "sides", "values"
    )
    return [match_list.ranker_id, match_list.weight, match_list.spread, *rows]


def learned() -> RankerVersion:
    """A ranker that learned, and serves."""
    version = rankers.keep(scorecard({"topic_fit": 1.0}), kind="learned", at=NOW)
    return rankers.serve(version, why="promoted", at=NOW)


# Kept -----------------------------------------------------------------------------------------------------------------


def test_what_differs_from_the_default_is_kept_with_who_and_when(cause):
    user = UserFactory()
    assert move(cause, {"topic_fit": 2.5, "language_reach": 4}, by=user) == {"language_reach": 4.0}
    row = CauseWeights.objects.get()
    assert (row.cause, row.weights, row.by, row.at) == (cause, {"language_reach": 4}, user, NOW)
    assert weights.of(cause=cause) == {"language_reach": 4.0}
    assert weights.of(cause=CauseFactory()) == {}


def test_what_is_not_named_goes_back_and_nothing_at_all_puts_everything_back(cause):
    move(cause)
    move(cause, {"audience_geo": 0})
    assert weights.of(cause=cause) == {"audience_geo": 0.0}
    user = UserFactory()
    weights.reset(cause=cause, by=user, at=LATER)
    row = CauseWeights.objects.get()
    assert (row.weights, row.by, row.at) == ({}, user, LATER)


def test_the_same_again_changes_nothing(cause):
    move(cause)
    move(cause, at=LATER)
    assert CauseWeights.objects.get().at == NOW
    other = CauseFactory()
    weights.reset(cause=other, by=UserFactory(), at=NOW)
    assert CauseWeights.objects.filter(cause=other).count() == 0


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"topic_fit": 5.01}, "weight_out_of_bounds"),
        ({"engagement_rate": 2.01}, "weight_out_of_bounds"),
        ({"topic_fit": -0.01}, "weight_out_of_bounds"),
        ({"topic_fit": float("nan")}, "weight_out_of_bounds"),
        ({"luck": 1.0}, "feature_unknown"),
        ({"log_followers": 1.0}, "feature_unknown"),
    ],
)
def test_what_is_out_of_bounds_leaves_everything_as_it_was(cause, asked, code):
    move(cause)
    for ask in (move, lambda cause, asked: weights.preview(cause=cause, weights=asked)):
        with pytest.raises(DomainError, match=code):
            ask(cause, {"language_reach": 1.0} | asked)
    assert weights.of(cause=cause) == OWN


def test_who_has_seen_other_weights_decides_again(cause):
    seen = weights.mark({})
    move(cause, seen={seen})
    with pytest.raises(DomainError, match="weights_moved_meanwhile"):
        move(cause, {"topic_fit": 1.0}, seen={seen})
    assert weights.of(cause=cause) == OWN
    move(cause, {"topic_fit": 1.0}, seen={seen, weights.mark(OWN)})
    assert weights.of(cause=cause) == {"topic_fit": 1.0}


def test_what_a_later_release_knows_no_more_or_bounds_closer_does_not_stop_the_ranking(cause, people):
    kept = {"engagement_rate": 4.5, "gone_feature": 3.0, "topic_fit": WEIGHTS["topic_fit"].default}
    CauseWeights.objects.create(cause=cause, weights=kept, at=NOW)
    assert weights.of(cause=cause) == {"engagement_rate": 2.0}
    assert ranked(cause).ranker.weights == {"engagement_rate": 2.0}


# Ranked with ----------------------------------------------------------------------------------------------------------


def test_a_list_is_ranked_with_its_cause_s_weights_and_other_causes_are_not(cause, people):
    other = CauseFactory(description=cause.description, languages=["en"])
    assert ranked(cause).matches.get(rank=1).influencer == people[0]
    move(cause)
    own, others = ranked(cause, at=LATER), ranked(other, at=LATER)
    assert own.ranker.digest == scorecard(OWN).digest
    assert (own.ranker.kind, own.ranker.weights, own.ranker.is_serving) == ("scorecard", OWN, False)
    assert (others.ranker.digest, others.ranker.weights, others.ranker.is_serving) == (scorecard().digest, {}, True)
    assert own.matches.get(rank=1).influencer == people[1]
    assert others.matches.get(rank=1).influencer == people[0]


def test_a_list_that_was_made_stays_as_it_was(cause, people):
    before = ranked(cause)
    was = content(before)
    move(cause)
    assert content(before) == was
    own = ranked(cause, at=LATER)
    was_own = content(own)
    weights.reset(cause=cause, by=UserFactory(), at=LATER)
    ranked(cause, at=LATER + timedelta(days=1))
    assert (content(before), content(own)) == (was, was_own)


def test_the_same_weights_are_the_same_ranker_whoever_s_they_are(cause, people):
    other = CauseFactory(description=cause.description)
    move(cause), move(other)
    assert ranked(cause).ranker == ranked(other).ranker == ranked(cause, at=LATER).ranker
    assert RankerVersion.objects.count() == 2
    assert RankerVersion.objects.get(is_serving=True).digest == scorecard().digest


def test_weights_put_back_are_the_ranker_in_use(cause, people):
    move(cause)
    ranked(cause)
    weights.reset(cause=cause, by=UserFactory(), at=LATER)
    assert ranked(cause, at=LATER).ranker == RankerVersion.objects.get(is_serving=True)
    assert weights.ranker_for(cause=cause) is None


def test_weights_make_no_difference_to_a_ranker_that_learned(cause, people):
    move(cause)
    assert weights.is_scorecard_serving()
    assert weights.ranker_for(cause=cause).digest == scorecard(OWN).digest
    version = learned()
    assert not weights.is_scorecard_serving()
    assert weights.ranker_for(cause=cause) is None
    assert ranked(cause).ranker == version
    assert weights.of(cause=cause) == OWN  # they wait


def test_a_learned_ranker_of_an_earlier_schema_serves_no_more_and_weights_count_again(cause, people):
    version = learned()
    RankerVersion.objects.filter(pk=version.pk).update(manifest=version.manifest | {"schema_version": 1})
    move(cause)
    assert weights.is_scorecard_serving()
    assert ranked(cause).ranker.weights == OWN


def test_what_was_one_cause_s_own_may_be_what_a_later_release_starts_with(cause, people):
    default = scorecard()
    RankerVersion.objects.create(
        kind="scorecard", digest=default.digest, manifest=default.manifest(), weights=OWN, created_at=NOW
    )
    assert ranked(cause).ranker.weights == {}


# Tried ----------------------------------------------------------------------------------------------------------------


def test_a_preview_is_what_ranking_again_gives_the_same_people(cause, people):
    before = ranked(cause)
    told = weights.preview(cause=cause, weights=OWN)
    assert CauseWeights.objects.count() == 0
    assert (told.match_list, told.is_as_listed, told.outside, told.below) == (before, True, 0, ())
    assert {move.id: (move.before, move.score_before) for move in told.moves} == {
        match.influencer_id: (match.rank, match.score) for match in before.matches.all()
    }
    move(cause)
    after = ranked(cause, at=NOW)  # as of the same instant: the same facts
    assert [(move.id, move.after, move.score_after) for move in told.moves] == [
        (match.influencer_id, match.rank, match.score) for match in after.matches.order_by("rank")
    ]
    assert told.moved == sum(move.places != 0 for move in told.moves) > 0


def test_with_the_weights_of_the_list_nobody_moves(cause, people):
    move(cause)
    ranked(cause)
    assert weights.preview(cause=cause, weights=OWN).moved == 0
    assert weights.preview(cause=cause, weights={}).moved > 0


def test_a_preview_says_who_might_leave_and_how_many_it_knows_nothing_of(cause, people):
    ranked(cause, limit=3)
    told = weights.preview(cause=cause, weights={"topic_fit": 0.0})
    assert (len(told.moves), told.outside) == (3, 1)
    assert told.bar == min(move.score_before for move in told.moves)
    assert [move.id for move in told.below] == [move.id for move in told.moves if move.score_after < told.bar]
    assert people[0].pk in {move.id for move in told.below}
    assert weights.preview(cause=cause, weights={}).below == ()


def test_a_preview_says_who_stands_first_and_who_does_no_more(cause, people):
    ranked(cause)
    told = weights.preview(cause=cause, weights=OWN)
    assert [move.id for move in told.top(1)] == [people[1].pk]
    assert [move.id for move in told.displaced(1)] == [people[0].pk]
    assert [move.after for move in told.top(3)] == [1, 2, 3]
    assert told.displaced(4) == ()


def test_without_a_list_that_can_be_gone_by_there_is_no_preview(cause, people):
    assert weights.preview(cause=cause, weights=OWN) is None
    match_list = ranked(cause)
    RankerVersion.objects.update(manifest={"schema_version": 1})
    assert weights.preview(cause=cause, weights=OWN) is None
    RankerVersion.objects.update(manifest=scorecard().manifest())
    match_list.matches.all().delete()
    assert weights.preview(cause=cause, weights=OWN) is None


def test_where_a_learned_ranker_made_the_list_weights_are_held_against_those_of_today(cause, people):
    version = learned()
    assert ranked(cause).ranker == version
    move(cause)
    told = weights.preview(cause=cause, weights=OWN)
    assert (told.is_as_listed, told.moved) == (False, 0)
    assert weights.preview(cause=cause, weights={}).moved > 0


# What a feature carries -----------------------------------------------------------------------------------------------


def test_what_a_feature_carries_with_other_weights_is_what_ranking_again_measures(cause, people):
    before = ranked(cause)
    move(cause)
    after = ranked(cause, at=NOW)
    assert weights.carried(before, weights=OWN) == pytest.approx(after.weight, abs=1e-9)
    assert weights.carried(after, weights={}) == pytest.approx(before.weight, abs=1e-9)
    assert weights.carried(before, weights={}) == before.weight


def test_what_weighed_nothing_was_not_measured(cause, people):
    move(cause, {"language_reach": 0.0})
    silent = ranked(cause)
    assert silent.weight["language_reach"] == 0.0
    assert "language_reach" not in weights.carried(silent, weights={})
    assert weights.carried(silent, weights={"language_reach": 0.0})["language_reach"] == 0.0


def test_gaps_go_by_the_cause_s_weights_at_once_and_after_ranking_again(people):
    cause = CauseFactory(description="We clear beaches of plastic.", languages=["en"], countries=[])
    other = CauseFactory(description="We clear beaches of plastic.", languages=["en"], countries=["FR"])

    def share() -> float:
        [gap] = [one for one in gaps.of(cause=cause).gaps if one.part == "countries"]
        return gap.share

    for one in people[:2]:
        one.accounts.get().audience.create(dimension="country", key="FR", share=0.9, observed_at=NOW, source="x")
    ranked(cause), ranked(other)
    as_it_comes = share()
    assert as_it_comes > 0
    move(cause, {"audience_geo": 3.0})
    at_once = share()
    assert at_once > as_it_comes
    ranked(cause, at=NOW)
    assert share() == pytest.approx(at_once, abs=1e-9)
    assert gaps.of(cause=cause).lists == 2


def test_a_part_that_the_cause_s_weights_leave_out_of_account_costs_nothing(cause, people):
    silent = CauseFactory(description="We clear beaches of plastic.", countries=[])
    ranked(silent), ranked(cause)
    move(silent, {"audience_geo": 0.0})
    [gap] = [one for one in gaps.of(cause=silent).gaps if one.part == "countries"]
    assert (gap.features, gap.share) == ((), 0.0)
