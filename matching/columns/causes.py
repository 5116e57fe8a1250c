"""A cause's brief as the ranker takes it."""

import math
from collections.abc import Iterable

from django.db.models import Sum

from crm.handles import fold
from crm.models import AudienceShare, AudienceTarget, Cause
from matching.models import HashtagCount, HashtagFigure
from matching.ranking.candidates import CauseProfile, Target


def profile(cause: Cause) -> CauseProfile:
    """What a cause's brief says, in a fixed order. Its topics speak with their words, too."""
    topics = list(cause.topics.order_by("slug").select_related("parent"))
    wholes = {topic.parent.slug for topic in topics if topic.parent}
    words = [word for topic in topics for words in topic.words.values() for word in words]
    targets = list(cause.targets.order_by("key"))
    return CauseProfile(
        text=" ".join([cause.name, cause.description, *(f"#{tag}" for tag in cause.hashtags), *words]).strip(),
        topics=frozenset(topic.slug for topic in topics) | wholes,
        hashtags=_rarity(cause),
        languages=tuple(cause.languages),
        countries=_target(targets, AudienceShare.Dimension.COUNTRY, listed=cause.countries),
        ages=_target(targets, AudienceShare.Dimension.AGE),
        genders=_target(targets, AudienceShare.Dimension.GENDER),
        interests=_target(targets, AudienceShare.Dimension.INTEREST),
        platforms=tuple(cause.platforms),
    )


def _target(targets: Iterable[AudienceTarget], dimension: str, listed: Iterable[str] = ()) -> Target:
    """The wanted mix, where every key says how much; else whom to reach at all."""
    found: dict[str, float | None] = {}
    for target in targets:
        if target.dimension == dimension:
            key = fold(target.key) if dimension == AudienceShare.Dimension.INTEREST else target.key
            found[key] = target.share
    shares = {key: share for key, share in found.items() if share}
    return shares if shares and len(shares) == len(found) else tuple(sorted({*listed, *found}))


def _rarity(cause: Cause) -> dict[str, float]:
    """The cause's hashtags, each the heavier the fewer people of the newest count use it; alike before any count."""
    keys = sorted({fold(tag) for tag in cause.hashtags})
    count = HashtagCount.objects.order_by("-at", "-pk").first()
    everybody = sum(count.people.values()) if count else 0
    figures = HashtagFigure.objects.filter(count=count, key__in=keys).order_by().values("key")
    users = dict(figures.annotate(number=Sum("people")).values_list("key", "number"))
    return {key: 1.0 + math.log((everybody + 1) / (min(users.get(key, 0), everybody) + 1)) for key in keys}
