"""Postgres -> columnar arrays: the only bridge between crm's rows and the pure ranker."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from crm.models import AudienceShare, Cause, Influencer, Post, SocialAccount
from matching.ranking.candidates import Candidates, CauseProfile, Shares

# What somebody spoke of lately, not all they ever said: a long archive would drown the rest.
_POSTS_EACH = 20


def candidates(people: QuerySet[Influencer], *, at: datetime) -> Candidates:
    """The given people as columns, in order of their ids. Of their posts, only those published until `at` speak."""
    rows = list(people.order_by("pk").values_list("pk", "bio", "hashtags", "interests", "languages"))
    ids = [row[0] for row in rows]
    # Whoever speaks of a part speaks of the whole.
    have = Influencer.topics.through.objects.filter(influencer__in=ids)
    wholes = have.filter(topic__parent__isnull=False).values_list("influencer_id", "topic__parent__slug")
    topics = _grouped([*have.values_list("influencer_id", "topic__slug"), *wholes])
    platforms = _grouped(SocialAccount.objects.filter(influencer__in=ids).values_list("influencer_id", "platform"))
    languages = _audience(ids, AudienceShare.Dimension.LANGUAGE)
    countries = _audience(ids, AudienceShare.Dimension.COUNTRY)
    mains = _grouped(
        AudienceShare.objects.filter(
            account__influencer__in=ids, dimension=AudienceShare.Dimension.COUNTRY, share=None
        ).values_list("account__influencer_id", "key")
    )
    posts = newest_posts(ids, "text", "hashtags", at=at)
    return Candidates(
        ids=np.array(ids, dtype=np.int64),
        texts=tuple(
            _text(bio, posts[pk], hashtags=hashtags, interests=interests) for pk, bio, hashtags, interests, _ in rows
        ),
        topics=Shares.membership([topics[pk] for pk in ids]),
        languages=Shares.from_rows([languages.get(pk) for pk in ids]),
        countries=Shares.from_rows([countries.get(pk) for pk in ids]),
        main_countries=Shares.membership([mains[pk] for pk in ids]),
        own_languages=Shares.membership([row[4] for row in rows]),
        platforms=Shares.membership([platforms[pk] for pk in ids]),
    )


def cause_profile(cause: Cause) -> CauseProfile:
    """What a cause's brief says, as the ranker takes it, in a fixed order. Its topics speak with their words, too."""
    topics = list(cause.topics.order_by("slug").select_related("parent"))
    wholes = {topic.parent.slug for topic in topics if topic.parent}
    words = [word for topic in topics for words in topic.words.values() for word in words]
    targets = {t.key: t.share for t in cause.targets.filter(dimension=AudienceShare.Dimension.COUNTRY).order_by("key")}
    shares = {key: share for key, share in targets.items() if share}
    return CauseProfile(
        text=" ".join([cause.name, cause.description, *(f"#{tag}" for tag in cause.hashtags), *words]).strip(),
        topics=frozenset(topic.slug for topic in topics) | wholes,
        languages=tuple(cause.languages),
        countries=shares if shares and len(shares) == len(targets) else tuple(sorted({*cause.countries, *targets})),
        platforms=tuple(cause.platforms),
    )


def newest_posts(ids: Sequence[int], *columns: str, at: datetime) -> Mapping[int, list[tuple[Any, ...]]]:
    """These columns of each person's newest posts of twelve months, over all their accounts, the newest first."""
    newest = [F("published_at").desc(), F("pk").desc()]
    place = Window(RowNumber(), partition_by=F("account__influencer_id"), order_by=newest)
    rows = (
        Post.objects.recent(at=at)
        .filter(account__influencer__in=ids)
        .annotate(place=place)
        .filter(place__lte=_POSTS_EACH)
        .order_by("account__influencer_id", "place")
        .values_list("account__influencer_id", *columns)
    )
    posts: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for person, *said in rows:
        posts[person].append(tuple(said))
    return posts


def _text(bio: str, posts: list[tuple[str, list[str]]], *, hashtags: list[str], interests: list[str]) -> str:
    """What a person says of themselves and what they speak of. A hashtag used often counts once."""
    tags = dict.fromkeys([*hashtags, *(tag for _, used in posts for tag in used)])
    return " ".join([bio, *(text for text, _ in posts), *(f"#{tag}" for tag in tags), *interests]).strip()


def _grouped(pairs: Iterable[tuple[int, str]]) -> Mapping[int, set[str]]:
    groups: dict[int, set[str]] = defaultdict(set)
    for pk, value in pairs:
        groups[pk].add(value)
    return groups


def _audience(ids: list[int], dimension: str) -> dict[int, dict[str, float]]:
    """Each person's audience over their accounts, the newest reading of each, weighted by followers."""
    rows = (
        AudienceShare.objects.filter(account__influencer__in=ids, dimension=dimension, share__isnull=False)
        .order_by("account_id", "observed_at")
        .values_list("account__influencer_id", "account_id", "account__followers", "observed_at", "key", "share")
    )
    newest: dict[tuple[int, int, int], dict[str, float]] = {}
    seen_at: dict[int, object] = {}
    for person, account, followers, observed_at, key, share in rows:
        place = (person, account, followers or 1)
        if seen_at.get(account) != observed_at:
            newest[place], seen_at[account] = {}, observed_at
        newest[place][key] = share or 0.0
    return _weighted(newest)


def _weighted(readings: Mapping[tuple[int, int, int], Mapping[str, float]]) -> dict[int, dict[str, float]]:
    total: dict[int, int] = defaultdict(int)
    for person, _, followers in readings:
        total[person] += followers
    people: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for (person, _, followers), shares in readings.items():
        for key, share in shares.items():
            people[person][key] += share * followers / total[person]
    return {person: {key: min(share, 1.0) for key, share in shares.items()} for person, shares in people.items()}
