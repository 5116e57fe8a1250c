"""What a training finds out, made up, so that pages have something to show without learning anything."""

from matching.models import RankerVersion
from matching.ranking.scorecard import scorecard
from matching.services import rankers
from tests.factories import NOW


def row(name, *, ndcg=0.4, mean=0.1, low=0.05, high=0.15):
    verdict = "better" if low > 0 else "worse" if high < 0 else "unsure"
    found = {"mean": mean, "low": low, "high": high}
    return {"name": name, "ndcg": ndcg, "recall": 0.9, "difference": found, "verdict": verdict}


OURS = row("causeway", ndcg=0.512, mean=0.0, low=0.0, high=0.0)
SURE = (row("chance", ndcg=0.3), row("scorecard", ndcg=0.431, mean=0.081, low=0.02, high=0.14), OURS)
UNSURE = (row("chance", ndcg=0.3), row("scorecard", ndcg=0.5, mean=0.012, low=-0.031, high=0.055), OURS)


def report(**more):
    """Of a ranker that learned from 214 outcomes."""
    current, _ = rankers.serving(at=NOW)
    part = {"number": 107, "given": 0.2, "came": 0.25}
    return {
        "labels": 214,
        "accepts": 200,
        "wants": 150,
        "groups": 16,
        "causes": 8,
        "left_aside": {"never_shown": 12},
        "until": NOW.isoformat(),
        "by_time": False,
        "trainer": "logistic",
        "accept_rate": 0.4,
        "suspects": {},
        "champion": current.digest,
        "contenders": list(SURE),
        "curve": {"10": 0.35, "30": 0.42, "100": 0.5},
        "calibration": {"accepts": [part, part | {"given": 0.6, "came": 0.5}], "wants": []},
        "ablations": [
            {"feature": "topic_fit", "mean": -0.01, "low": -0.02, "high": 0.001, "known": 210},
            {"feature": "audience_age", "mean": 0.09, "low": 0.04, "high": 0.12, "known": 180},
        ],
    } | more


def learned(weight=1.0, resamples=(), **more) -> RankerVersion:
    """A version as training leaves one; its numbers are those of a scorecard of other weights."""
    made = report(**more)
    ranker = scorecard({"topic_fit": weight})
    return rankers.keep(ranker, kind=RankerVersion.Kind.LEARNED, at=NOW, report=made, resamples=resamples)
