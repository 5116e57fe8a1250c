"""The scan over a snapshot says to the last bit what ranking everybody in memory says."""

import math
from dataclasses import replace

import numpy as np
import pytest

from crm.errors import DomainError
from matching.ranking.candidates import CauseProfile
from matching.ranking.encoders.scale import Scale
from matching.ranking.ranker import Ranker
from matching.ranking.schema import FEATURES, SIDES
from matching.ranking.scorecard import WEIGHTS, scorecard
from matching.ranking.snapshot.rules import Among, ContactedSince, Heard, Not, Wanted
from matching.ranking.snapshot.scan import Nearness, scan
from matching.ranking.snapshot.store import Store
from matching.ranking.tables import Calibration, FeatureTable, Side
from matching.ranking.text import TextSpace
from matching.ranking.vectors import Vectors
from tests.matching.ranking.snapshot.making import PLATFORMS, random_vectors, world

CAUSES = (
    "sauver la mer",
    "climat",
    "plage plastique",
    "école",
    "santé",
    "voyage et mode",
    "sea",
    "school",
    "#oceanpropre",
)
SEEDS = [*range(4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 42))]
CASES = 24  # of each seed: a thousand in all


class Both:
    """Texts by their senses and by a vector, whichever is nearer: as anybody would write it down."""

    def __init__(self, texts, vectors, vector):
        self.texts, self.vectors, self.vector = texts, vectors, vector

    def __len__(self):
        return len(self.texts)

    def cosine(self, text):
        near = self.texts.cosine(text)
        if self.vectors is None:
            return near
        one = self.vector.values[0].tolist()
        told = [cosine(row, one) for row in self.vectors.values.tolist()]
        return np.fmax(near, np.array(told))


def cosine(one, other):
    squares = sum(a * a for a in one), sum(b * b for b in other)
    dot = sum(a * b for a, b in zip(one, other, strict=True))
    return min(max(dot / math.sqrt(squares[0] * squares[1]), 0.0), 1.0) if all(squares) else math.nan


@pytest.mark.parametrize("seed", SEEDS)
def test_a_scan_is_what_ranking_everybody_is(store, crowd, seed):
    made = world(store, crowd, seed=seed, dimensions=8 if seed % 2 else 0)
    rng = np.random.default_rng(1_000 + seed)
    texts = TextSpace.of(made.people.texts, made.snapshot.rarity)
    for _case in range(CASES):
        ranker, cause, wanted = some_ranker(rng), some_cause(rng), some_wishes(rng)
        shunned, since = rng.choice(made.people.ids, size=9), int(rng.choice([0, 1_500, 9_000]))
        out = reasons(made, shunned, since, wanted)
        kept = np.array([reason is None for reason in out])
        vector = random_vectors(rng, 1, 8) if made.vectors else None
        near = Both(texts.take(kept), made.vectors and made.vectors.take(np.flatnonzero(kept)), vector)
        top = int(rng.integers(1, 60))
        brute = ranker.rank(made.people.take(kept), cause, near, top=top)
        rules = [("shunned", Among.of(shunned.tolist())), ("filtered", Not(wanted)), ("lately", ContactedSince(since))]
        found = scan(made.snapshot, ranker, cause, left_out=rules, vector=vector)
        assert found.explanations(top) == [brute.explanation(n) for n in range(len(brute))]
        shown = rng.permutation(len(brute))[: top // 2]
        told = [replace(brute.explanation(n), rank=rank) for rank, n in enumerate(shown.tolist(), start=1)]
        assert found.explanations(top, shown) == told
        assert found.under([ranker], top, shown).tolist() == [[one.score for one in told]]
        assert found.ids[found.order(top)].tolist() == brute.ids.tolist()
        order = np.argsort(found.ids), np.argsort(brute.considered)
        assert found.ids[order[0]].tolist() == brute.considered[order[1]].tolist()
        assert found.score[order[0]].tolist() == brute.scored.score[order[1]].tolist()
        assert found.spread(48) == brute.spread(48)
        assert found.weight() == pytest.approx(brute.weight(), abs=1e-12)
        assert found.left_out == {why: out.count(why) for why in ("shunned", "filtered", "lately") if why in out}
        if kept.any():
            assert found.cause_missing == brute.cause_missing


def test_the_nearness_of_vectors_is_read_on_the_scale_of_their_snapshot(store, crowd):
    made = world(store, crowd, seed=5, dimensions=8)
    scale = Scale(np.zeros((2, 8)), far=0.4, told=0.1)
    vector = Vectors.of(np.ones((1, 8)))
    cause = CauseProfile(text="sauver la mer")
    found = scan(replace(made.snapshot, scale=scale), scorecard(), cause, vector=vector)
    texts = TextSpace.of(made.people.texts, made.snapshot.rarity)
    near = np.fmax(texts.cosine(cause.text), scale.read(made.vectors.cosine(vector)))
    expected = dict(zip(made.people.ids.tolist(), near.tolist(), strict=True))
    told = {one.id: one.values["topic_fit"].value for one in found.explanations(200)}
    assert {pk: -1.0 if value is None else value for pk, value in told.items()} == {
        pk: -1.0 if math.isnan(value) else value for pk, value in expected.items()
    }


def test_whoever_is_taken_out_afterwards_was_never_there(store, crowd):
    made = world(store, crowd, seed=3)
    gone = made.people.ids[::3]
    cause = some_cause(np.random.default_rng(3))
    whole = scan(made.snapshot, scorecard(), cause)
    assert whole.without(gone[:0]).ids.tolist() == whole.ids.tolist()
    without = scan(made.snapshot, scorecard(), cause, left_out=[("gone", Among.of(gone.tolist()))])
    taken = whole.without(gone)
    assert taken.explanations(40) == without.explanations(40)
    assert (taken.spread(9), taken.weight()) == (without.spread(9), without.weight())


def test_nobody_left_is_an_empty_list(store, crowd):
    made = world(store, crowd, seed=4)
    found = scan(made.snapshot, scorecard(), CauseProfile(text="mer"), left_out=[("no", Not(Among.of([])))])
    assert (len(found), found.explanations(9), found.spread(3)) == (0, [], (0.0, 0.0, [0, 0, 0]))
    assert found.left_out == {"no": 150}
    assert set(found.weight().values()) == {0.0}


def test_a_segment_is_near_to_the_text_it_was_asked_about_alone(store, crowd):
    part = world(store, crowd, seed=5).snapshot.parts[0]
    with pytest.raises(DomainError, match="another_text"):
        Nearness(np.arange(3), part.texts, part.texts.rarity.asked("mer")).cosine("climat")


def test_other_processes_read_the_same(store, crowd):
    made = world(store, crowd, seed=6)
    again = Store(store.folder).open(store.contents())
    cause = some_cause(np.random.default_rng(6))
    one, other = (scan(snapshot, scorecard(), cause).explanations(150) for snapshot in (made.snapshot, again))
    assert one == other
    assert len(again) == len(made.people)


def some_ranker(rng):
    if rng.random() < 0.6:
        bounds = rng.choice(list(WEIGHTS), size=rng.integers(len(WEIGHTS)), replace=False)
        return scorecard({str(name): float(rng.uniform(WEIGHTS[name].low, WEIGHTS[name].high)) for name in bounds})
    sides = (
        Side(
            name,
            rng.normal(),
            tuple(some_table(rng, one) for one in FEATURES if name in one.sides),
            Calibration(1.7, -0.4),
        )
        for name in SIDES
    )
    return Ranker(*sides, name="like_learned")


def some_table(rng, one):
    edges = np.sort(rng.choice(one.edges, size=rng.integers(1, 17), replace=False))
    cells = rng.normal(size=len(edges) + 1)
    return FeatureTable(one.name, edges, np.sort(cells)[:: one.sign] if one.sign else cells, missing=rng.normal())


def some_cause(rng):
    def maybe(value, empty=()):
        return value if rng.random() < 0.7 else empty

    return CauseProfile(
        text=maybe(" ".join(rng.choice(CAUSES, size=2)), ""),
        topics=frozenset(maybe(rng.choice(("climate", "ocean", "health"), size=2).tolist())),
        hashtags=maybe({"ocean": 2.0, "zerodechet": float(rng.uniform(0.5, 3)), "unheard": 1.0}, {}),
        languages=maybe(tuple(rng.choice(("de", "en", "fr"), size=2).tolist())),
        countries=maybe({"FR": 0.5, "BE": float(rng.uniform(0.1, 0.7))} if rng.random() < 0.5 else ("CH", "XX")),
        ages=maybe({"18-24": 0.5, "20-40": 0.3} if rng.random() < 0.5 else ("16-30", "30+")),
        genders=maybe(("female",)),
        interests=maybe({"environment": 0.6, "travel": 0.1}),
        platforms=maybe(tuple(rng.choice(PLATFORMS, size=2).tolist())),
    )


def some_wishes(rng):
    def maybe(value, empty=None):
        return value if rng.random() < 0.25 else empty

    heard = (
        Heard("countries", str(rng.choice(["FR", "XX"])), maybe(float(rng.uniform(0, 0.5)))),
        Heard("ages", "18-24", float(rng.uniform(0, 0.4))),
        Heard("genders", "female"),
    )
    return Wanted(
        platform=maybe(str(rng.choice(PLATFORMS)), ""),
        min_followers=maybe(int(rng.choice([0, 900, 5_000]))),
        max_followers=maybe(80_000),
        min_engagement=maybe(float(rng.choice([0.0, 0.02, 0.03]))),
        country=maybe("FR", ""),
        language=maybe("fr", ""),
        audience=tuple(one for one in heard if rng.random() < 0.15),
    )


def reasons(made, shunned, since, wanted):
    """Why each is left out, in plain Python; None for whoever is considered."""
    told = {
        name: getattr(made.people, name) for name in ("countries", "ages", "genders", "main_countries", "own_languages")
    }
    column = {
        (name, key): told[name].columns([key])[:, 0] for name in told for key in ("FR", "XX", "18-24", "female", "fr")
    }

    def has(row, heard):
        share = column[heard.dimension, heard.key][row]
        if heard.share is not None:
            return share >= heard.share
        return share > 0 or (heard.dimension == "countries" and column["main_countries", heard.key][row] > 0)

    def account_fits(account):
        platform, followers, rate = account
        return (
            wanted.platform in {"", platform}
            and (wanted.min_followers is None or (followers is not None and followers >= wanted.min_followers))
            and (wanted.max_followers is None or (followers is not None and followers <= wanted.max_followers))
            and (wanted.min_engagement is None or (rate is not None and rate >= wanted.min_engagement))
        )

    on_account = (wanted.min_followers, wanted.max_followers, wanted.min_engagement) != (
        None,
        None,
        None,
    ) or wanted.platform

    def why(row, pk, one):
        if pk in shunned:
            return "shunned"
        fits = not on_account or any(map(account_fits, one.accounts))
        fits = fits and wanted.country in {"", one.country}
        fits = fits and (not wanted.language or column["own_languages", wanted.language][row] > 0)
        if not (fits and all(has(row, heard) for heard in wanted.audience)):
            return "filtered"
        return "lately" if one.contact is not None and one.contact > since else None

    return [why(row, pk, one) for row, (pk, one) in enumerate(zip(made.people.ids.tolist(), made.files, strict=True))]
