"""Hashtags of a brief that were taken from proposals: by whom and when. Those typed into it have no such note."""

from datetime import datetime

from django.db import transaction

from crm.errors import DomainError
from crm.formats.cells import ITEM_LIMIT, clean_hashtag
from crm.handles import fold
from crm.models import Cause, HashtagPick, User


@transaction.atomic
def pick(*, cause: Cause, hashtag: str, by: User, at: datetime) -> None:
    """Put a hashtag on the brief. One that stands there already, however it is spelled, stays as it is.

    Raises DomainError: hashtag_invalid, text_too_long (limit), list_too_long (limit).
    """
    tag = clean_hashtag(hashtag)
    held = Cause.objects.select_for_update().get(pk=cause.pk)
    if fold(tag) in map(fold, held.hashtags):
        return
    if len(held.hashtags) >= ITEM_LIMIT:
        raise DomainError("list_too_long", limit=ITEM_LIMIT)
    _write(held, [*held.hashtags, tag])
    HashtagPick.objects.create(cause=held, hashtag=tag, by=by, at=at)


@transaction.atomic
def unpick(*, cause: Cause, hashtag: str) -> None:
    """Take a hashtag off the brief, picked or typed; one that is not there is no error.

    Nobody is named: with the hashtag goes the note of who picked it, and no line says who took it off.
    """
    held = Cause.objects.select_for_update().get(pk=cause.pk)
    gone = fold(hashtag.lstrip("#"))
    _write(held, [tag for tag in held.hashtags if fold(tag) != gone])
    HashtagPick.objects.filter(cause=held).exclude(hashtag__in=held.hashtags).delete()


def _write(cause: Cause, hashtags: list[str]) -> None:
    if hashtags != cause.hashtags:
        cause.hashtags = hashtags
        cause.save(update_fields=["hashtags", "updated_at"])
