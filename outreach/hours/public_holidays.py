"""The public holidays of a country, as the `holidays` package knows them.

National ones only: those of a region, a canton or a state of a federation are unknown to us. A holiday that is made up
for on another day is off on both. Dates that follow the moon are what was calculated beforehand.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache


@dataclass(frozen=True)
class PublicHolidays:
    """Of one country (ISO 3166, two letters; blank where unknown): `day in PublicHolidays("FR")`."""

    country: str

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in _of(self.country, day.year)

    def is_known(self, year: int) -> bool:
        """Whether any holiday of that year is known. None is known where the country is unknown or keeps none, and of
        a country that announces them year by year (LK) for the years to come."""
        return bool(_of(self.country, year))


@lru_cache(maxsize=1024)
def _of(country: str, year: int) -> frozenset[date]:
    from holidays import country_holidays  # as late as this: it costs the web's start 80 ms

    try:
        return frozenset(country_holidays(country, years=year))
    except NotImplementedError:  # no such country, or none it has data of
        return frozenset()
