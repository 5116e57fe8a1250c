"""Lists in which some places are drawn by lot: what is stored of them, and that all who read a list know it."""

import json
from datetime import timedelta

import numpy as np
import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from crm.models import AudienceShare, Influencer
from matching import selectors, words
from matching.columns import labels
from matching.models import LeftOut, Match, MatchList, RelevanceLabel
from matching.ranking import lots
from matching.ranking.scorecard import WEIGHTS, scorecard
from matching.selectors import Move
from matching.services import conflicts, hashtags, match_lists, rankers, ranking, snapshot, unknowns, weights
from matching.services.unknowns import Span
from tests.factories import (
    NOW,
    AccountFactory,
    CauseFactory,
    OutreachFactory,
    UserFactory,
    VettingFactory,
    browser_of,
    officers_tool,
)
from tests.matching import reports

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=9)
WORDS = "beach plastic litter turtle reef coral tide dune shore wave whale seal kelp sand gull crab foam surf bay cliff"


@pytest.fixture
def cause():
    return CauseFactory(description=f"We care for {WORDS}.", languages=["en"])


@pytest.fixture(scope="module")
def thirty(once) -> list[int]:
    words = WORDS.split()
    bios = [" ".join([*words[: max(20 - n, 0)], *(f"other{n}word{m}" for m in range(n))]) for n in range(30)]
    made = [AccountFactory(influencer__bio=bio, influencer__languages=["en"]).influencer_id for bio in bios]
    Influencer.objects.update(created_at=NOW - timedelta(days=1))
    snapshot.refresh(at=NOW)
    return made


@pytest.fixture
def people(thirty) -> list[Influencer]:
    """Thirty who all fit differently: the first says the most of what the cause says."""
    return list(Influencer.objects.order_by("pk"))


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


# -- Who reads lists ---------------------------------------------------------------------------------------------------


@pytest.fixture
def with_lots(settings, cause, people):
    """A list of ten, of whom three were drawn."""
    settings.RANDOMISED_SLOTS = 0.3
    return ranked(cause)


def by_rank(match_list) -> list[int]:
    return list(match_list.matches.ranked().order_by("rank").values_list("influencer", flat=True))


def by_lot(match_list) -> list[int]:
    return list(match_list.matches.drawn().order_by("rank").values_list("influencer", flat=True))


def test_who_came_moved_and_went_by_lot(settings, cause, people):
    best = [row[1] for row in rows(ranked(cause))]
    settings.RANDOMISED_SLOTS = 0.3
    second = ranked(cause, at=LATER)
    drawn = by_lot(second)
    found = {pk: (change.move, change.why) for pk, change in selectors.changes(second).of.items()}
    assert found == {
        best[0]: (Move.SAME, ""),
        **dict.fromkeys(best[1:7], (Move.DOWN, "lots_moved")),
        **{pk: (Move.GONE, "not_drawn") for pk in best[7:] if pk not in drawn},
        **{pk: (Move.NEW, "is_drawn") for pk in drawn if pk not in best},
        **{pk: found[pk] for pk in drawn if pk in best},
    }
    assert {found[pk][1] for pk in drawn if pk in best} <= {"is_drawn", ""}
    settings.RANDOMISED_SLOTS = 0.0
    third = ranked(cause, at=LATER + timedelta(days=1))
    found = {pk: (change.move, change.why) for pk, change in selectors.changes(third).of.items()}
    assert found == {
        best[0]: (Move.SAME, ""),
        **dict.fromkeys(best[1:7], (Move.UP, "lots_moved")),
        **{pk: (Move.NEW, "was_not_drawn") for pk in best[7:] if pk not in drawn},
        **{pk: (Move.GONE, "had_lot") for pk in drawn if pk not in best},
        **{pk: found[pk] for pk in drawn if pk in best},
    }
    assert {found[pk][1] for pk in drawn if pk in best} <= {"was_drawn", ""}


def test_whoever_was_drawn_and_is_refused_since_is_gone_for_that(settings, cause, people, with_lots):
    drawn = by_lot(with_lots)
    VettingFactory(influencer_id=drawn[0], influencer=None, cause=cause, verdict="refused", at=LATER)
    found = selectors.changes(ranked(cause, at=LATER)).of
    assert found[drawn[0]].why == "is_refused"
    assert {found[pk].why for pk in drawn[1:] if found[pk].move is Move.GONE} <= {"had_lot"}


def test_a_preview_of_weights_is_of_those_who_stand_by_rank_at_their_places(cause, with_lots):
    told = weights.preview(cause=cause, weights={})
    assert [(move.id, move.before, move.after) for move in told.moves] == [
        (pk, place, place) for pk, place in zip(by_rank(with_lots), (1, 3, 4, 5, 7, 8, 10), strict=True)
    ]
    assert (told.outside, told.drawn, told.moved) == (23, 3, 0)
    assert [move.id for move in told.top(5)] == by_rank(with_lots)[:4]
    assert told.bar == with_lots.matches.get(rank=10).score


def test_only_who_stands_by_rank_is_aligned_with_a_cause(cause, with_lots):
    assert set(hashtags.aligned(cause=cause).people) == set(by_rank(with_lots))


def test_the_place_that_somebody_could_have_is_told_among_those_who_stand_by_rank(settings, cause, people):
    """The ranks said are those of ranking again with the value filled in, whoever is drawn then."""
    cause.countries = ["GB"]
    cause.save()
    for n, person in enumerate(people[:28]):
        know(person, 0.9 - n / 40)
    settings.RANDOMISED_SLOTS = 0.3
    match_list = ranked(cause)
    for match in match_list.matches.all():
        unknown = unknowns.of(match_list, [match])[match.pk]
        assert unknown.rank == (None if match.is_drawn else match.rank)
        places = {match.rank for match in match_list.matches.ranked()} | {None}
        assert {span.best for span in unknown.spans.values()} <= places


def test_whoever_was_drawn_is_told_where_they_would_stand_by_rank(settings, cause, people):
    cause.countries = ["GB"]
    cause.save()
    for n, person in enumerate(people):
        if n != 7:
            know(person, 0.3 - n / 200)
    settings.RANDOMISED_SLOTS = 0.3
    match_list = ranked(cause)
    match = drawn_into(match_list, people[7], cause)
    known = drawn_into(match_list, people[29], cause)
    told = unknowns.of(match_list, [match, known])
    know(people[7], 1.0)
    again = ranked(cause).matches.get(influencer=people[7])
    assert (again.rank, again.is_drawn) == (10, False)
    assert told[match.pk].spans["audience_geo"] == Span(again.rank, None)
    assert "audience_geo" not in told[known.pk].spans
    assert set(told[known.pk].spans.values()) == {Span(None, None)}


def drawn_into(match_list, person, cause) -> Match:
    """As if the lot had fallen on this person."""
    match_list.matches.filter(influencer=person).delete()
    drawn = match_list.matches.drawn().first()
    match = ranked(cause, limit=30).matches.get(influencer=person)
    Match.objects.filter(pk=drawn.pk).delete()
    Match.objects.filter(pk=match.pk).update(match_list=match_list, rank=drawn.rank, propensity=drawn.propensity)
    match.refresh_from_db()
    return match


def test_in_words_of_ranks_by_rank():
    assert words.could_stand("audience_geo", rank=None, best=None, worst=None) == (
        "If their audience’s countries were known, they would still not stand in the list by rank."
    )
    assert words.could_stand_at_all(rank=None, best=None, worst=None) == (
        "Nothing that is missing could bring them into the list by rank."
    )
    assert words.could_stand_at_all(rank=None, best=7, worst=8) == (
        "With all that is missing known, they could stand anywhere from 7 to 8."
    )


def test_the_list_says_how_many_were_drawn_and_why_and_who(cause, with_lots):
    client = browser_of(UserFactory(role="officer"))
    said = page(client, f"{with_lots.pk}/change/")
    assert "3 of these 10 places were drawn by lot, among people the ranker would not have shown" in said
    assert said.count('so that it can learn about them too.">By lot</span>') == 3
    drawn, first = with_lots.matches.drawn().first(), with_lots.matches.get(rank=1)
    assert f"Place {drawn.rank} of the list, drawn by lot; 30 considered" in page(
        client, f"{with_lots.pk}/match/{drawn.pk}/evidence/"
    )
    assert "Rank 1 of 30 considered" in page(client, f"{with_lots.pk}/match/{first.pk}/evidence/")
    compared = page(client, f"{with_lots.pk}/compare/?match={drawn.pk}&match={first.pk}")
    assert compared.count(">By lot</span>") == 1


def test_without_lots_nothing_is_said_of_them(cause, people):
    said = page(browser_of(UserFactory(role="officer")), f"{ranked(cause).pk}/change/")
    assert "by lot" not in said.lower()


def test_a_preview_says_that_whoever_was_drawn_is_left_aside(cause, with_lots):
    client = browser_of(UserFactory(role="manager"))
    asked = f"weights/?cause={cause.pk}&preview=1&" + "&".join(f"{name}=1" for name in WEIGHTS)
    assert "Whoever was drawn by lot is left aside: weights do not move them." in page(client, asked)


def test_a_conversation_says_that_it_began_by_lot(cause, with_lots):
    drawn = with_lots.matches.drawn().first()
    talk = OutreachFactory(influencer=drawn.influencer, match=drawn, campaign__cause=cause)
    response = browser_of(UserFactory(role="officer")).get(f"/admin/outreach/outreach/{talk.pk}/change/")
    assert f"Place {drawn.rank} of the list, drawn by lot; 30 considered" in " ".join(response.content.decode().split())


def test_tools_are_told_the_propensity_in_the_order_of_places(cause, with_lots, capsys):
    client = officers_tool("match-lists:read", "influencers:read")
    told = client.get(f"/api/v1/match-lists/{with_lots.public_id}/matches/").json()["results"]
    assert [one["rank"] for one in told] == list(range(1, 11))
    assert [one["propensity"] for one in told] == [row[2] for row in rows(with_lots)]
    call_command("rank", "--cause", cause.slug, "--top", "10", "--json")
    told = json.loads(capsys.readouterr().out)["matches"]
    assert [one["propensity"] < 1 for one in told] == [one["rank"] in (2, 6, 9) for one in told]


def test_outcomes_carry_how_probable_it_was_that_they_were_shown(cause, with_lots):
    matches = list(with_lots.matches.order_by("rank"))
    for match in [*matches[:5], matches[8]]:  # of four of the seven by rank, and of two of the three by lot
        RelevanceLabel.objects.create(
            cause=cause,
            influencer=match.influencer,
            side="wants",
            kind="fit",
            grade=2,
            at=LATER,
            origin=f"test:{match.pk}",
        )
    known = labels.learnable(at=LATER)
    for found in (known.outcomes, known.in_time):
        assert found.propensity.tolist() == [1.0, 3 / 23, 1.0, 1.0, 1.0, 3 / 23]
        assert found.told.tolist() == [4 / 7, 2 / 3, 4 / 7, 4 / 7, 4 / 7, 2 / 3]
        assert found.take(np.array([5])).propensity.tolist() == [3 / 23]
    with_lots.matches.update(propensity=1)
    assert (labels.learnable(at=LATER).outcomes.propensity, labels.learnable(at=LATER).outcomes.told) == (None, None)


def know(person, part) -> None:
    AudienceShare.objects.create(
        account=person.accounts.get(),
        dimension="country",
        key="GB",
        share=part,
        observed_at=NOW - timedelta(days=1),
        source="f.csv",
    )


def page(client, where) -> str:
    response = client.get(f"/admin/matching/matchlist/{where}")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())
