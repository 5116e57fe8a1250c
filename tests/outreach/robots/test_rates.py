"""Reliability row C1: of the labelled corpus, at most 2 in 100 programs count as a visit, and 1 in 100 visits does not."""

import pytest

from bench import robots as bench
from outreach.robots.clicks import ClickClass

CORPUS = bench.corpus()


def rates(scenes):
    return bench.rates(bench.matrix(scenes))


def part(name):
    return [scene for scene in CORPUS if scene[0].part == name]


def test_the_corpus_is_large_enough_and_knows_every_class():
    assert sum(map(len, CORPUS)) >= 900
    assert sum(map(len, [*CORPUS, *bench.varied(CORPUS)])) >= 2000
    for name in ("known", "held_out"):
        assert {one.label for scene in part(name) for one in scene} == set(ClickClass)


@pytest.mark.parametrize(
    "scenes", [CORPUS, [*CORPUS, *bench.varied(CORPUS)], part("known")], ids=["all", "varied", "known"]
)
def test_few_programs_count_and_few_visits_do_not(scenes):
    found = rates(scenes)
    assert found["false human"].share <= 0.02
    assert found["false bot"].share <= 0.01
    assert found["second visit"].errors == 0


def test_of_what_was_written_after_the_rules_only_what_is_known_not_to_be_seen_is_missed():
    missed = {
        one.scene
        for scene in part("held_out")
        for one, verdict in zip(scene, bench.classify([one.click for one in scene]), strict=True)
        if one.label not in bench.PERSONS and verdict.click_class.is_person
    }
    assert missed == {"h-slow", "h-second-net"}  # docs/clicks.md: what it cannot do
    assert rates(part("held_out"))["false bot"].share <= 0.01


@pytest.mark.parametrize("label", [ClickClass.PREFETCH, ClickClass.PREVIEW, ClickClass.MONITOR])
def test_of_these_none_counts(label):
    assert rates(CORPUS)[f"{label}, counted"].errors == 0


def test_people_stay_people_where_headers_were_not_kept():
    assert rates(bench.without_headers(CORPUS))["false bot"].share <= 0.01


def test_an_interval_is_wilson_s():
    low, high = bench.Rate(1, 100).interval
    assert (round(low, 4), round(high, 4)) == (0.0018, 0.0545)
    assert bench.Rate(0, 0).interval == (0.0, 1.0)
