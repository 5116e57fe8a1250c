"""What one training finds out, and stores: it takes long, so all look at the same."""

import pytest

from matching.models import Match
from matching.ranking.ranker import Ranker
from matching.ranking.schema import FEATURES
from matching.ranking.tables import Calibration
from tests.matching import outcomes

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def report(once):
    outcomes.plant(each=20)
    Match.objects.filter(rank__gt=16).update(propensity=0.25)
    version = outcomes.learned()
    return version.report | {"stored": version.manifest, "kind": version.kind, "resamples": version.resamples}


def test_it_finds_a_truth_that_is_not_the_scorecards(report):
    found = {row["name"]: row for row in report["contenders"]}
    assert list(found) == ["chance", "popularity", "engagement", "single feature", "scorecard", "causeway"]
    assert found["scorecard"]["verdict"] == found["chance"]["verdict"] == found["popularity"]["verdict"] == "better"
    assert found["scorecard"]["difference"]["low"] > 0
    assert (report["labels"], report["causes"], report["by_time"], report["suspects"]) == (320, 8, False, {})
    assert report["groups"] == 16


def test_every_feature_has_its_ablation(report):
    lines = {row["feature"]: row for row in report["ablations"]}
    assert list(lines) == [one.name for one in FEATURES]
    assert max(lines, key=lambda name: lines[name]["mean"]) in outcomes.TRUTH
    assert lines["log_followers"]["mean"] == 0.0


def test_it_says_how_sure_and_how_calibrated_it_is(report):
    assert sum(part["number"] for part in report["calibration"]["accepts"]) == 320
    assert list(report["curve"]) == ["10", "30", "100"]
    assert report["curve"]["100"] > report["curve"]["10"]
    assert len(report["resamples"]) == 20
    assert len({one["digest"] for one in report["resamples"]}) == 20
    assert Ranker.from_manifest(report["stored"]).digest == report["stored"]["digest"]
    assert report["kind"] == "learned"


def test_samples_speak_on_the_scale_of_the_ranker(report):
    ranker = Ranker.from_manifest(report["stored"])
    samples = [Ranker.from_manifest(one) for one in report["resamples"]]
    assert {side.calibration for one in samples for side in one.sides} == {side.calibration for side in ranker.sides}
    assert all(side.calibration != Calibration() for side in ranker.sides)


def test_it_says_what_would_have_come_of_people_who_were_drawn_by_lot(report):
    found = report["off_policy"]
    assert (found["lists"], found["drawn"], found["stands_for"]) == (16, 64, 4.0)
    rows = {row["name"]: row for row in found["contenders"]}
    assert list(rows) == [row["name"] for row in report["contenders"]]
    assert rows["causeway"]["value"]["low"] > rows["scorecard"]["value"]["mean"]
    assert rows["causeway"]["difference"]["low"] > 0
