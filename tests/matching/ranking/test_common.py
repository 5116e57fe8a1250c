"""What two people have in common, in keys that words are found for."""

from matching.ranking import common as rule
from matching.ranking.common import MOST, Common, common


def both(people, one, other, weigh=lambda concept: 1.0):
    [found] = common(people(one, other), 0, [1], weigh=weigh)
    return found


def words(found, language="en"):
    return [subject[language == "en"] for subject in found.subjects]


def test_subjects_are_told_in_the_reader_s_language_whichever_both_wrote_in(people):
    found = both(
        people,
        {"text": "Je nettoie les plages et l’océan, plein de plastique."},
        {"text": "We clear beaches and the ocean of plastic."},
    )
    assert {"ocean", "beach", "plastic"} <= set(words(found))
    assert {"océan", "plage", "plastique"} <= set(words(found, "fr"))


def test_the_rarer_and_oftener_a_subject_the_sooner_it_is_told_and_what_is_hardly_said_is_left_out(people):
    text = {"text": "for the ocean, " * 5 + "for the plastic, " * 5 + "for the beach"}
    plastic = rule._subjects_known()["plastique", "plastic"]
    found = both(people, text, text, weigh=lambda concept: 2.0 if concept == plastic else 1.0)
    assert words(found) == ["plastic", "ocean"]


def test_a_word_that_may_mean_several_things_counts_where_one_of_them_says_which(people):
    assert words(both(people, {"text": "la mer et les vagues"}, {"text": "la mer, toute la mer"}), "fr") == ["mer"]
    assert words(both(people, {"text": "la mer et les vagues"}, {"text": "ma mère et ma sœur"}), "fr") == []
    assert words(both(people, {"text": "the sea"}, {"text": "ma mer"}), "fr") == ["mer"]


def test_words_that_differ_by_an_accent_are_nothing_in_common(people):
    market = {"text": "Le marché des légumes"}
    assert words(both(people, market, {"text": "La marche en forêt"}), "fr") == []
    assert words(both(people, market, {"text": "Un marché en forêt"}), "fr") == ["marché"]


def test_words_of_every_text_are_no_subject(people):
    assert both(people, {"text": "happy support"}, {"text": "happy support"}).subjects == ()


def test_keys_of_which_both_have_any_and_parts_of_audiences_that_are_large_in_both(people):
    one = {
        "topics": ("ocean", "climate"), "hashtags": ("sea",), "platforms": {"tiktok": 0.9, "youtube": 0.1},
        "countries": {"FR": 0.5, "BE": 0.3, "CH": 0.05}, "languages": {"fr": 0.9}, "genders": {"female": 0.7, "male": 0.3},
        "interests": {"sailing": 0.2}, "own_languages": ("fr",), "ages": {"18-34": 0.9},
    }  # fmt: skip
    other = {
        "topics": ("ocean",), "hashtags": ("land",), "platforms": {"youtube": 1.0},
        "countries": {"FR": 0.2, "BE": 0.3, "CH": 0.5}, "languages": {"en": 0.9}, "genders": {"female": 0.5, "male": 0.5},
        "interests": {"sailing": 0.3}, "own_languages": ("fr", "en"), "ages": {"25-34": 0.5, "35-44": 0.5},
    }  # fmt: skip
    assert both(people, one, other) == Common(
        keys={
            "topics": ("ocean",), "platforms": ("youtube",), "countries": ("BE", "FR"), "interests": ("sailing",),
            "own_languages": ("fr",), "ages": ("25-34",),
        }
    )  # fmt: skip


def test_where_only_the_main_country_is_told_it_is_named(people):
    one = {"main_countries": ("FR",)}
    assert both(people, one, one).keys == {"countries": ("FR",)}


def test_followers_stand_where_both_are_known(people):
    one, other = {"figures": {"log_followers": 4.0}}, {"figures": {"log_followers": 5.0}}
    assert both(people, one, other).followers == (10_000, 100_000)
    assert both(people, one, {}).followers is None


def test_no_more_than_a_few_of_each(people):
    one = {"hashtags": tuple(f"tag{n:02}" for n in range(20))}
    assert both(people, one, one).keys["hashtags"] == tuple(f"tag{n:02}" for n in range(MOST))


def test_each_of_several_is_told_of(people):
    made = people({"topics": ("a", "b")}, {"topics": ("a",)}, {}, {"topics": ("b",)})
    found = common(made, 0, [3, 1], weigh=lambda _concept: 1.0)
    assert [one.keys for one in found] == [{"topics": ("b",)}, {"topics": ("a",)}]


def test_every_subject_has_a_word_in_both_languages():
    known = rule._subjects_known()
    assert all(french and english for french, english in known)
    assert len(known) > 4_000
