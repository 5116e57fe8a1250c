"""People, causes and rankers for the tests of `matching.ranking`; none needs Django or a database."""

from dataclasses import dataclass

import numpy as np
import pytest

from matching.ranking.candidates import Candidates, CauseProfile, Figures, Shares
from matching.ranking.features import Basis, FeatureMatrix
from matching.ranking.ranker import Ranker
from matching.ranking.schema import FEATURES, SIDES, STANDING, feature
from matching.ranking.scorecard import scorecard
from matching.ranking.tables import Calibration, FeatureTable, Side
from matching.ranking.text import TextSpace
from tests.matching.ranking.planted import learned

TOPICS = ("climate", "education", "health", "ocean")
LANGUAGES = ("de", "en", "fr")
COUNTRIES = ("BE", "CA", "CH", "DE", "FR")
WORDS = ("mer", "océan", "plage", "plastique", "école", "cours", "santé", "recette", "voyage", "mode", "climat")


def like_learned() -> Ranker:
    """As training will leave one: uneven cells, a missing cell of its own, an intercept, calibrated."""
    rng = np.random.default_rng(7)

    def table(feature):
        cells = rng.normal(size=17)
        return FeatureTable(
            feature.name,
            edges=np.sort(rng.choice(feature.edges, size=16, replace=False)),
            cells=np.sort(cells)[:: feature.sign] if feature.sign else cells,
            missing=rng.normal(),
        )

    accepts, wants = (
        Side(name, rng.normal(), tuple(table(one) for one in FEATURES if name in one.sides), Calibration(1.7, -0.4))
        for name in SIDES
    )
    return Ranker(accepts, wants, name="like_learned")


# Whatever ranks joins here and must pass test_ranker.py.
RANKERS = {
    "scorecard": scorecard,
    "reweighted_scorecard": lambda: scorecard({"topic_fit": 0.3, "language_reach": 4.9, "audience_geo": 0.0}),
    "like_learned": like_learned,
    "logistic": lambda: learned("logistic"),
    "boosting": lambda: learned("boosting"),
}


@pytest.fixture(params=RANKERS)
def ranker(request):
    return RANKERS[request.param]()


@pytest.fixture
def cause():
    return CauseProfile(
        text="Sauvons les océans du plastique #ZéroDéchet",
        topics=frozenset({"ocean", "climate"}),
        languages=("fr",),
        hashtags={"zerodechet": 2.0, "ocean": 1.0},
        countries={"FR": 0.6, "BE": 0.2, "CH": 0.1},
        ages={"18-24": 0.4, "25-34": 0.3},
        genders=("female",),
        interests=("environment", "travel"),
        platforms=("instagram", "youtube"),
    )


@dataclass
class People:
    """Builds candidates by name of column; whatever is left out is unknown."""

    def __call__(self, *rows, ids=None):
        def column(name, empty):
            return [row.get(name, empty) for row in rows]

        return Candidates(
            ids=np.array(range(1, len(rows) + 1) if ids is None else ids, dtype=np.int64),
            texts=tuple(column("text", "")),
            topics=Shares.membership(column("topics", ())),
            hashtags=Shares.membership(column("hashtags", ())),
            languages=Shares.from_rows(column("languages", None)),
            countries=Shares.from_rows(column("countries", None)),
            main_countries=Shares.membership(column("main_countries", ())),
            own_languages=Shares.membership(column("own_languages", ())),
            ages=Shares.from_rows(column("ages", None)),
            genders=Shares.from_rows(column("genders", None)),
            interests=Shares.from_rows(column("interests", None)),
            platforms=Shares.from_rows(column("platforms", None)),
            figures=Figures.from_rows(column("figures", {}), estimated=column("estimated", ())),
        )


@pytest.fixture
def people():
    return People()


@pytest.fixture
def crowd(people):
    """n people of many kinds, about a third of each column unknown, under shuffled ids."""

    def build(n, seed=0):
        rng = np.random.default_rng(seed)

        def some(values):
            return tuple(rng.choice(values, size=rng.integers(1, len(values)), replace=False))

        def shares(keys):
            return dict(zip(keys, rng.dirichlet(np.ones(len(keys))), strict=True))

        def row():
            made = {
                "text": " ".join(rng.choice(WORDS, size=rng.integers(1, 12))),
                "topics": some(TOPICS),
                "languages": shares(LANGUAGES),
                "countries": shares(COUNTRIES),
                "main_countries": some(COUNTRIES)[:1],
                "own_languages": some(LANGUAGES),
                "hashtags": some(("ocean", "zerodechet", "plage")),
                "ages": shares(("13-17", "18-24", "25-34", "35+")),
                "genders": shares(("female", "male")),
                "interests": shares(("environment", "fashion", "travel")),
                "platforms": shares(("instagram", "tiktok", "youtube")),
                "figures": {
                    name: rng.uniform(feature(name).low, feature(name).high) for name in STANDING if rng.random() > 0.3
                },
            }
            return {name: value for name, value in made.items() if rng.random() > 0.3}

        return people(*(row() for _ in range(n)), ids=rng.permutation(10 * n)[:n])

    return build


@pytest.fixture
def rank(cause):
    """Rank as the worker does: a text space fitted on those considered."""

    def run(ranker, candidates, top=100, cause=cause):
        return ranker.rank(candidates, cause, TextSpace.fit(candidates.texts), top=top)

    return run


@pytest.fixture
def matrix_of():
    """A feature matrix from rows of numbers, NaN = missing, in the order of the schema."""

    def build(rows):
        values = np.array(rows, dtype=np.float64).reshape(-1, len(FEATURES))
        basis = np.where(np.isnan(values), Basis.MISSING, Basis.MEASURED).astype(np.int8)
        return FeatureMatrix(tuple(feature.name for feature in FEATURES), values, basis)

    return build
