"""Learning from outcomes. Worker only: this imports scikit-learn."""

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final

import numpy as np
from django.db import transaction

from crm.errors import DomainError
from matching.columns import labels
from matching.columns.labels import Learnable
from matching.models import RankerVersion, Training
from matching.ranking.learning import off_policy
from matching.ranking.learning.choosing import Choosing, Trials
from matching.ranking.learning.evaluation import Evaluation, Progress, evaluate, learning_curve, paired
from matching.ranking.learning.outcomes import Outcomes
from matching.ranking.learning.sided import Given, Sided, sided
from matching.ranking.learning.suspects import suspects
from matching.ranking.learning.trainers import Constant, Fixed, Single, Trainer
from matching.ranking.learning.tried import Tried, tried
from matching.ranking.ranker import Ranker
from matching.ranking.schema import FEATURES
from matching.ranking.scorecard import scorecard
from matching.services import rankers

FEWEST_CAUSES: Final = 5  # from which on whole causes are left out; fewer go forward in time
OURS: Final = "causeway"
_RESAMPLES: Final = 20
_AT_MOST_EVERY: Final = timedelta(days=1)
_GROWN: Final = 1.2  # times as many outcomes as were learned from last
_LEASE = timedelta(minutes=30)
_CURVE: Final = (10, 30, 100, 300, 1_000, 3_000, 10_000)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Learned:
    """A ranker, others that samples of the same outcomes teach, and what was found out about it."""

    ranker: Ranker
    resamples: list[Ranker]
    report: dict[str, Any]


def build(*, training: Training, at: datetime) -> None:
    """Learn and store what was learned, once. What cannot be learned says why."""
    if not Training.objects.due(at=at).order_by().filter(pk=training.pk).update(lease_until=at + _LEASE):
        return

    begun = monotonic()

    def progress(done: int, of: int) -> None:
        now = at + timedelta(seconds=monotonic() - begun)
        Training.objects.filter(pk=training.pk).update(done=done, of=of, lease_until=now + _LEASE)

    try:
        store(learn(at=at, progress=progress), training=training, at=at)
    except DomainError as error:
        said = {"code": error.code, "params": error.params}
        Training.objects.filter(pk=training.pk).update(state=Training.State.FAILED, error=said, lease_until=None)


def request_due(*, at: datetime) -> Training | None:
    """Ask for a training where outcomes grew by a fifth since the last one, and are enough at all."""
    last = Training.objects.order_by("-pk").first()
    if last is not None and last.requested_at > at - _AT_MOST_EVERY:
        return None
    rows = labels.learnable(at=at).outcomes
    learned = last.ranker.report.get("labels", 0) if last and last.ranker else 0
    try:
        check_enough(rows)
    except DomainError:
        return None
    return rankers.request_training(at=at) if len(rows) >= _GROWN * learned else None


@transaction.atomic
def store(learned: Learned, *, training: Training, at: datetime) -> RankerVersion:
    """Keep what was learned, found again by its digest; it serves nobody yet."""
    version = rankers.keep(
        learned.ranker,
        kind=RankerVersion.Kind.LEARNED,
        at=at,
        report=learned.report,
        resamples=[one.manifest() for one in learned.resamples],
    )
    Training.objects.filter(pk=training.pk).update(
        state=Training.State.READY, ranker=version, ready_at=at, lease_until=None
    )
    return version


def learn(*, at: datetime, progress: Progress | None = None) -> Learned:
    """What all outcomes known at an instant teach, and how well that ranks those it did not learn from.

    Raises DomainError: outcomes_too_few (labels, groups and what is needed).
    """
    known = labels.learnable(at=at)
    rows = known.outcomes
    check_enough(rows)
    if known.causes < FEWEST_CAUSES:
        rows = known.in_time
    quick = [one.calibrated(False) for one in sided(scorecard(), len(rows))]
    choosing = Choosing(Trials(quick), OURS, finish=_calibrated)
    evaluation, contenders = _evaluated(rows, choosing, at=at, progress=progress)
    trainer = _calibrated(choosing.choose(rows))
    report = _report(rows, known, evaluation, trainer) | {"tries": choosing.chosen[:-1], "contenders": contenders}
    report["champion"] = rankers.serving(at=at)[0].digest
    ranker = trainer.fit(rows)
    return Learned(ranker, _resampled(rows, trainer, ranker), report)


def check_enough(rows: Outcomes) -> None:
    """Raises DomainError("outcomes_too_few")."""
    groups = informative(rows)
    least = {"least_labels": rankers.FEWEST_LABELS, "least_groups": rankers.FEWEST_GROUPS}
    if len(rows) < rankers.FEWEST_LABELS or groups < rankers.FEWEST_GROUPS:
        raise DomainError("outcomes_too_few", labels=len(rows), groups=groups, **least)


def informative(rows: Outcomes) -> int:
    """In how many groups there is a better and a worse."""
    return sum(len(np.unique(rows.grades[rows.groups == group])) > 1 for group in np.unique(rows.groups))


def _evaluated(
    rows: Outcomes, choosing: Choosing, *, at: datetime, progress: Progress | None
) -> tuple[Evaluation, list[dict[str, Any]]]:
    contenders: list[Trainer] = [
        Constant(),
        Fixed("popularity", "log_followers"),
        Fixed("engagement", "engagement_rate"),
        Single(),
        Given("scorecard", scorecard()),
        choosing,
    ]
    version, champion = rankers.serving(at=at)
    if version.kind == RankerVersion.Kind.LEARNED:
        contenders.append(Given("champion", champion))
    evaluation = evaluate(rows, contenders, progress=progress)
    table = evaluation.report(OURS)["contenders"]
    assert isinstance(table, list)
    return evaluation, table


def _report(rows: Outcomes, known: Learnable, evaluation: Evaluation, trainer: Given | Sided) -> dict[str, Any]:
    found, beyond = tried(rows, trainer), off_policy.estimate(rows, evaluation)
    return {
        "labels": len(rows),
        "accepts": int(np.count_nonzero(~np.isnan(rows.accepts))),
        "wants": int(np.count_nonzero(~np.isnan(rows.wants))),
        "groups": informative(rows),
        "causes": known.causes,
        "left_aside": known.left_aside,
        "until": known.until.isoformat(),
        "by_time": evaluation.by_time,
        "trainer": trainer.name,
        "accept_rate": _accept_rate(rows),
        "suspects": suspects(rows),
        "ablations": _ablations(found),
        "curve": {str(size): ndcg for size, ndcg in learning_curve(rows, trainer, _CURVE).items()},
        "calibration": found.calibration(),
    } | ({"off_policy": beyond.report()} if beyond else {})


def _accept_rate(rows: Outcomes) -> float:
    """The share of yes, of those who were shown by rank: what `drift` holds later answers against."""
    answers = rows.accepts if rows.propensity is None else rows.accepts[rows.propensity == 1]
    return float(np.nanmean(answers)) if not np.isnan(answers).all() else 0.0


def _ablations(found: Tried) -> list[dict[str, Any]]:
    """What each feature brings: nDCG as it is minus as if nobody knew it, on rows that were not learned from."""
    whole = found.ndcg()
    lines = []
    for one in FEATURES:
        lost = paired(whole, found.ndcg(without=one.name))
        known = int(np.count_nonzero(~np.isnan(found.rows.values[:, found.rows.names.index(one.name)])))
        lines.append({"feature": one.name, "mean": lost.mean, "low": lost.low, "high": lost.high, "known": known})
    return lines


def _calibrated(trainer: Trainer) -> Given | Sided:
    assert isinstance(trainer, Given | Sided)
    return trainer.calibrated()


def _resampled(rows: Outcomes, trainer: Given | Sided, ranker: Ranker) -> list[Ranker]:
    """What as many lists drawn from the same ones would have taught, told on the ranker's own scale. People of one list
    are drawn together: what came of them is not independent.
    """
    rng = np.random.default_rng(0)
    by_group = [np.flatnonzero(rows.groups == group) for group in np.unique(rows.groups)]
    found = []
    for _ in range(_RESAMPLES):
        drawn = np.sort(np.concatenate([by_group[place] for place in rng.integers(0, len(by_group), len(by_group))]))
        one = trainer.calibrated(False).fit(rows.take(drawn))
        accepts, wants = (
            replace(side, calibration=own.calibration) for side, own in zip(one.sides, ranker.sides, strict=True)
        )
        found.append(Ranker(accepts, wants, one.name))
    return found
