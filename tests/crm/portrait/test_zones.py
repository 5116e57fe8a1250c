"""By which clock an audience lives."""

from zoneinfo import ZoneInfo

import pytest
from babel.core import get_global

from crm.portrait.zones import AudienceZone, audience_zone, main_zone


def test_the_person_s_own_zone_comes_first():
    assert audience_zone(own="Europe/Brussels", countries=["FR"]) == AudienceZone("Europe/Brussels", "own")


@pytest.mark.parametrize("own", ["", "Mars/Olympus", "../etc/passwd", "\0"])
def test_then_that_of_the_largest_part_of_the_audience(own):
    assert audience_zone(own=own, countries=["SN", "FR"]) == AudienceZone("Africa/Dakar", "audience", "SN")


@pytest.mark.parametrize("countries", [[], ["US", "FR"], ["XX"], [""]])
def test_else_utc_and_that_is_said(countries):
    assert audience_zone(own="", countries=countries) == AudienceZone("UTC", "unknown")


@pytest.mark.parametrize(
    ("country", "zone"),
    [("FR", "Europe/Paris"), ("DE", "Europe/Berlin"), ("ES", "Europe/Madrid"), ("PT", "Europe/Lisbon"),
     ("GB", "Europe/London"), ("US", ""), ("BR", ""), ("CA", ""), ("ZZ", ""), ("", "")],
)  # fmt: skip
def test_a_country_has_a_main_zone_where_nearly_everybody_lives_in_one(country, zone):
    assert main_zone(country) == zone


def test_every_main_zone_exists():
    zones = {main_zone(country) for country in get_global("territory_zones")} - {""}
    assert len(zones) > 200
    assert {zone for zone in zones if ZoneInfo(zone).key != zone} == set()
