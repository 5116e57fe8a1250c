"""What accounts published, as sources tell it."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from crm.formats.rows import PostReading
from crm.models import Post, SocialAccount

_SAID = ("format", "text", "hashtags", "language", "url", "is_advert", "likes", "comments", "shares", "views")
_BATCH = 1000


@transaction.atomic
def store(*, account: SocialAccount, readings: Iterable[PostReading], source: str, at: datetime) -> int:
    """Write down what a source says of an account's posts, all at once; how many of them are new.

    A post is found again by its platform id. What a reading leaves blank stays as it is, and one that is older than
    what we know changes nothing. Of several readings of one post the last counts.
    """
    told = {reading.platform_id: reading for reading in readings}
    known = {post.platform_id: post for post in account.posts.select_for_update().filter(platform_id__in=told)}
    posts = [
        _post(account, reading, known.get(reading.platform_id), source=source, at=at)
        for reading in told.values()
        if not _is_outdated(reading, known.get(reading.platform_id), at=at)
    ]
    Post.objects.bulk_create(
        posts,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["account", "platform_id"],
        update_fields=["published_at", *_SAID, "observed_at", "source"],
    )
    return len(told.keys() - known.keys())


def _is_outdated(reading: PostReading, known: Post | None, *, at: datetime) -> bool:
    return known is not None and (reading.observed_at or at) < known.observed_at


def _post(account: SocialAccount, reading: PostReading, known: Post | None, *, source: str, at: datetime) -> Post:
    post = Post(
        account=account,
        platform_id=reading.platform_id,
        published_at=reading.published_at,
        observed_at=reading.observed_at or at,
        source=source,
    )
    for name in _SAID:
        said = getattr(reading, name)
        if said not in (None, "", ()):
            setattr(post, name, list(said) if name == "hashtags" else said)
        elif known is not None:
            setattr(post, name, getattr(known, name))
    return post
