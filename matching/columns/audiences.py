"""Whom people reach: the newest reading of each account, over all their accounts, weighted by followers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from crm.handles import fold
from crm.models import AudienceShare
from matching.columns.sizes import Size

_UNTOLD = "unknown"  # what a source calls those whose gender it does not know

_Shares = dict[str, float]  # by key, 0 to 1


def of(ids: Sequence[int], *, sizes: Mapping[int, Size], at: datetime) -> dict[str, dict[int, _Shares]]:
    """By dimension and person; as the newest reading until `at` has them. Interests are folded."""
    rows = (
        AudienceShare.objects.filter(account__influencer__in=ids, share__isnull=False, observed_at__lte=at)
        .order_by("dimension", "account_id", "observed_at")
        .values_list("dimension", "account__influencer_id", "account_id", "observed_at", "key", "share")
    )
    told = {dimension: _weighted(_newest(found, sizes)) for dimension, found in groupby(rows, key=itemgetter(0))}
    return {dimension: told.get(dimension, {}) for dimension in AudienceShare.Dimension.values}


def _newest(rows: Iterable[tuple[Any, ...]], sizes: Mapping[int, Size]) -> dict[tuple[int, int, int], _Shares]:
    """Of each account, with whose it is and how many follow it."""
    newest: dict[tuple[int, int, int], _Shares] = {}
    seen_at: dict[int, object] = {}
    for dimension, person, account, observed_at, key, share in rows:
        place = (person, account, sizes[account].followers or 1)
        if seen_at.get(account) != observed_at:
            newest[place], seen_at[account] = {}, observed_at
        spelt = fold(key) if dimension == AudienceShare.Dimension.INTEREST else key
        if spelt != _UNTOLD:
            newest[place][spelt] = newest[place].get(spelt, 0.0) + (share or 0.0)
    return newest


def _weighted(readings: Mapping[tuple[int, int, int], _Shares]) -> dict[int, _Shares]:
    total: dict[int, int] = defaultdict(int)
    for person, _, followers in readings:
        total[person] += followers
    people: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for (person, _, followers), shares in readings.items():
        for key, share in shares.items():
            people[person][key] += share * followers / total[person]
    return {person: {key: min(share, 1.0) for key, share in shares.items()} for person, shares in people.items()}
