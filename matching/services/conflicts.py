"""Who shows what a cause will not be seen with: its conflicts, read with the topics' words, over profiles and posts."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from crm import selectors
from crm.models import Cause, Influencer, SocialAccount
from crm.portrait.conflicts import Finding, Shown, Spoken
from matching.columns import posts as published

LOOKED_AT = 2_000  # people of a list, those who rank first, at least; further down while it is not full
_AT_A_TIME = 2000  # people whose posts are in memory


def findings(*, cause: Cause, people: Sequence[int], at: datetime) -> dict[int, list[Finding]]:
    """Of these people, everybody who shows something that conflicts with the cause, with all of it."""
    conflicts = selectors.conflicts_of([cause]).get(cause.pk)
    if conflicts is None or not people:
        return {}
    return {pk: found for pk, shown in _shown(people, at=at) if (found := conflicts.find(shown))}


def _shown(people: Sequence[int], *, at: datetime) -> Iterator[tuple[int, Shown]]:
    for start in range(0, len(people), _AT_A_TIME):
        ids = people[start : start + _AT_A_TIME]
        posts = published.newest(ids, "pk", "published_at", "text", "hashtags", "is_advert", at=at)
        handles: dict[int, list[str]] = defaultdict(list)
        for pk, handle in SocialAccount.objects.filter(influencer__in=ids).values_list("influencer_id", "handle"):
            handles[pk].append(handle)
        topics: dict[int, set[str]] = defaultdict(set)
        own = Influencer.topics.through.objects.filter(influencer__in=ids)
        for pk, slug in own.values_list("influencer_id", "topic__slug"):
            topics[pk].add(slug)
        rows = Influencer.objects.filter(pk__in=ids).values_list("pk", "name", "bio", "interests", "hashtags")
        for pk, name, bio, interests, hashtags in rows:
            yield pk, Shown(name, bio, topics[pk], interests, hashtags, handles[pk], tuple(map(_post, posts[pk])))


def _post(row: Any) -> Spoken:
    pk, published_at, text, hashtags, is_advert = row
    return Spoken(pk, published_at.date(), text, tuple(hashtags), bool(is_advert))
