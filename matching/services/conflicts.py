"""Who shows what a cause will not be seen with: its conflicts, read with the topics' words, over profiles and posts."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from crm.handles import fold
from crm.models import Cause, Influencer, Post, SocialAccount, Topic
from matching.ranking.conflicts import Conflicts, Finding, Shown, Spoken, Subject, read

_AT_A_TIME = 2000  # people whose posts are in memory
_POSTS_EACH = 20  # the newest of twelve months, those the ranking reads


def subjects(cause: Cause) -> list[Subject]:
    """The conflicts of a brief as they are looked for."""
    return [read(entry, _topics()) for entry in cause.conflicts] if cause.conflicts else []


def findings(*, cause: Cause, people: Sequence[int], at: datetime) -> dict[int, list[Finding]]:
    """Of these people, everybody who shows something that conflicts with the cause, with all of it."""
    if not cause.conflicts or not people:
        return {}
    conflicts = Conflicts(subjects(cause), _concerns())
    return {pk: found for pk, shown in _shown(people, at=at) if (found := conflicts.find(shown))}


def _topics() -> dict[str, tuple[str, list[str]]]:
    """Trades by each of their names and words, and concerns by their names: whoever writes one means all of it."""
    known: dict[str, tuple[str, list[str]]] = {}
    for topic in Topic.objects.order_by("kind", "slug"):
        words = [word for words in topic.words.values() for word in words]
        is_trade = topic.kind == Topic.Kind.TRADE
        names = [topic.slug, *topic.names.values(), *(words if is_trade else ())]
        known |= {fold(name): (topic.slug, words) for name in names}
    return known


def _concerns() -> list[str]:
    """Every phrase of a field of concern: "drink driving" speaks of safety, not of drink."""
    concerns = Topic.objects.filter(kind=Topic.Kind.CONCERN).values_list("words", flat=True)
    return [word for words in concerns for said in words.values() for word in said if " " in word]


def _shown(people: Sequence[int], *, at: datetime) -> Iterator[tuple[int, Shown]]:
    for start in range(0, len(people), _AT_A_TIME):
        ids = people[start : start + _AT_A_TIME]
        posts = _posts(ids, at=at)
        handles: dict[int, list[str]] = defaultdict(list)
        for pk, handle in SocialAccount.objects.filter(influencer__in=ids).values_list("influencer_id", "handle"):
            handles[pk].append(handle)
        topics: dict[int, set[str]] = defaultdict(set)
        own = Influencer.topics.through.objects.filter(influencer__in=ids)
        for pk, slug in own.values_list("influencer_id", "topic__slug"):
            topics[pk].add(slug)
        rows = Influencer.objects.filter(pk__in=ids).values_list("pk", "name", "bio", "interests", "hashtags")
        for pk, name, bio, interests, hashtags in rows:
            yield pk, Shown(name, bio, topics[pk], interests, hashtags, handles[pk], tuple(posts[pk]))


def _posts(ids: Sequence[int], *, at: datetime) -> dict[int, list[Spoken]]:
    newest = [F("published_at").desc(), F("pk").desc()]
    place = Window(RowNumber(), partition_by=F("account__influencer_id"), order_by=newest)
    rows = (
        Post.objects.recent(at=at)
        .filter(account__influencer__in=ids)
        .annotate(place=place)
        .filter(place__lte=_POSTS_EACH)
        .order_by("account__influencer_id", "place")
        .values_list("account__influencer_id", "pk", "published_at", "text", "hashtags", "is_advert")
    )
    posts: dict[int, list[Spoken]] = defaultdict(list)
    for person, pk, published_at, text, hashtags, is_advert in rows:
        posts[person].append(Spoken(pk, published_at.date(), text, tuple(hashtags), bool(is_advert)))
    return posts
