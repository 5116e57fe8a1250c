"""Asking for a ranked list. Light enough for the web: the ranking itself is services/ranking.py, in the worker."""

from dataclasses import asdict, dataclass
from datetime import datetime

from crm.errors import DomainError
from crm.models import Cause, User
from crm.services.causes import check_rankable
from matching.models import MatchList

MAX_LIMIT = 1000


@dataclass(frozen=True)
class Filters:
    """Whom to consider at all. Blank or None: no limit of that kind."""

    platform: str = ""
    country: str = ""
    language: str = ""
    min_followers: int | None = None
    max_followers: int | None = None


def request(
    *, cause: Cause, at: datetime, by: User | None = None, limit: int = 100, filters: Filters | None = None
) -> MatchList:
    """A list to be built. Raises DomainError: cause_says_nothing, limit_out_of_range."""
    if not 1 <= limit <= MAX_LIMIT:
        raise DomainError("limit_out_of_range", low=1, high=MAX_LIMIT)
    check_rankable(cause)
    return MatchList.objects.create(
        cause=cause, requested_by=by, requested_at=at, as_of=at, limit=limit, filters=asdict(filters or Filters())
    )
