"""Learning, holding against others, promoting and rolling back, from a terminal."""

import importlib.util
import json

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from matching.models import RankerVersion
from matching.ranking.scorecard import scorecard
from matching.services import rankers
from tests.factories import NOW


@pytest.fixture
def table(tmp_path):
    """Two columns tell the grade; a third is words."""
    rng = np.random.default_rng(0)
    lines = ["cause,grade,x,y,kind"]
    for group in range(20):
        for _ in range(12):
            x, y = rng.normal(size=2)
            grade = int(np.digitize(x + abs(y) + rng.normal(scale=0.5), [1, 2]))
            lines.append(f"{group},{grade},{x:.4f},{y:.4f},{rng.choice(['a', 'b'])}")
    path = tmp_path / "labelled.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path


def refused(*args, **kwargs):
    with pytest.raises(CommandError) as raised:
        call_command(*args, **kwargs)
    assert raised.value.returncode == 2
    return str(raised.value)


def test_a_table_is_refused_in_words(table, tmp_path):
    of = {"table": table, "group": "cause", "label": "grade"}
    assert refused("evaluate_ranker", table=table) == "A table needs --group and --label, each the name of a column."
    assert refused("train_ranker", **of | {"label": "stars"}).startswith(
        "The table has no column “stars”. It has: cause,"
    )
    assert "cannot be read as a table" in refused("evaluate_ranker", **of | {"table": tmp_path / "none.csv"})


@pytest.mark.skipif(importlib.util.find_spec("lightgbm") is not None, reason="LightGBM is installed")
def test_what_is_not_installed_is_said(table):
    from matching.ranking.learning.labelled_file import read
    from matching.ranking.learning.lambdarank import as_it_comes

    with pytest.raises(Exception, match="lightgbm_missing"):
        as_it_comes()[0].train(read(table, group="cause", label="grade").rows)


@pytest.mark.slow
def test_a_table_is_learned_from_and_held_against_plain_rules(table, capsys):
    of = {"table": table, "group": "cause", "label": "grade"}
    call_command("evaluate_ranker", **of, json=True)
    report = json.loads(capsys.readouterr().out)
    assert (report["rows"], report["groups"], report["features"]) == (240, 20, ["x", "y", "kind=a", "kind=b"])
    names = [row["name"] for row in report["contenders"]]
    assert names == ["chance", "single feature", "logistic", "boosting", "causeway"]
    assert report["contenders"][0]["verdict"] == "better"
    assert len(report["chosen"]) == 5
    call_command("evaluate_ranker", **of)
    said = capsys.readouterr().out
    assert "240 rows in 20 groups, 4 features." in said
    assert "Better than chance" in said
    call_command("train_ranker", **of, json=True)
    found = json.loads(capsys.readouterr().out)
    assert found["chosen"] in found["ndcg"]
    assert {table["feature"] for table in found["tables"]} == set(report["features"])


def learned(low):
    current, _ = rankers.serving(at=NOW)
    row = {"name": "scorecard", "difference": {"mean": 0.03, "low": low, "high": 0.06}}
    report = {"suspects": {}, "champion": current.digest, "contenders": [row]}
    return rankers.keep(scorecard({"topic_fit": 1.0 + low}), kind=RankerVersion.Kind.LEARNED, at=NOW, report=report)


@pytest.mark.django_db
def test_what_is_better_is_promoted_and_rolled_back(capsys):
    start, _ = rankers.serving(at=NOW)
    better, unsure = learned(0.01), learned(-0.01)
    assert refused("promote_ranker", unsure.digest[:10]) == (
        "It is not shown to be better than the starting scorecard: by +0.030 nDCG@10, somewhere between −0.010 and "
        "+0.060. It is promoted once the lowest of that is above 0."
    )
    assert refused("promote_ranker", "nothing") == "No single ranker begins with “nothing”."
    call_command("promote_ranker", better.digest[:10])
    assert capsys.readouterr().out == f"{better.digest[:12]} serves.\n"
    assert RankerVersion.objects.get(is_serving=True) == better
    call_command("rollback_ranker")
    assert RankerVersion.objects.get(is_serving=True) == start


@pytest.mark.django_db
def test_with_too_few_outcomes_both_say_how_many_there_are():
    said = "Not enough outcomes yet: 0 of 100, in 0 of 10 lists with a better and a worse. The starting scorecard goes on serving."
    assert refused("train_ranker") == refused("evaluate_ranker") == said
