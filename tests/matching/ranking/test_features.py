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


class TestWhoListens:
    def test_ages_are_cut_where_the_source_cuts_them(self, people):
        rows = (
            {"ages": {"18-24": 0.5, "25-34": 0.5}},
            {"ages": {"18-27": 1.0}},  # seven of its ten years are from 18 to 24
            {"ages": {"13-17": 1.0}},
            {"ages": {"65+": 1.0}},
            {},
        )
        matrix = measure(people, CauseProfile(ages=("18-24",)), *rows)
        assert equal(values(matrix, "audience_age"), [0.5, 0.7, 0.0, 0.0, NAN])
        matrix = measure(people, CauseProfile(ages={"18-24": 0.3, "60+": 0.3}), *rows)
        assert equal(values(matrix, "audience_age"), [0.5, 0.5, 0.0, 0.5, NAN])

    @pytest.mark.parametrize("ages", [("?",), ("24-18",), ("",)])
    def test_no_age_is_nobody_s(self, people, ages):
        assert equal(values(measure(people, CauseProfile(ages=ages), {"ages": {"18-24": 1.0}}), "audience_age"), [0.0])

    def test_genders_interests_and_platforms(self, people):
        cause = CauseProfile(genders=("female",), interests={"travel": 0.2}, platforms=("x", "tiktok", "x"))
        row = {
            "genders": {"female": 0.8, "male": 0.2},
            "interests": {"travel": 0.1},
            "platforms": {"x": 0.25, "y": 0.75},
        }
        matrix = measure(people, cause, row, {})
        assert equal(values(matrix, "audience_gender"), [0.8, NAN])
        assert equal(values(matrix, "audience_interest"), [0.5, NAN])
        assert equal(values(matrix, "platform_fit"), [0.25, NAN])


def test_a_rare_hashtag_in_common_says_more_than_a_common_one(people):
    cause = CauseProfile(hashtags={"sauvonslesphoques": 3.0, "love": 1.0})
    rows = ({"hashtags": ["sauvonslesphoques"]}, {"hashtags": ["love"]}, {"hashtags": ["cats"]}, {})
    assert equal(values(measure(people, cause, *rows), "hashtag_overlap"), [0.75, 0.25, 0.0, NAN])


def test_what_somebody_is_by_themselves_stays_within_bounds_and_says_who_guessed(people):
    rows = (
        {"figures": {"engagement_rate": 99.0, "growth_rate": -3.0, "contacts_last_90d": 2.0}},
        {"figures": {"engagement_rate": 1.0}, "estimated": ["engagement_rate", "growth_rate"]},
        {},
    )
    matrix = measure(people, CauseProfile(text="mer"), *rows)
    assert equal(values(matrix, "engagement_rate"), [4.0, 1.0, NAN])
    assert basis(matrix, "engagement_rate") == [MEASURED, ESTIMATED, MISSING]
    assert equal(values(matrix, "growth_rate"), [-0.5, NAN, NAN])
    assert basis(matrix, "growth_rate") == [MEASURED, MISSING, MISSING]
    assert equal(values(matrix, "contacts_last_90d"), [2.0, NAN, NAN])


@pytest.mark.parametrize(
    ("known", "weighed"),
    [
        ({}, ()),
        ({"text": "🌊"}, ()),
        ({"topics": frozenset({"ocean"})}, ("topic_fit",)),
        ({"text": "mer", "languages": ("fr",)}, ("topic_fit", "language_reach")),
        ({"countries": ("FR",)}, ("audience_geo",)),
        ({"hashtags": {"ocean": 1.0}, "platforms": ("x",)}, ("hashtag_overlap", "platform_fit")),
        (
            {"ages": ("18-24",), "genders": ("female",), "interests": {"travel": 0.5}},
            ("audience_age", "audience_gender", "audience_interest"),
        ),
    ],
)
def test_what_the_brief_does_not_say_is_missing_for_everybody(crowd, known, weighed):
    candidates = crowd(30)
    matrix = compute(candidates, CauseProfile(**known), TextSpace.fit(candidates.texts))
    missing = tuple(one.name for one in FEATURES if not one.is_standing and one.name not in weighed)
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
