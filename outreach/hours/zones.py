"""Which clock a recipient lives by, and how we came by it."""

from dataclasses import dataclass
from typing import Final, Literal
from zoneinfo import ZoneInfo

from crm.errors import DomainError
from crm.portrait.zones import known_zones, main_zone

# Of countries whose people are spread over several zones, the one in which most of them live (of CD, whose halves are
# near each other, that of the capital). Antarctica and islands where nobody lives have none.
_MOST_PEOPLE: Final = {
    "AU": "Australia/Sydney",
    "BR": "America/Sao_Paulo",
    "CA": "America/Toronto",
    "CD": "Africa/Kinshasa",
    "FM": "Pacific/Chuuk",
    "GL": "America/Nuuk",
    "ID": "Asia/Jakarta",
    "KI": "Pacific/Tarawa",
    "KZ": "Asia/Almaty",
    "MH": "Pacific/Majuro",
    "MN": "Asia/Ulaanbaatar",
    "MX": "America/Mexico_City",
    "RU": "Europe/Moscow",
    "US": "America/New_York",
}


@dataclass(frozen=True)
class RecipientZone:
    """`source`: the person's own zone, the most populous one of their country, or that of the house."""

    zone: ZoneInfo
    source: Literal["told", "country", "house"]


def recipient_zone(*, told: str, country: str, house: str) -> RecipientZone:
    """`told`: the person's time zone, `country`: theirs (ISO 3166, two letters); blank where unknown. `house`: our own.

    A zone that this machine does not know counts as unknown. Raises DomainError: timezone_unknown (that of the house).
    """
    if told in known_zones():
        return RecipientZone(ZoneInfo(told), "told")
    if zone := most_populous_zone(country):
        return RecipientZone(ZoneInfo(zone), "country")
    if house in known_zones():
        return RecipientZone(ZoneInfo(house), "house")
    raise DomainError("timezone_unknown")


def most_populous_zone(country: str) -> str:
    """Blank where there is none, or none that this machine knows."""
    zone = main_zone(country) or _MOST_PEOPLE.get(country, "")
    return zone if zone in known_zones() else ""
