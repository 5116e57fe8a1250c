from dataclasses import replace

import numpy as np
import pytest

from crm.errors import DomainError
from matching.ranking.candidates import CauseProfile
from matching.ranking.features import POSTS_IN_OTHERS, POSTS_IN_THEM, Basis, FeatureMatrix, compute
from matching.ranking.schema import FEATURES
from matching.ranking.text import TextSpace

MISSING, MEASURED, ESTIMATED = Basis.MISSING, Basis.MEASURED, Basis.ESTIMATED
NAN = np.nan


def values(matrix, name):
    return matrix.select([name])[:, 0]


def basis(matrix, name):
    return matrix.basis[:, matrix.places([name])[0]].tolist()


def measure(people, cause, *rows):
    candidates = people(*rows)
    return compute(candidates, cause, TextSpace.fit(candidates.texts))


def equal(found, wanted):
    return np.allclose(found, wanted, rtol=0, atol=1e-15, equal_nan=True)


class TestTopicFit:
    cause = CauseProfile(text="protéger la mer", topics=frozenset({"ocean", "climate"}))

    def test_the_better_of_text_and_topics(self, people):
        matrix = measure(
            people,
            self.cause,
            {"text": "Protéger la mer !", "topics": ["health"]},
            {"text": "Recettes", "topics": ["ocean", "health"]},
            {"topics": ["ocean", "climate"]},
            {"topics": ["health"]},
            {"text": "Protéger la mer !"},
            {},
        )
        assert equal(values(matrix, "topic_fit"), [1.0, 0.5, 1.0, 0.0, 1.0, NAN])
        assert basis(matrix, "topic_fit") == [MEASURED] * 5 + [MISSING]

    def test_a_cause_with_text_only_does_not_count_topics(self, people):
        cause = replace(self.cause, topics=frozenset())
        matrix = measure(people, cause, {"topics": ["ocean"]}, {"text": "protéger la mer"})
        assert equal(values(matrix, "topic_fit"), [NAN, 1.0])

    def test_a_cause_with_topics_only_does_not_read_texts(self, people):
        cause = replace(self.cause, text="🌊")
        matrix = measure(people, cause, {"topics": ["ocean"]}, {"text": "protéger la mer"})
        assert equal(values(matrix, "topic_fit"), [0.5, NAN])


class TestLanguageReach:
    cause = CauseProfile(languages=("fr", "de"))

    def test_a_measured_audience(self, people):
        told = [{"fr": 0.4, "en": 0.6}, {"fr": 0.4, "de": 0.25}, {"en": 1.0}, {"fr": 0.9, "de": 0.8}]
        matrix = measure(people, self.cause, *({"languages": one, "own_languages": ["fr"]} for one in told))
        assert equal(values(matrix, "language_reach"), [0.4, 0.65, 0.0, 1.0])
        assert basis(matrix, "language_reach") == [MEASURED] * 4

    def test_an_unmeasured_one_is_estimated_from_where_they_post(self, people):
        matrix = measure(people, self.cause, {"own_languages": ["en", "de"]}, {"own_languages": ["en"]}, {})
        assert equal(values(matrix, "language_reach"), [POSTS_IN_THEM, POSTS_IN_OTHERS, NAN])
        assert basis(matrix, "language_reach") == [ESTIMATED, ESTIMATED, MISSING]

    def test_an_estimate_stays_inside_what_a_measurement_can_say(self):
        assert 0.0 < POSTS_IN_OTHERS < POSTS_IN_THEM < 1.0


class TestAudienceGeo:
    rows = (
        {"countries": {"FR": 0.5, "BE": 0.3}},
        {"countries": {"FR": 1.0}},
        {"countries": {"US": 0.9}},
        {"countries": {"FR": 0.7, "BE": 0.4}},
        {},
    )

    @pytest.mark.parametrize(
        ("countries", "wanted"),
        [
            (("FR", "BE"), [0.8, 1.0, 0.0, 1.0, NAN]),  # a list: people there
            (("FR", "FR", "XX"), [0.5, 1.0, 0.0, 0.7, NAN]),
            ({"FR": 0.6, "BE": 0.4}, [0.8, 0.6, 0.0, 1.0, NAN]),  # a mix: how much of it is met
            ({"FR": 0.4, "BE": 0.1}, [1.0, 0.8, 0.0, 1.0, NAN]),
            ({"FR": 60, "BE": 40}, [0.8, 0.6, 0.0, 1.0, NAN]),
        ],
    )
    def test_overlap_with_what_the_cause_wants(self, people, countries, wanted):
        matrix = measure(people, CauseProfile(countries=countries), *self.rows)
        assert equal(values(matrix, "audience_geo"), wanted)
        assert basis(matrix, "audience_geo") == [MEASURED] * 4 + [MISSING]

    def test_a_main_country_of_unknown_size_is_an_estimate_between_none_and_all(self, people):
        rows = (
            {"main_countries": ("FR",)},
            {"main_countries": ("US",)},
            {"main_countries": ("US",), "countries": {"FR": 1}},
        )
        matrix = measure(people, CauseProfile(countries=("FR", "BE")), *rows)
        assert equal(values(matrix, "audience_geo"), [0.5, 0.1, 1.0])
        assert basis(matrix, "audience_geo") == [ESTIMATED, ESTIMATED, MEASURED]


@pytest.mark.parametrize(
    ("known", "missing"),
    [
        ({}, ("topic_fit", "language_reach", "audience_geo")),
        ({"text": "🌊"}, ("topic_fit", "language_reach", "audience_geo")),
        ({"topics": frozenset({"ocean"})}, ("language_reach", "audience_geo")),
        ({"text": "mer", "languages": ("fr",)}, ("audience_geo",)),
        ({"text": "mer", "languages": ("fr",), "countries": ("FR",)}, ()),
    ],
)
def test_what_the_brief_does_not_say_is_missing_for_everybody(crowd, known, missing):
    candidates = crowd(30)
    matrix = compute(candidates, CauseProfile(**known), TextSpace.fit(candidates.texts))
    assert matrix.cause_missing == missing
    assert np.isnan(matrix.select(missing)).all()


def test_values_stay_within_the_bounds_of_the_schema(crowd, cause):
    candidates = crowd(300)
    matrix = compute(candidates, cause, TextSpace.fit(candidates.texts))
    assert matrix.names == tuple(feature.name for feature in FEATURES)
    for feature in FEATURES:
        known = values(matrix, feature.name)[~np.isnan(values(matrix, feature.name))]
        assert 50 < len(known) < 300
        assert feature.low <= known.min() < known.max() <= feature.high


def test_texts_of_other_people_are_refused(crowd, cause):
    with pytest.raises(DomainError, match="candidates_misaligned"):
        compute(crowd(3), cause, TextSpace.fit(["mer"]))


def test_a_matrix_says_missing_exactly_where_it_is():
    with pytest.raises(DomainError, match="features_basis_wrong"):
        FeatureMatrix(("a",), np.array([[NAN]]), np.array([[MEASURED]], dtype=np.int8))
    with pytest.raises(DomainError, match="features_misaligned"):
        FeatureMatrix(("a", "b"), np.array([[1.0]]), np.array([[MEASURED]], dtype=np.int8))


def test_basis_codes():
    assert [one.code for one in Basis] == ["missing", "measured", "estimated"]
