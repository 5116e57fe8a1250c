"""People as the ranker takes them: Postgres -> columnar arrays."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import numpy as np
from django.db.models import QuerySet

from crm.handles import fold
from crm.models import AudienceShare, Influencer
from matching.columns import audiences, figures, posts, sizes
from matching.ranking.candidates import Candidates, Shares


def of(people: QuerySet[Influencer], *, at: datetime, against: figures.Standard | None = None) -> Candidates:
    """The given people as columns, in order of their ids: what was published and seen of them until `at`; their bio,
    topics, interests and languages as they are known now. `against`: what they are measured against; as of `at`, where
    it is not given.
    """
    rows = list(people.order_by("pk").values_list("pk", "bio", "hashtags", "interests", "languages"))
    ids = [row[0] for row in rows]
    # Whoever speaks of a part speaks of the whole.
    have = Influencer.topics.through.objects.filter(influencer__in=ids)
    wholes = have.filter(topic__parent__isnull=False).values_list("influencer_id", "topic__parent__slug")
    topics = _grouped([*have.values_list("influencer_id", "topic__slug"), *wholes])
    accounts = sizes.of(ids, at=at)
    platforms: dict[int, dict[str, int]] = defaultdict(dict)
    for one in accounts.values():
        platforms[one.person][one.platform] = platforms[one.person].get(one.platform, 0) + (one.followers or 0)
    mains = _grouped(
        AudienceShare.objects.filter(
            account__influencer__in=ids, dimension=AudienceShare.Dimension.COUNTRY, share=None, observed_at__lte=at
        ).values_list("account__influencer_id", "key")
    )
    audience = audiences.of(ids, sizes=accounts, at=at)
    said = posts.newest(ids, "text", "hashtags", "language", at=at)
    return Candidates(
        ids=np.array(ids, dtype=np.int64),
        texts=tuple(
            _text(bio, said[pk], hashtags=hashtags, interests=interests) for pk, bio, hashtags, interests, _ in rows
        ),
        topics=Shares.membership([topics[pk] for pk in ids]),
        hashtags=Shares.membership([_tags(row[2], said[row[0]]) for row in rows]),
        languages=Shares.from_rows([audience["language"].get(pk) for pk in ids]),
        countries=Shares.from_rows([audience["country"].get(pk) for pk in ids]),
        main_countries=Shares.membership([mains[pk] for pk in ids]),
        own_languages=Shares.membership([row[4] for row in rows]),
        ages=Shares.from_rows([audience["age"].get(pk) for pk in ids]),
        genders=Shares.from_rows([audience["gender"].get(pk) for pk in ids]),
        interests=Shares.from_rows([audience["interest"].get(pk) for pk in ids]),
        platforms=Shares.from_rows([_parts(platforms[pk]) for pk in ids]),
        figures=figures.of(ids, posts=said, sizes=accounts, at=at, against=against),
    )


def _text(bio: str, said: list[tuple[Any, ...]], *, hashtags: list[str], interests: list[str]) -> str:
    """What a person says of themselves and what they speak of. A hashtag used often counts once."""
    tags = dict.fromkeys([*hashtags, *(tag for _text, used, *_ in said for tag in used)])
    return " ".join([bio, *(text for text, *_ in said), *(f"#{tag}" for tag in tags), *interests]).strip()


def _tags(own: list[str], said: list[tuple[Any, ...]]) -> set[str]:
    return {fold(tag) for tag in [*own, *(tag for _text, used, *_ in said for tag in used)]}


def _parts(followers: Mapping[str, int]) -> dict[str, float]:
    """Which part of somebody's followers is where; in equal parts where nobody counted any."""
    whole = sum(followers.values())
    return {name: number / whole if whole else 1 / len(followers) for name, number in followers.items()}


def _grouped(pairs: Iterable[tuple[int, str]]) -> Mapping[int, set[str]]:
    groups: dict[int, set[str]] = defaultdict(set)
    for pk, value in pairs:
        groups[pk].add(value)
    return groups
