"""What changed between two lists of one cause, and why: of each person one move and one reason that is true."""

from datetime import timedelta

import pytest

from crm.models import Influencer
from crm.services import topics
from matching import selectors, words
from matching.models import MatchList, RankerVersion
from matching.selectors import Change, Move
from matching.services import match_lists, ranking, weights
from tests.factories import NOW, AccountFactory, CauseFactory, InfluencerFactory, UserFactory, VettingFactory

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=9)


def person(bio: str, **said) -> Influencer:
    made = InfluencerFactory(bio=bio, **said)
    Influencer.objects.filter(pk=made.pk).update(created_at=NOW - timedelta(days=1))
    return made


def ranked(cause, *, at, **said) -> MatchList:
    match_list = match_lists.request(cause=cause, at=at, **said)
    ranking.build(match_list=match_list, at=at)
    match_list.refresh_from_db()
    return match_list


def told(match_list) -> dict[int, Change]:
    return dict(selectors.changes(match_list).of)


@pytest.fixture
def cause():
    return CauseFactory(description="We clear beaches of plastic.", languages=["en"])


def test_a_first_list_and_one_with_other_filters_have_nothing_to_be_held_against(cause):
    person("I clear beaches of plastic.")
    first = ranked(cause, at=NOW)
    assert selectors.changes(first) is None
    assert selectors.changes(ranked(cause, at=LATER, filters=match_lists.Filters(language="fr"))) is None
    ranked(CauseFactory(), at=NOW)
    again = ranked(cause, at=LATER)
    assert selectors.changes(again).since == first
    assert selectors.changes(match_lists.request(cause=cause, at=LATER)) is None


def test_who_rose_fell_and_stayed_and_which_feature_did_it(cause):
    beaches, chess, cooking = person("I clear beaches."), person("Chess."), person("I cook.")
    ranked(cause, at=NOW)
    Influencer.objects.filter(pk=cooking.pk).update(bio="We clear beaches of plastic.")
    found = told(ranked(cause, at=LATER))
    assert found[cooking.pk] == Change(cooking.pk, Move.UP, 3, 1, "speaks_more", "topic_fit")
    assert found[beaches.pk].move is Move.DOWN
    assert (found[beaches.pk].before, found[beaches.pk].after) == (1, 2)
    assert found[chess.pk].move is Move.DOWN
    assert words.why_changed(found[cooking.pk].why, "topic_fit") == "“Subject matter” speaks more for them than then."


def test_who_did_not_move_has_no_reason(cause):
    one = person("I clear beaches.")
    ranked(cause, at=NOW)
    assert told(ranked(cause, at=LATER)) == {one.pk: Change(one.pk, Move.SAME, 1, 1, "")}
    assert words.why_changed("") == ""


def test_another_ranker_is_why_before_anything_else(cause):
    person("I clear beaches.")
    weak = person("Chess.")
    other = RankerVersion.objects.create(kind="scorecard", digest="x" * 64, manifest={}, created_at=NOW)
    MatchList.objects.filter(pk=ranked(cause, at=NOW).pk).update(ranker=other)
    Influencer.objects.filter(pk=weak.pk).update(bio="We clear beaches of plastic, all of us.")
    assert {change.why for change in told(ranked(cause, at=LATER)).values()} == {"other_ranker"}


def test_weights_that_were_moved_are_why_before_anything_else(cause):
    """And nobody says "another ranker" of what is the same scorecard, weighed otherwise."""
    person("We clear beaches of plastic.", languages=["fr"])
    weak = person("Chess.", languages=["fr"])
    ranked(cause, at=NOW)
    weights.set(cause=cause, weights={"topic_fit": 0.0}, by=UserFactory(), at=NOW)
    Influencer.objects.filter(pk=weak.pk).update(languages=["en"])
    assert {change.why for change in told(ranked(cause, at=LATER)).values()} == {"other_weights"}
    assert words.why_changed("other_weights") == "The weights of this cause were moved."


def test_who_came_and_who_went_and_why():
    topics.seed()
    cause = CauseFactory(description="We clear beaches of plastic.", conflicts=["alcohol"], languages=["en"])
    stays = [person(f"We clear beaches of plastic, {n}.") for n in range(2)]
    refused, drinks, sober, weak = person("Beaches."), person("Beaches, too."), person("I brew beer."), person("Chess.")
    first = ranked(cause, at=NOW, limit=5)
    assert set(first.matches.values_list("influencer", flat=True)) == {p.pk for p in (*stays, refused, drinks, weak)}
    VettingFactory(influencer=refused, cause=cause, verdict="refused", at=LATER)
    Influencer.objects.filter(pk=drinks.pk).update(bio="I brew beer and taste whisky.")
    Influencer.objects.filter(pk=sober.pk).update(bio="We clear beaches of plastic.")
    new = [InfluencerFactory(bio=f"We clear beaches of plastic: {n}.") for n in range(2)]
    Influencer.objects.filter(pk__in=[p.pk for p in new]).update(created_at=NOW + timedelta(days=1))
    second = ranked(cause, at=LATER, limit=5)
    found = told(second)
    assert {pk: (change.move, change.why) for pk, change in found.items() if change.move in {Move.NEW, Move.GONE}} == {
        refused.pk: (Move.GONE, "is_refused"),
        drinks.pk: (Move.GONE, "is_conflict"),
        weak.pk: (Move.GONE, "overtaken"),
        sober.pk: (Move.NEW, "was_conflict"),
        **{p.pk: (Move.NEW, "was_unknown") for p in new},
    }
    assert selectors.changes(second).counts == {"new": 3, "up": 0, "down": 0, "same": 2, "gone": 3} | {
        move: sum(change.move == move for change in found.values()) for move in ("up", "down", "same")
    }
    assert [change.influencer for change in selectors.changes(second).gone] == list(
        first.matches.filter(influencer__in=[refused.pk, drinks.pk, weak.pk])
        .order_by("rank")
        .values_list("influencer", flat=True)
    )


def test_every_code_has_words():
    for move in Move:
        assert str(words.MOVES[move.value])
    for why in ("other_ranker", "other_weights", "speaks_more", "speaks_less", "others_moved", "was_conflict", "was_unknown",
                "stood_lower", "is_conflict", "is_refused", "overtaken", "outside", "is_drawn", "was_drawn", "lots_moved",
                "was_not_drawn", "not_drawn", "had_lot"):  # fmt: skip
        assert words.why_changed(why, "topic_fit").endswith(".")


def test_a_page_asks_the_same_for_one_and_for_many(cause, django_assert_max_num_queries):
    for n in range(30):
        AccountFactory(influencer=person(f"We clear beaches of plastic, {n}."))
    ranked(cause, at=NOW)
    second = ranked(cause, at=LATER)
    with django_assert_max_num_queries(5):
        selectors.changes(second)
