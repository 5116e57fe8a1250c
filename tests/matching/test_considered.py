"""Whom a list considers, and for which reason it leaves out the others."""

from datetime import timedelta

import pytest

from crm.errors import DomainError
from crm.models import AudienceShare, Influencer
from matching.models import MatchList
from matching.services import match_lists, ranking, snapshot
from matching.services.match_lists import Filters
from tests.factories import NOW, AccountFactory, CauseFactory, VettingFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def ranked(cause=None, **filters) -> MatchList:
    match_list = match_lists.request(cause=cause or CauseFactory(), at=NOW, filters=Filters(**filters))
    ranking.build(match_list=match_list, at=NOW)
    match_list.refresh_from_db()
    return match_list


def names(match_list):
    return sorted(match_list.matches.values_list("influencer__name", flat=True))


def hears(account, dimension, key, share):
    AudienceShare.objects.create(
        account=account, dimension=dimension, key=key, share=share, observed_at=NOW - DAY, source="f.csv"
    )


@pytest.fixture(scope="module")
def three(once):
    ana = AccountFactory(influencer__name="Ana", platform="instagram", followers=900, engagement_rate=0.09)
    AccountFactory(influencer=ana.influencer, platform="tiktok", followers=90_000, engagement_rate=0.01)
    ben = AccountFactory(influencer__name="Ben", platform="instagram", followers=80_000, engagement_rate=0.05)
    cleo = AccountFactory(influencer__name="Cleo", platform="youtube", followers=None, engagement_rate=None)
    Influencer.objects.filter(pk=cleo.influencer_id).update(country="FR", languages=["fr", "en"])
    hears(ben, "country", "FR", 0.3)
    hears(cleo, "country", "FR", 0.2)
    hears(ana, "country", "FR", None)  # the main one, and nobody knows how much
    hears(ben, "age", "18-24", 0.5)
    hears(cleo, "gender", "female", 0.7)
    snapshot.refresh(at=NOW)


@pytest.fixture
def people(three):
    """Ana has two accounts, each of which is half of what is asked for."""
    return {person.name: person for person in Influencer.objects.all()}


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({}, "Ana Ben Cleo"),
        ({"platform": "instagram"}, "Ana Ben"),
        ({"platform": "instagram", "min_followers": 1_000}, "Ben"),
        ({"min_followers": 0}, "Ana Ben"),
        ({"max_followers": 1_000}, "Ana"),
        ({"min_engagement": 0.05}, "Ana Ben"),
        ({"min_engagement": 0.05, "min_followers": 1_000}, "Ben"),
        ({"min_engagement": 0.0}, "Ana Ben"),
        ({"country": "FR"}, "Cleo"),
        ({"language": "fr"}, "Cleo"),
        ({"audience_country": "FR"}, "Ana Ben Cleo"),
        ({"audience_country": "FR", "audience_country_share": 0.0}, "Ben Cleo"),
        ({"audience_country": "FR", "audience_country_share": 0.25}, "Ben"),
        ({"audience_age": "18-24"}, "Ben"),
        ({"audience_gender": "female", "audience_gender_share": 0.7}, "Cleo"),
        ({"audience_country": "FR", "audience_age": "18-24", "platform": "instagram"}, "Ben"),
    ],
)
def test_filters(people, filters, left):
    found = ranked(**filters)
    assert names(found) == left.split()
    assert found.considered == len(left.split())
    assert found.left_out == ({"filtered": 3 - found.considered} if found.considered < 3 else {})


def test_only_whom_vetting_cleared_for_this_cause(people):
    cause = CauseFactory()
    VettingFactory(influencer=people["Ana"], cause=cause)
    VettingFactory(influencer=people["Ben"], cause=cause, at=NOW - DAY)
    VettingFactory(influencer=people["Ben"], cause=cause, verdict="refused")  # the newest counts
    VettingFactory(influencer=people["Cleo"], cause=CauseFactory())
    assert ranked(cause).left_out == {"vetting_refused": 1}
    found = ranked(cause, is_cleared=True)
    assert (names(found), found.left_out) == (["Ana"], {"vetting_refused": 1, "not_cleared": 1})


def test_nobody_contacted_lately(people):
    Influencer.objects.filter(pk=people["Ana"].pk).update(last_contacted_at=NOW - 60 * DAY)
    Influencer.objects.filter(pk=people["Ben"].pk).update(last_contacted_at=NOW - 60 * DAY + timedelta(seconds=1))
    found = ranked(rested_days=60)
    assert (names(found), found.left_out) == (["Ana", "Cleo"], {"contacted_lately": 1})


def test_nobody_of_the_last_list(people):
    cause = CauseFactory()
    assert names(ranked(cause, is_new=True)) == ["Ana", "Ben", "Cleo"]
    ranked(cause, platform="instagram")
    ranked(CauseFactory())
    found = ranked(cause, is_new=True)
    assert (names(found), found.left_out) == (["Cleo"], {"in_last_list": 2})
    again = ranked(cause, is_new=True)  # the last list is Cleo's
    assert (names(again), again.left_out) == (["Ana", "Ben"], {"in_last_list": 1})


def test_the_first_reason_that_holds_is_told(people):
    cause = CauseFactory()
    VettingFactory(influencer=people["Ana"], cause=cause, verdict="refused")
    Influencer.objects.update(last_contacted_at=NOW)
    found = ranked(cause, platform="instagram", rested_days=1)
    assert (found.state, found.error["code"]) == ("failed", "nobody_to_rank")
    found = ranked(cause, language="fr")
    assert found.left_out == {"vetting_refused": 1, "filtered": 1}


def test_a_list_keeps_what_was_asked_as_lists_did_before():
    assert Filters().stored() == {
        **{"platform": "", "country": "", "language": ""}, "min_followers": None, "max_followers": None,
    }  # fmt: skip
    said = Filters(min_engagement=0.0, is_new=True, rested_days=9)
    assert said.stored().keys() - Filters().stored().keys() == {"min_engagement", "is_new", "rested_days"}
    assert Filters(**said.stored()) == said


@pytest.mark.parametrize(
    "wrong", [{"min_engagement": 1.1}, {"audience_age_share": -0.1}, {"rested_days": 0}, {"rested_days": 9_999}]
)
def test_what_cannot_be_asked_is_refused(wrong):
    with pytest.raises(DomainError, match="filter_out_of_range"):
        Filters(**wrong)
