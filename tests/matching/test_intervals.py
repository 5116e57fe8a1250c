"""How sure a place is: what other samples of the same outcomes would have given the same person."""

import json

import numpy as np
import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from matching.models import Match, RankerVersion
from matching.ranking.features import Basis, FeatureMatrix
from matching.ranking.schema import FEATURES
from matching.ranking.scorecard import scorecard
from matching.services import match_lists, rankers, ranking
from tests.factories import NOW, AccountFactory, CauseFactory, UserFactory, browser_of, officers_tool
from tests.matching import reports

pytestmark = pytest.mark.django_db

SAMPLES = [scorecard({"topic_fit": 0.5 + 0.2 * n, "language_reach": 3.0 - 0.1 * n}) for n in range(20)]


@pytest.fixture
def match_list():
    for bio, spoken in (("We clear beaches of plastic.", "fr"), ("Chess.", "en"), ("Beaches.", "en")):
        AccountFactory(influencer__bio=bio, influencer__languages=[spoken])
    return match_lists.request(cause=CauseFactory(description="Clean beaches.", languages=["en"]), at=NOW)


def ranked(match_list):
    ranking.build(match_list=match_list, at=NOW)
    match_list.refresh_from_db()
    return list(match_list.matches.order_by("rank"))


def learned_from(samples):
    """A ranker that serves, with what samples of its outcomes taught."""
    version = reports.learned(resamples=[one.manifest() for one in samples])
    rankers.promote(version=version, at=NOW)


def said(match) -> FeatureMatrix:
    """What the list kept of somebody."""
    names = tuple(one.name for one in FEATURES)
    values = np.array([[match.values[name]["value"] for name in names]], dtype=np.float64)
    basis = np.where(np.isnan(values), Basis.MISSING, Basis.MEASURED).astype(np.int8)
    return FeatureMatrix(names, values, basis)


def test_nine_of_ten_samples_lie_within(match_list):
    learned_from(SAMPLES)
    matches = ranked(match_list)
    assert len(matches) == 3
    for match in matches:
        scores = sorted(one.score(said(match)).score[0] for one in SAMPLES)
        inside = [score for score in scores if match.score_low <= score <= match.score_high]
        assert len(inside) == 18
        assert scores[0] < match.score_low < scores[1] and scores[-2] < match.score_high < scores[-1]


def test_without_outcomes_nobody_pretends_to_know(match_list):
    assert {match.interval for match in ranked(match_list)} == {None}
    page = browser_of(UserFactory(role="officer")).get(f"/admin/matching/matchlist/{match_list.pk}/change/")
    assert "there are not enough outcomes yet" in page.content.decode()
    assert "cw-strip-band" not in page.content.decode()


def test_the_list_draws_it_and_says_what_it_is(match_list):
    learned_from(SAMPLES)
    first = ranked(match_list)[0]
    page = browser_of(UserFactory(role="officer")).get(f"/admin/matching/matchlist/{match_list.pk}/change/")
    words = " ".join(page.content.decode().split())
    assert "there are not enough outcomes yet" not in words
    assert "where two bands overlap, it is not certain who comes first" in words
    assert (
        f'fit index {first.score:.2f} <span class="cw-whole">({first.score_low:.2f} to {first.score_high:.2f})</span>'
        in words
    )
    assert words.count("cw-strip-band") == 3


def test_tools_are_told(match_list, capsys):
    learned_from(SAMPLES)
    first = ranked(match_list)[0]
    client = officers_tool("match-lists:read", "match-lists:write")
    [told, *_] = client.get(f"/api/v1/match-lists/{match_list.public_id}/matches/").json()["results"]
    assert told["interval"] == {"low": first.score_low, "high": first.score_high}
    call_command("rank", "--cause", match_list.cause.slug, "--json")
    assert set(json.loads(capsys.readouterr().out)["matches"][0]["interval"]) == {"low", "high"}


@pytest.mark.parametrize(("low", "high"), [(0.4, None), (None, 0.4), (0.5, 0.4), (-0.1, 0.4), (0.4, 1.1)])
def test_half_an_interval_is_none(match_list, low, high):
    ranked(match_list)
    with pytest.raises(IntegrityError, match="match_interval"), transaction.atomic():
        Match.objects.update(score_low=low, score_high=high)


def test_samples_are_signed_with_the_ranker(match_list):
    learned_from(SAMPLES)
    version = RankerVersion.objects.get(is_serving=True)
    assert [one.digest for one in rankers.resamples(version)] == [one.digest for one in SAMPLES]
    RankerVersion.objects.update(resamples=version.resamples[:3])
    assert {match.interval for match in ranked(match_list)} == {None}  # altered, it serves no more
