"""What is missing, and whether it could change the rank: the ranks said are those of ranking again with it filled in."""

from datetime import timedelta

import pytest

from crm.models import AccountSnapshot, AudienceShare, Influencer
from crm.services import activity
from matching import words
from matching.models import MatchList, RankerVersion
from matching.ranking.scorecard import scorecard
from matching.services import match_lists, ranking, unknowns
from matching.services.unknowns import Span
from tests.factories import NOW, AccountFactory, CauseFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SHARES = (0.0, 0.15, 0.3, 0.5, 0.7, 0.95)


@pytest.fixture
def cause():
    return CauseFactory(description="We clear beaches.", languages=["en"], countries=["GB"])


@pytest.fixture
def people(cause) -> list[Influencer]:
    """Six whose audiences are known, and two of whose audiences nothing is."""
    made = [AccountFactory(influencer__bio=f"The beach {n}.").influencer for n in range(8)]
    for person, part in zip(made, SHARES, strict=False):
        know(person, "country", "GB", part)
    return made


def know(person, dimension, key, part) -> None:
    AudienceShare.objects.create(
        account=person.accounts.get(), dimension=dimension, key=key, share=part, observed_at=NOW - DAY, source="f.csv"
    )


def listed(cause, **said) -> MatchList:
    match_list = match_lists.request(cause=cause, at=NOW, **said)
    ranking.build(match_list=match_list, at=NOW)
    match_list.refresh_from_db()
    return match_list


def found(match_list, person) -> unknowns.Unknowns:
    match = match_list.matches.get(influencer=person)
    return unknowns.of(match_list, [match])[match.pk]


def rank_of(match_list, person) -> int | None:
    return match_list.matches.filter(influencer=person).values_list("rank", flat=True).first()


def best_and_worst(cause, person, fill, **said) -> tuple[int | None, int | None]:
    """The ranks when it is filled in at its best and at its worst."""
    ranks = []
    for part in (1.0, 0.0):
        fill(person, part)
        ranks.append(rank_of(listed(cause, **said), person))
        AudienceShare.objects.filter(account__influencer=person).delete()
    return ranks[0], ranks[1]


def test_the_ranks_said_are_those_of_ranking_again_with_the_value_filled_in(cause, people):
    match_list, person = listed(cause), people[6]
    span = found(match_list, person).spans["audience_geo"]
    before = rank_of(match_list, person)
    best, worst = best_and_worst(cause, person, lambda one, part: know(one, "country", "GB", part))
    assert span == Span(best, worst)
    assert best < before < worst


def test_a_guess_is_no_gap(cause, people):
    """Whoever posts in the cause's language is taken to be heard in it: nothing is missing there."""
    assert "language_reach" not in found(listed(cause), people[0]).spans


def test_all_together_are_the_ranks_of_ranking_again_with_all_of_it_filled_in(cause, people):
    for dimension, key in (("gender", "female"), ("age", "18-24"), ("interest", "sea")):
        cause.targets.create(dimension=dimension, key=key)
    for n, person in enumerate(people[:6]):
        know(person, "gender", "female", n / 10)
        know(person, "age", "18-24", n / 10)
        know(person, "interest", "sea", n / 10)
    match_list, person = listed(cause), people[7]
    ranker = RankerVersion.objects.get()
    without = {"reply_rate", "action_rate", "authenticity", "growth_rate", "engagement_rate", "cause_share",
               "days_since_last_post", "sponsorship_load"}  # fmt: skip
    manifest_of_what_is_filled_here(ranker, without)
    told = found(match_list, person)
    assert set(told.spans) == {"audience_geo", "audience_gender", "audience_age", "audience_interest"}

    def fill(one, part):
        for dimension, key in (("country", "GB"), ("gender", "female"), ("age", "18-24"), ("interest", "sea")):
            know(one, dimension, key, part)

    assert told.together == Span(*best_and_worst(cause, person, fill))


def manifest_of_what_is_filled_here(version, without) -> None:
    """The ranker of the list, as if it weighed none of these; they add nothing to anybody of this list anyway."""
    version.manifest = scorecard(dict.fromkeys(without, 0.0)).manifest()
    version.save()
    MatchList.objects.update(ranker=version)


def test_beyond_the_end_of_the_list_somebody_drops_out(cause, people):
    match_list, person = listed(cause, limit=6), people[6]
    span = found(match_list, person).spans["audience_geo"]
    best, worst = best_and_worst(cause, person, lambda one, part: know(one, "country", "GB", part), limit=6)
    assert (span, worst) == (Span(best, None), None)
    assert best < rank_of(match_list, person)


def test_in_a_list_of_everybody_nobody_drops_out(cause, people):
    assert found(listed(cause, limit=8), people[6]).spans["audience_geo"].worst == 8


def test_the_last_of_a_list_who_could_only_lose_may_drop_out(cause, people):
    """Whoever stands below the list scores no higher than they do now, and may once they score less."""
    match_list = listed(cause, limit=3)
    last = match_list.matches.get(rank=3)
    told = found(match_list, last.influencer)
    assert told.together.worst is None


def test_whoever_was_erased_leaves_a_gap_that_nobody_falls_into(cause, people):
    match_list, person = listed(cause), people[6]
    whole = found(match_list, person).spans["audience_geo"]
    match_list.matches.exclude(influencer=person).order_by("-rank").first().influencer.delete()
    assert found(match_list, person).spans["audience_geo"] == Span(whole.best, whole.worst - 1)
    match_list.matches.exclude(influencer=person).order_by("rank").first().influencer.delete()
    assert found(match_list, person).spans["audience_geo"].best == whole.best + 1


def test_what_the_cause_does_not_ask_for_or_is_known_is_not_missing(cause, people):
    spans = found(listed(cause), people[0]).spans
    assert not {"audience_geo", "audience_age", "hashtag_overlap", "platform_fit", "log_followers"} & set(spans)


def test_the_widest_span_stands_first_and_dropping_out_before_all(cause, people):
    match_list = listed(cause, limit=6)
    spans = list(found(match_list, people[6]).spans.values())
    width = [999 if span.worst is None else span.worst - span.best for span in spans]
    assert width == sorted(width, reverse=True)


def test_nothing_missing_moves_nobody(cause):
    person = AccountFactory(influencer__bio="The beach.").influencer
    match_list = listed(cause)
    told = found(match_list, person)
    assert {(span.best, span.worst) for span in told.spans.values()} == {(1, 1)}
    assert told.together == Span(1, 1)
    match = match_list.matches.get()
    for value in match.values.values():
        value["value"] = value["value"] or 0.0
    empty = unknowns.of(match_list, [match])[match.pk]
    assert (dict(empty.spans), empty.together) == ({}, None)


def test_of_a_list_of_an_earlier_schema_it_is_not_computed_any_more(cause, people):
    match_list = listed(cause)
    version = RankerVersion.objects.get()
    version.manifest["schema_version"] = 1
    version.save()
    match_list.refresh_from_db()
    assert unknowns.of(match_list, list(match_list.matches.all())) is None


def test_many_cost_what_one_does(cause, people, django_assert_num_queries):
    match_list = MatchList.objects.select_related("ranker").get(pk=listed(cause).pk)
    matches = list(match_list.matches.all())
    for some in (matches[:1], matches):
        with django_assert_num_queries(1):
            unknowns.of(match_list, some)


@pytest.mark.parametrize(
    ("rank", "best", "worst", "one", "whole"),
    [
        (9, 3, 41, "If their audience’s countries were known, they could stand anywhere from 3 to 41.",
         "With all that is missing known, they could stand anywhere from 3 to 41."),
        (9, 3, None, "If their audience’s countries were known, they could stand from 3 down, or drop out of the list.",
         "With all that is missing known, they could stand from 3 down, or drop out of the list."),
        (9, 9, 9, "If their audience’s countries were known, they would still stand where they do.",
         "Nothing that is missing could move them."),
        (9, 7, 11, "If their audience’s countries were known, they could stand anywhere from 7 to 11.",
         "Nothing that is missing could move them by more than two places."),
        (9, 9, 12, "If their audience’s countries were known, they could stand anywhere from 9 to 12.",
         "With all that is missing known, they could stand anywhere from 9 to 12."),
    ],
)  # fmt: skip
def test_it_is_said_in_ranks(rank, best, worst, one, whole):
    assert words.could_stand("audience_geo", rank=rank, best=best, worst=worst) == one
    assert words.could_stand_at_all(rank=rank, best=best, worst=worst) == whole


def test_filling_in_what_is_no_share_is_said_right_too(cause, people):
    """Messages and readings: answered by nobody so far; growth unknown until there are two readings."""
    match_list, person = listed(cause), people[6]
    told = found(match_list, person)
    before = rank_of(match_list, person)
    assert {"reply_rate", "growth_rate"} <= set(told.spans)
    for days, followers in ((100, 30_000), (1, 48_000)):
        AccountSnapshot.objects.create(
            account=person.accounts.get(), observed_at=NOW - days * DAY, source="f.csv", followers=followers
        )
    again = rank_of(listed(cause), person)
    assert told.spans["growth_rate"].best <= again <= before
    for n in range(30):
        activity.record(influencer=person, kind="message_sent", at=NOW - (300 - n) * DAY)
    assert rank_of(listed(cause), person) <= told.together.worst
