"""By which clock somebody is written to, and where we have it from."""

from zoneinfo import ZoneInfo

import pytest
from babel.core import get_global

from crm.errors import DomainError
from outreach.hours.zones import RecipientZone, most_populous_zone, recipient_zone

UNINHABITED = {"001", "ZZ", "AQ", "UM"}


def found(told="", country="", house="Europe/Paris"):
    zone = recipient_zone(told=told, country=country, house=house)
    return zone.zone.key, zone.source


def test_their_own_comes_first():
    assert recipient_zone(told="Asia/Kolkata", country="FR", house="Europe/Paris") == RecipientZone(
        ZoneInfo("Asia/Kolkata"), "told"
    )


@pytest.mark.parametrize("told", ["", "Mars/Olympus", "../etc/passwd", "\0", "."])
def test_then_that_of_their_country(told):
    assert found(told, "SN") == ("Africa/Dakar", "country")


@pytest.mark.parametrize(
    ("country", "zone"),
    [
        ("US", "America/New_York"),
        ("BR", "America/Sao_Paulo"),
        ("CA", "America/Toronto"),
        ("AU", "Australia/Sydney"),
        ("RU", "Europe/Moscow"),
        ("MX", "America/Mexico_City"),
        ("ES", "Europe/Madrid"),
        ("IN", "Asia/Kolkata"),
    ],
)
def test_of_several_zones_of_a_country_that_of_most_people(country, zone):
    assert found(country=country) == (zone, "country")


@pytest.mark.parametrize("country", ["", "XX", "fr", "AQ"])
def test_else_ours(country):
    assert found(country=country) == ("Europe/Paris", "house")


def test_ours_must_be_known():
    with pytest.raises(DomainError) as caught:
        found(house="Mars/Olympus")
    assert (caught.value.code, caught.value.params) == ("timezone_unknown", {})


def test_every_country_where_people_live_has_a_zone_that_is_its_own():
    zones_of = get_global("territory_zones")
    aliases = {"IN": {"Asia/Kolkata", "Asia/Calcutta"}}

    assert {country for country in zones_of if not most_populous_zone(country)} == UNINHABITED
    for country in ("AU", "BR", "CA", "CD", "FM", "GL", "ID", "KI", "KZ", "MH", "MN", "MX", "RU", "US"):
        assert most_populous_zone(country) in aliases.get(country, zones_of[country])
