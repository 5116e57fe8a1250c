"""Which ranker serves: kept with a signature, promoted by an explicit act that must be earned, rolled back in one."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from crm import keyring
from crm.errors import DomainError
from crm.models import User
from matching.models import RankerVersion, Served, Training
from matching.ranking import manifest
from matching.ranking.ranker import Ranker
from matching.ranking.scorecard import scorecard

FEWEST_LABELS: Final = 100  # that anything is learned from
FEWEST_GROUPS: Final = 10
_PURPOSE: Final = "ranker"
_MUST_BEAT: Final = ("scorecard", "champion")
_log = logging.getLogger(__name__)


class NotBetter(DomainError):  # noqa: N818  # what everybody calls it
    """It is not shown to rank better than `against` on what it did not learn from.

    `difference`: of nDCG@10, on average; `low`, `high`: where it lies in 95 of 100 samples.
    """


def request_training(*, at: datetime, by: User | None = None) -> Training:
    """One to be done in the background; the one that waits already, if any does."""
    training, _ = Training.objects.get_or_create(
        state=Training.State.REQUESTED, defaults={"requested_at": at, "requested_by": by}
    )
    return training


def keep(
    ranker: Ranker,
    *,
    kind: str,
    at: datetime,
    report: Mapping[str, Any] | None = None,
    resamples: Sequence[Mapping[str, Any]] = (),
    weights: Mapping[str, float] | None = None,
) -> RankerVersion:
    """Store a ranker as numbers with their signature; the same numbers are the same version. `weights`: those of one
    cause's own scorecard.
    """
    parts = {"manifest": ranker.manifest(), "report": _plain(report or {}), "resamples": list(resamples)}
    version, is_new = RankerVersion.objects.get_or_create(
        digest=ranker.digest,
        defaults={
            "kind": kind,
            "created_at": at,
            "signature": _signature(kind, parts),
            "weights": weights or {},
            **parts,
        },
    )
    if not is_new and not is_genuine(version):
        RankerVersion.objects.filter(pk=version.pk).update(signature=_signature(kind, parts), kind=kind, **parts)
        version.refresh_from_db()
    return version


def is_genuine(version: RankerVersion) -> bool:
    """Whether these are the numbers that this installation signed."""
    parts = {name: getattr(version, name) for name in ("manifest", "report", "resamples")}
    return version.signature in keyring.digests(_PURPOSE, _content(version.kind, parts))


def opened(version: RankerVersion) -> Ranker:
    """The ranker of a version. Raises DomainError: ranker_altered, ranker_schema_mismatch, ranker_unreadable."""
    if not is_genuine(version):
        raise DomainError("ranker_altered")
    return Ranker.from_manifest(version.manifest)


def resamples(version: RankerVersion) -> list[Ranker]:
    """What samples of the outcomes it was learned from would have taught; of the version that `opened` gave."""
    return [Ranker.from_manifest(one) for one in version.resamples]


def serving(*, at: datetime) -> tuple[RankerVersion, Ranker]:
    """The ranker in use; where that cannot be trusted or read any more, the last good one, else the scorecard."""
    current = RankerVersion.objects.filter(is_serving=True).first()
    if current is None:
        return start(at=at, why=Served.Why.STARTED)
    try:
        return current, opened(current)
    except DomainError as error:
        why = Served.Why.OUTDATED if error.code == "ranker_schema_mismatch" else Served.Why.REFUSED
        _log.warning("ranker %s serves no more: %s", current.digest[:8], error.code)
    for version, ranker in _good(but=current):
        return serve(version, why=why, at=at), ranker
    return start(at=at, why=why)


@transaction.atomic
def serve(version: RankerVersion, *, why: str, at: datetime, by: User | None = None) -> RankerVersion:
    """Put a version to use, and say so."""
    RankerVersion.objects.filter(is_serving=True).exclude(pk=version.pk).update(is_serving=False)
    # Once one cause's own, it may be what a later release starts everybody with.
    RankerVersion.objects.filter(pk=version.pk).update(is_serving=True, weights={})
    Served.objects.create(ranker=version, why=why, at=at, by=by)
    version.is_serving = True
    return version


def promote(*, version: RankerVersion, at: datetime, by: User | None = None) -> RankerVersion:
    """Let a learned ranker serve. Raises what `check_promotable` raises."""
    serving(at=at)  # if the one in use cannot be trusted any more, another is
    check_promotable(version)
    return serve(version, why=Served.Why.PROMOTED, at=at, by=by)


def check_promotable(version: RankerVersion) -> None:
    """It must have been shown to rank better than the scorecard and the one in use.

    Raises NotBetter (against, difference, low, high); DomainError: ranker_serves_already, ranker_not_learned,
    ranker_suspect (features), ranker_compared_with_another, and those of `opened`.
    """
    opened(version)
    current = RankerVersion.objects.filter(is_serving=True).first()
    if current == version:
        raise DomainError("ranker_serves_already")
    if version.kind != RankerVersion.Kind.LEARNED:
        raise DomainError("ranker_not_learned")
    if version.report["suspects"]:
        raise DomainError("ranker_suspect", features=sorted(version.report["suspects"]))
    if current is None or version.report["champion"] != current.digest:
        raise DomainError("ranker_compared_with_another")
    for row in version.report["contenders"]:
        found = row["difference"]
        if row["name"] in _MUST_BEAT and not (found["low"] is not None and found["low"] > 0):
            raise NotBetter(
                "ranker_not_better",
                against=row["name"],
                difference=found["mean"],
                low=found["low"],
                high=found["high"],
            )


def start(*, at: datetime, why: str) -> tuple[RankerVersion, Ranker]:
    """Let the starting scorecard serve."""
    ranker = scorecard()
    version = keep(ranker, kind=RankerVersion.Kind.SCORECARD, at=at)
    return serve(version, why=why, at=at), ranker


def roll_back(*, at: datetime, by: User | None = None) -> RankerVersion:
    """Let the one that served before serve again. Raises DomainError("nothing_to_roll_back")."""
    current, _ = serving(at=at)
    for version, _ranker in _good(but=current):
        return serve(version, why=Served.Why.ROLLED_BACK, at=at, by=by)
    raise DomainError("nothing_to_roll_back")


def _good(*, but: RankerVersion) -> Iterator[tuple[RankerVersion, Ranker]]:
    """Those that served before and can be trusted still, the last one first."""
    seen = {but.pk}
    for row in Served.objects.select_related("ranker").order_by("-pk"):
        if row.ranker_id not in seen:
            seen.add(row.ranker_id)
            try:
                yield row.ranker, opened(row.ranker)
            except DomainError:
                continue


def _signature(kind: str, parts: Mapping[str, Any]) -> str:
    return keyring.digest(_PURPOSE, _content(kind, parts))


def _content(kind: str, parts: Mapping[str, Any]) -> str:
    return manifest.digest({"kind": kind, **parts})


def _plain(value: Any) -> Any:
    """Numbers as any store gives them back: -0.0 has a sign that JSON may lose."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value + 0.0 if isinstance(value, float) else value
