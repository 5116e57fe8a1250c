"""Trainers on somebody's own labelled table: `train_ranker --table` and `evaluate_ranker --table`."""

from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from crm.errors import DomainError
from crm.words import say
from matching.ranking.learning.additive import AdditiveClassifier
from matching.ranking.learning.choosing import Choosing, Trials
from matching.ranking.learning.evaluation import Progress, evaluate
from matching.ranking.learning.labelled_file import LabelledFile, read
from matching.ranking.learning.lambdarank import as_it_comes
from matching.ranking.learning.logistic import AdditiveLogistic
from matching.ranking.learning.trainers import Additive, Blend, Constant, Single, Trainer, learners

OURS = "causeway"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--table", type=Path, metavar="FILE.csv", help="labelled data of your own")
    parser.add_argument("--group", metavar="COL", default="", help="rows of one value are ranked against each other")
    parser.add_argument("--label", metavar="COL", default="", help="numbers from 0, higher is better")
    parser.add_argument("--time", metavar="COL", default="", help="learn from the past, try on what came later")
    parser.add_argument("--compare", choices=["lightgbm"], help="beside LightGBM, where it is installed")
    parser.add_argument("--json", action="store_true")


def opened(options: Mapping[str, Any]) -> LabelledFile:
    """The table that the options name. Raises CommandError, in words."""
    if not options["group"] or not options["label"]:
        raise CommandError(_("A table needs --group and --label, each the name of a column."), returncode=2)
    return read(options["table"], group=options["group"], label=options["label"], time=options["time"])


@contextmanager
def in_words() -> Iterator[None]:
    """What is refused inside is said and ends the command."""
    try:
        yield
    except DomainError as error:
        raise CommandError(say(error), returncode=2) from None


def evaluated(table: LabelledFile, *, compare: str | None, progress: Progress | None) -> dict[str, Any]:
    """What each contender reached on rows that it did not learn from, and which trainers were chosen each time."""
    trials = Trials([Single(), *learners()])
    logistic, boosting = _names(trials.trainers)
    ours = Choosing(trials, OURS)
    contenders: list[Trainer] = [
        Constant(),
        Single(),
        Choosing(trials, "logistic", among=logistic),
        Choosing(trials, "boosting", among=boosting),
        ours,
        *(as_it_comes() if compare else []),
    ]
    found = evaluate(table.rows, contenders, progress=progress)
    return _about(table) | found.report(OURS) | {"chosen": ours.chosen}


def trained(table: LabelledFile) -> dict[str, Any]:
    """Which trainer ranks these rows best and what it learned from all of them: numbers that anybody can add up."""
    trials = Trials([Single(), *learners()])
    best = Choosing(trials, OURS).choose(table.rows)
    _trainers, means = trials.of(table.rows)
    return _about(table) | {"chosen": best.name, "ndcg": means} | _learned(best, table)


def _about(table: LabelledFile) -> dict[str, Any]:
    rows = table.rows
    groups = len(np.unique(rows.groups))
    return {"rows": len(rows), "groups": groups, "features": list(rows.names), "left_out": dict(table.left_out)}


def _names(trainers: Sequence[Trainer]) -> tuple[list[str], list[str]]:
    additive = [one for one in trainers if isinstance(one, Additive)]
    logistic = [one.name for one in additive if one.estimator is AdditiveLogistic]
    return logistic, [one.name for one in additive if one.name not in logistic]


def _learned(trainer: Trainer, table: LabelledFile) -> dict[str, Any]:
    if isinstance(trainer, Single):
        way = trainer.way(table.rows)
        return {"feature": table.rows.names[way.place], "sign": way.sign}
    parts = trainer.parts if isinstance(trainer, Blend) else [trainer]
    fitted = [one for part in parts if isinstance(part, Additive) and (one := part.fit(table.rows)) is not None]
    return {"intercept": _mean([one.intercept_ for one in fitted]), "tables": _tables(fitted, table.rows.names)}


def _tables(fitted: Sequence[AdditiveClassifier], names: Sequence[str]) -> list[dict[str, Any]]:
    """The mean of each feature's tables: those who learned from the same rows cut them alike."""
    return [
        {
            "feature": name,
            "edges": fitted[0].edges_[place].tolist(),
            "cells": np.mean([one.cells_[place] for one in fitted], axis=0).tolist(),
            "missing": _mean([one.missing_[place] for one in fitted]),
        }
        for place, name in enumerate(names)
        if fitted
    ]


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 0.0
