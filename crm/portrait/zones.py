"""Which clock an audience lives by."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal
from zoneinfo import available_timezones

from babel.core import get_global

# Countries with several zones of which one holds nearly everybody. Others with several (US, BR, AU …) have none.
_MAIN = {
    "AR": "America/Argentina/Buenos_Aires",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PF": "Pacific/Tahiti",
    "PG": "Pacific/Port_Moresby",
    "PS": "Asia/Hebron",
    "PT": "Europe/Lisbon",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}


@dataclass(frozen=True)
class AudienceZone:
    """A time zone and how we came by it: it is the person's own, that of most listeners, or nobody knows (UTC)."""

    name: str
    reason: Literal["own", "audience", "unknown"]
    country: str = ""  # of most listeners, where that decided


def audience_zone(*, own: str, countries: Iterable[str]) -> AudienceZone:
    """`own`: the person's time zone, blank where unknown; `countries`: of the audience, the largest first."""
    if own in known_zones():
        return AudienceZone(own, "own")
    largest = next(iter(countries), "")
    if zone := main_zone(largest):
        return AudienceZone(zone, "audience", largest)
    return AudienceZone("UTC", "unknown")


def main_zone(country: str) -> str:
    """The zone in which nearly everybody of a country lives; blank where there is no such one."""
    zones: list[str] = get_global("territory_zones").get(country, [])
    zone = _MAIN.get(country) or (zones[0] if len(zones) == 1 else "")
    return zone if zone in known_zones() else ""


@cache
def known_zones() -> frozenset[str]:
    return frozenset(available_timezones())
