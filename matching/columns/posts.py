"""What people published lately."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from crm.models import Post

# What somebody spoke of lately, not all they ever said: a long archive would drown the rest.
_EACH = 20


def newest(ids: Sequence[int], *columns: str, at: datetime) -> Mapping[int, list[tuple[Any, ...]]]:
    """These columns of each person's newest posts of twelve months, over all their accounts, the newest first."""
    newest = [F("published_at").desc(), F("pk").desc()]
    place = Window(RowNumber(), partition_by=F("account__influencer_id"), order_by=newest)
    rows = (
        Post.objects.recent(at=at)
        .filter(account__influencer__in=ids)
        .annotate(place=place)
        .filter(place__lte=_EACH)
        .order_by("account__influencer_id", "place")
        .values_list("account__influencer_id", *columns)
    )
    posts: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for person, *said in rows:
        posts[person].append(tuple(said))
    return posts
