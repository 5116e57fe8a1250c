"""Until when they are away, when they want to be asked again: from words of two languages and the day of writing."""

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outreach.replies.almanac import easter
from outreach.replies.dates import FARTHEST, ask_again, last_day_away

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("I'm back on 3 March.", "2027-03-02"),
        ("Back in the office on Monday, December 7th", "2026-12-06"),
        ("returning Tuesday", "2026-11-30"),
        ("Back the 18th.", "2026-12-17"),
        ("I am out of the office until 12 March", "2027-03-12"),
        ("away until I return on 9 December", "2026-12-08"),
        ("I will be travelling from 3 to 17 December.", "2026-12-17"),
        ("We are closed from 24 December to 4 January.", "2027-01-04"),
        ("Closed between Christmas and New Year's Day. Mail is answered from 2 January on.", "2027-01-01"),
        ("I am away for two weeks.", "2026-12-08"),
        ("back in ten days", "2026-12-03"),
        ("I'm out this week", "2026-11-29"),
        ("away until 4 December and with no access to mail", "2026-12-04"),
        ("Closed from Monday 7 to Friday 11 December", "2026-12-11"),
        ("Out today. I will answer tomorrow.", "2026-11-24"),
        ("I am out of the office until mid-January", "2027-01-15"),
        ("on leave until the end of the month", "2026-11-30"),
        ("on leave until September", "2027-08-31"),
        ("on leave through January", "2027-01-31"),
        ("I'm on parental leave and back next month", "2026-11-30"),
        ("back after the summer", "2027-08-31"),
        ("back on 2027-01-12", "2027-01-11"),
        ("Thanks for your mail of 20 November. Our fair is on 12 December. I am away until Friday.", "2026-11-27"),
        ("de retour le 3 mars", "2027-03-02"),
        ("Je suis absente jusqu’au 14/07 inclus.", "2027-07-14"),
        ("absent jusqu’au 20", "2026-12-20"),
        ("en congés jusqu’au 1er décembre inclus, de retour le 2", "2026-12-01"),
        ("Je serai absent du 3 au 17 décembre.", "2026-12-17"),
        ("Je serai en congé jusqu’en mars 2027", "2027-02-28"),
        ("Je rentre mi-août.", "2027-08-14"),
        ("Absente aujourd’hui. Je vous réponds demain.", "2026-11-24"),
        ("je ne lis pas mes mails avant le 5 janvier", "2027-01-04"),
        ("Retour dans deux semaines.", "2026-12-07"),
        ("Je suis absent jusqu’à vendredi", "2026-11-27"),
        ("Je suis absente jusqu’au 2 décembre 2026 et lirai votre message à mon retour.", "2026-12-02"),
        ("Out of office, back Thu", "2026-11-25"),
        ("I am in the sun until 3 December", "2026-12-03"),
        ("I sat my exam; away until 3 December", "2026-12-03"),
        ("Je suis absent cette semaine", "2026-11-29"),
    ],
)
def test_until_is_the_last_day_away(text, until):
    assert last_day_away(text, written=TUESDAY) == date.fromisoformat(until)


@pytest.mark.parametrize(
    "text",
    [
        "I am out of the office.", "until further notice", "back on 12 November", "I was away until 3 March 2026",
        "away until 3 March 2029", "de retour le 31 juin", "J’ai été absente", "I may march in with 300 posts",
        "24/7 support, 50 % off", "",
    ],
)  # fmt: skip
def test_what_tells_no_day_or_is_over_or_too_far_is_none(text):
    assert last_day_away(text, written=TUESDAY) is None


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Not now, but write to me in March.", "2027-03-01"),
        ("I'm swamped until the end of June. Could you get back to me in July?", "2027-07-01"),
        ("Our fair is on 12 May. Write to me again in April.", "2027-04-01"),
        ("Can we talk about it next month?", "2026-12-01"),
        ("ask me next week", "2026-11-30"),
        ("in two weeks please", "2026-12-08"),
        ("in 3 months", "2027-02-24"),
        ("not before 12 April", "2027-04-12"),
        ("try me after the summer", "2027-09-01"),
        ("ping me after Easter", "2027-03-30"),
        ("after Christmas", "2026-12-26"),
        ("ask again in spring", "2027-03-01"),
        ("try us again in the autumn", "2027-09-01"),
        ("after this autumn", "2026-12-01"),
        ("à l’automne", "2027-09-01"),
        ("we are booked through August", "2027-09-01"),
        ("Maybe next year", "2027-01-01"),
        ("Q2 2027 would work", "2027-04-01"),
        ("on Monday", "2026-11-30"),
        ("Revenez vers moi à la rentrée", "2027-09-01"),
        ("après l’été", "2027-09-01"),
        ("Recontactez-moi dans une quinzaine de jours", "2026-12-09"),
        ("exclusivité jusqu’au 31 décembre. Après, avec plaisir", "2027-01-01"),
        ("Réécrivez-moi mi-janvier", "2027-01-15"),
        ("la semaine prochaine", "2026-11-30"),
        ("l’année prochaine", "2027-01-01"),
        ("Refaisons le point le 4 mai", "2027-05-04"),
        ("après le 20 juin", "2027-06-21"),
        ("au second semestre", "2027-07-01"),
        ("au printemps", "2027-03-01"),
    ],
)
def test_asked_again_is_the_first_day_they_name(text, asked):
    assert ask_again(text, written=TUESDAY) == date.fromisoformat(asked)


@pytest.mark.parametrize(
    "text", ["in a few weeks", "after the holidays", "later", "on 20 November", "plus tard", "today"]
)
def test_what_names_no_day_to_come_is_none(text):
    assert ask_again(text, written=TUESDAY) is None


@pytest.mark.parametrize(
    ("text", "language", "until"),
    [
        ("until 4/5", "en", "2027-04-05"),
        ("jusqu’au 4/5", "fr", "2027-05-04"),
        ("until Tuesday 4/5", "en", "2027-05-04"),  # 5 April is a Monday
        ("jusqu’au lundi 4/5", "fr", "2027-04-05"),
        ("until 25/12", "en", "2026-12-25"),
        ("jusqu’au 12/25", "fr", "2026-12-25"),
        ("until 4.5.2027", "en", "2027-05-04"),
        ("until 4/5", "", "2027-04-05"),
        ("Je suis absent jusqu’au 4/5", "", "2027-05-04"),
    ],
)
def test_the_language_or_the_weekday_tells_days_from_months(text, language, until):
    assert last_day_away(text, written=TUESDAY, language=language) == date.fromisoformat(until)


@pytest.mark.parametrize(
    ("written", "until"), [("2026-12-20", "2027-01-05"), ("2027-01-02", "2027-01-05"), ("2027-01-06", None)]
)
def test_the_year_is_the_one_in_which_the_day_comes(written, until):
    found = last_day_away("I am away until 5 January", written=date.fromisoformat(written))
    assert found == (until and date.fromisoformat(until))


@pytest.mark.parametrize("written", [date.min, date.max, date(1970, 1, 1)])
def test_a_clock_that_is_far_off_tells_no_day(written):
    assert last_day_away("back in two weeks, on 3 March", written=written) is None
    assert ask_again("in 999 years, next week, next month, after Easter", written=written) is None


@pytest.mark.parametrize(("year", "monday"), [(2026, "2026-04-06"), (2027, "2027-03-29"), (2038, "2038-04-26")])
def test_easter(year, monday):
    assert easter(year) == date.fromisoformat(monday)


WORDS = """until back on jusqu'au de retour le 3 31 30/02 4/5 march mars next week month 2027 in two the lundi monday du au à
après after mid- été rentrée end of . ? 99 q1 for before 1er 29 février february 0 00/00 year"""
words = st.sampled_from([*WORDS.split(), "\n"])
days = st.dates(date(2024, 1, 1), date(2031, 12, 31))


@given(text=st.lists(words, max_size=14).map(" ".join), written=days, language=st.sampled_from(["", "en", "fr"]))
def test_whatever_is_written_a_day_lies_ahead_and_within_reach_or_there_is_none(text, written, language):
    away, asked = (find(text, written=written, language=language) for find in (last_day_away, ask_again))
    assert away is None or written <= away <= written + FARTHEST
    assert asked is None or written < asked <= written + FARTHEST


@given(day=days.filter(lambda day: (day.month, day.day) != (2, 29)), ahead=st.integers(1, 250))
def test_back_on_a_day_is_away_until_the_one_before_in_both_languages(day, ahead):
    back = day + timedelta(days=ahead)
    for text in (f"back on {back:%Y-%m-%d}", f"de retour le {back.day}/{back.month}/{back.year}"):
        assert last_day_away(text, written=day) == back - timedelta(days=1)


def test_a_long_text_is_read_quickly():
    """Nothing here takes longer than the text: patterns that go back and forth would not come to an end."""
    begun = time.process_time()
    for text in ("from the ", "until 3 ", "on 3 march ", "1/1/", "du 3 au ", "mid-"):
        last_day_away(text * 2_000, written=TUESDAY)
        ask_again(text * 2_000, written=TUESDAY)
    assert time.process_time() - begun < 5
