"""Who shows what a cause will not be seen with, and where a word alone is not enough to leave somebody out."""

from datetime import date

import pytest

from matching.ranking.conflicts import Conflicts, Place, Shown, Spoken, read

TRADE = {
    "alcool": ("alcohol", ("alcool", "bière", "beer", "vin", "apéro", "craft beer")),
    "biere": ("alcohol", ("alcool", "bière", "beer", "vin", "apéro", "craft beer")),
}
DAY = date(2026, 11, 1)


def conflicts(*entries: str, shields: tuple[str, ...] = ()) -> Conflicts:
    return Conflicts([read(entry, TRADE) for entry in entries], shields)


def found(person: Shown, *entries: str, shields: tuple[str, ...] = ()) -> list[tuple[str, str, bool]]:
    return [(one.place.value, one.word, one.is_hard) for one in conflicts(*entries, shields=shields).find(person)]


def posts(*texts: str, is_advert: bool = False, hashtags: tuple[str, ...] = ()) -> tuple[Spoken, ...]:
    return tuple(Spoken(n, DAY, text, hashtags, is_advert) for n, text in enumerate(texts, 1))


@pytest.mark.parametrize(
    ("person", "place", "word"),
    [
        (Shown(topics={"alcohol"}), "topic", "alcohol"),
        (Shown(interests=["Craft Beer"]), "interest", "Craft Beer"),
        (Shown(hashtags=["Apéro"]), "hashtag", "Apéro"),
        (Shown(handles=["alcool"]), "account", "alcool"),
        (Shown(bio="Amoureuse de la BIÈRE et du sud."), "bio", "biere"),
        (Shown(posts=posts("Une bière offerte !", is_advert=True)), "advert", "biere"),
    ],
)
def test_who_presents_themselves_with_it_is_left_out(person, place, word):
    assert found(person, "Alcool") == [(place, word, True)]


def test_one_word_finds_every_language_of_its_trade():
    assert [s.words for s in conflicts("bière").subjects] == [("craft beer", "alcool", "apero", "biere", "beer", "vin")]


def test_a_word_that_names_no_trade_is_found_as_it_stands_and_only_whole():
    assert found(Shown(bio="I love oil paint."), "oil") == [("bio", "oil", True)]
    assert found(Shown(bio="Boiling, toil and oilskins."), "oil") == []


@pytest.mark.parametrize(
    ("said", "of", "is_hard"),
    [(1, 1, False), (2, 2, False), (3, 3, True), (3, 20, True), (3, 21, False), (4, 21, True)],
)
def test_posts_leave_somebody_out_once_they_make_it_a_habit(said, of, is_hard):
    person = Shown(posts=posts(*["Apéro !"] * said, *["La mer."] * (of - said)))
    [one] = conflicts("alcool").find(person)
    assert (one.place, one.count, one.of, one.post, one.day, one.is_hard) == (Place.POSTS, said, of, 1, DAY, is_hard)


@pytest.mark.parametrize(
    ("bio", "word"),
    [
        ("Sans alcool depuis 2019", "alcool"),
        ("Beer-free, and proud: no beer, no wine", "beer"),
        ("contre l'alcool", "alcool"),
        ("zero beer", "beer"),
    ],
)
def test_who_says_without_is_only_warned_of(bio, word):
    assert found(Shown(bio=bio), "alcool") == [("bio", word, False)]


def test_a_phrase_of_a_concern_is_read_over():
    person = Shown(bio="Ma sœur a été tuée par l’alcool au volant.")
    assert found(person, "alcool") == [("bio", "alcool", True)]
    assert found(person, "alcool", shields=("alcool au volant", "le vélo")) == []


def test_a_hashtag_is_a_hashtag_and_a_brand_is_its_account():
    person = Shown(bio="beer", hashtags=["Sea"], posts=posts("With @fast.cars today", hashtags=("BEER",)))
    assert found(person, "#beer") == [("posts", "#BEER", False)]
    assert found(person, "@fast.cars") == [("posts", "@fast.cars", False)]
    assert found(Shown(handles=["Fast.Cars"]), "@fast.cars") == [("account", "Fast.Cars", True)]
    assert found(Shown(bio="breakfast.cars"), "@fast.cars") == []


def test_the_weightiest_stands_first_and_each_place_once():
    person = Shown(bio="bière", interests=["vin"], posts=posts("vin", "bière"))
    assert [place for place, _word, _hard in found(person, "alcool")] == ["interest", "bio", "posts"]


def test_without_conflicts_nothing_is_found():
    assert found(Shown(bio="beer", hashtags=["beer"], posts=posts("beer"))) == []
