"""Asking for a ranked list. Light enough for the web: the ranking itself is services/ranking.py, in the worker."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from crm.errors import DomainError
from crm.models import Cause, User
from crm.services.causes import check_rankable
from matching.models import MatchList

MAX_LIMIT = 1000
MOST_DAYS = 3650


@dataclass(frozen=True)
class Filters:
    """Whom to consider at all. Blank, None or False: no limit of that kind.

    `platform`, followers and `min_engagement` (engagements per follower, 0 to 1) are asked of one account together. An
    audience is asked of all accounts of a person, as their reasons tell it; without a share (0 to 1) any part will do.
    `is_cleared`: only whom vetting cleared for the cause. `rested_days`: nobody who was written to in so many days.
    `is_new`: nobody who stands in the newest list of the cause.
    Raises DomainError: filter_out_of_range.
    """

    platform: str = ""
    country: str = ""
    language: str = ""
    min_followers: int | None = None
    max_followers: int | None = None
    min_engagement: float | None = None
    audience_country: str = ""
    audience_country_share: float | None = None
    audience_age: str = ""
    audience_age_share: float | None = None
    audience_gender: str = ""
    audience_gender_share: float | None = None
    is_cleared: bool = False
    rested_days: int | None = None
    is_new: bool = False

    def __post_init__(self) -> None:
        parts = (
            *(self.min_engagement, self.audience_country_share),
            *(self.audience_age_share, self.audience_gender_share),
        )
        if not all(part is None or 0 <= part <= 1 for part in parts):
            raise DomainError("filter_out_of_range", low=0, high=1)
        if self.rested_days is not None and not 0 < self.rested_days <= MOST_DAYS:
            raise DomainError("filter_out_of_range", low=1, high=MOST_DAYS)

    def stored(self) -> dict[str, Any]:
        """As a list keeps them: the first five always, as lists did before there were others to hold them against."""
        said = asdict(self)
        return {name: value for name, value in said.items() if name in _ALWAYS or not _is_blank(value)}


FILTERS = tuple(one.name for one in fields(Filters))
_ALWAYS = FILTERS[:5]


def _is_blank(value: object) -> bool:
    return value is None or value is False or value == ""


def request(
    *, cause: Cause, at: datetime, by: User | None = None, limit: int = 100, filters: Filters | None = None
) -> MatchList:
    """A list to be built. Raises DomainError: cause_says_nothing, limit_out_of_range."""
    if not 1 <= limit <= MAX_LIMIT:
        raise DomainError("limit_out_of_range", low=1, high=MAX_LIMIT)
    check_rankable(cause)
    return MatchList.objects.create(
        cause=cause, requested_by=by, requested_at=at, as_of=at, limit=limit, filters=(filters or Filters()).stored()
    )
