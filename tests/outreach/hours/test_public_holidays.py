"""On which days a country is at home."""

import subprocess
import sys
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.core import get_global

from outreach.hours.public_holidays import PublicHolidays
from outreach.hours.window import Window, opens


def of(country, year):
    days = (date(year, 1, 1) + timedelta(days=number) for number in range(366))
    return [day for day in days if day.year == year and day in PublicHolidays(country)]


def test_those_of_france():
    """Article L3133-1 of the labour code; Easter 2027 is on 28 March."""
    assert of("FR", 2027) == [
        *(date(2027, 1, 1), date(2027, 3, 29), date(2027, 5, 1), date(2027, 5, 6), date(2027, 5, 8)),
        *(date(2027, 5, 17), date(2027, 7, 14), date(2027, 8, 15), date(2027, 11, 1), date(2027, 11, 11)),
        date(2027, 12, 25),
    ]


@pytest.mark.parametrize(
    ("country", "day"),
    [
        ("US", date(2027, 11, 25)),  # the fourth Thursday of November
        ("US", date(2027, 7, 5)),  # in place of Sunday the 4th
        ("GB", date(2027, 12, 27)),  # in place of Saturday the 25th
        ("DE", date(2027, 10, 3)),
        ("BE", date(2027, 7, 21)),
        ("CH", date(2027, 8, 1)),
        ("SN", date(2027, 4, 4)),
        ("MA", date(2027, 7, 30)),
        ("JP", date(2027, 5, 5)),
        ("BR", date(2027, 9, 7)),
    ],
)
def test_those_of_others(country, day):
    assert day in PublicHolidays(country)
    assert len(of(country, day.year)) < 25


def test_not_those_of_a_part_of_the_country():
    assert date(2027, 12, 26) not in PublicHolidays("FR")  # Alsace and Moselle
    assert date(2027, 1, 6) not in PublicHolidays("DE")  # three of sixteen states


@pytest.mark.parametrize("country", ["", "XX", "ZZ", "fr", "FRA0"])
def test_of_a_country_that_is_unknown_none_is_known(country):
    assert of(country, 2027) == []
    assert not PublicHolidays(country).is_known(2027)


def test_a_country_may_be_known_up_to_a_year():
    assert PublicHolidays("FR").is_known(2045)
    assert PublicHolidays("LK").is_known(2026)
    assert not PublicHolidays("LK").is_known(2045)


def test_what_is_no_day_is_no_holiday():
    assert "2027-01-01" not in PublicHolidays("FR")


def test_nobody_is_written_to_on_theirs():
    eve = datetime(2027, 7, 13, 20, tzinfo=ZoneInfo("Europe/Paris"))

    assert opens(Window(), ZoneInfo("Europe/Paris"), PublicHolidays("FR"), eve).astimezone(
        ZoneInfo("Europe/Paris")
    ) == datetime(2027, 7, 15, 9, tzinfo=ZoneInfo("Europe/Paris"))


def test_who_asks_nothing_loads_nothing():
    """`import holidays` takes longer than the rest of the rules together."""
    script = """
import sys
from datetime import date
from outreach.hours.public_holidays import PublicHolidays
before = "holidays" in sys.modules
print(before, date(2027, 7, 14) in PublicHolidays("FR"), "holidays" in sys.modules)
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["False", "True", "True"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Requested Holidays are available only")
def test_every_country_can_be_asked_about_every_year():
    countries = sorted(get_global("territory_zones"))
    known = {year: sum(PublicHolidays(country).is_known(year) for country in countries) for year in range(2024, 2046)}

    assert len(countries) > 240
    assert min(known.values()) > len(countries) - 15
    assert max(len(of(country, 2027)) for country in countries) < 40
