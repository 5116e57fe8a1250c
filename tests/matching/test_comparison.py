"""Several people of a list, feature by feature."""

import pytest

from matching.models import MatchList
from matching.services import comparison, match_lists, ranking
from tests.factories import NOW, AccountFactory, CauseFactory, InfluencerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def match_list() -> MatchList:
    AccountFactory(influencer__bio="We clear beaches.", influencer__languages=["en"])
    AccountFactory(influencer__bio="Chess.", influencer__languages=["en"])
    InfluencerFactory(bio="Chess.", languages=[])
    made = match_lists.request(cause=CauseFactory(platforms=["instagram"], countries=[]), at=NOW)
    ranking.build(match_list=made, at=NOW)
    made.refresh_from_db()
    return made


def compared(match_list, *ranks) -> comparison.Comparison:
    return comparison.of(match_list, list(match_list.matches.filter(rank__in=ranks).order_by("rank")))


def rows(found) -> dict[str, comparison.Row]:
    return {row.feature: row for row in found.sides["wants"]}


def test_what_sets_them_most_apart_stands_first_and_the_largest_of_all_is_the_scale(match_list):
    found = compared(match_list, 1, 2, 3)
    apart = [row.apart for row in found.sides["wants"]]
    assert apart == sorted(apart, reverse=True)
    assert list(found.sides) == ["wants", "accepts"]
    sides = [match.sides for match in match_list.matches.all()]
    assert found.scale == max(
        abs(added) for one in sides for side in one.values() for added in side["contributions"].values()
    )


def test_who_is_ahead_is_marked_unless_all_are_level(match_list):
    found = rows(compared(match_list, 1, 2))
    assert [cell.is_ahead for cell in found["topic_fit"].cells] == [True, False]
    assert [cell.is_ahead for cell in found["language_reach"].cells] == [False, False]


def test_what_is_unknown_is_said_so_beside_those_of_whom_it_is_known(match_list):
    *_, last = rows(compared(match_list, 1, 2, 3))["language_reach"].cells
    assert (last.basis, last.text, last.contribution) == ("missing", "Their audience’s languages are unknown", 0.0)


def test_what_counts_for_nobody_of_them_is_named_once_below(match_list):
    found = compared(match_list, 1, 2)
    assert "growth_rate" in found.unknown
    assert found.neutral == ("contacts_last_90d",)
    assert "audience_geo" not in found.unknown  # the cause does not ask for it
