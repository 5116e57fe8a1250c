"""Profiles whose accounts are a cause's own, and what they had on a day, written down by hand."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from crm.errors import DomainError
from crm.formats.rows import AccountReading, InfluencerRow
from crm.models import Cause, Influencer, OwnProfile, SocialAccount, User
from crm.services import influencers as people
from crm.services.bulk import lists

BY_HAND = "by hand"  # the source of what an officer writes down
_MOST = 10**11


@transaction.atomic
def choose(*, cause: Cause, influencer: Influencer) -> OwnProfile:
    """Its accounts are the cause's own from now on; chosen again, too. Raises DomainError: person_erased."""
    if not lists.hold([influencer.pk]):
        raise DomainError("person_erased")
    return OwnProfile.objects.get_or_create(cause=cause, influencer=influencer)[0]


@transaction.atomic
def choose_only(*, cause: Cause, influencers: Iterable[Influencer]) -> None:
    """These are the cause's own, and no others. Raises DomainError: person_erased."""
    wanted = {influencer.pk: influencer for influencer in influencers}
    OwnProfile.objects.filter(cause=cause).exclude(influencer__in=wanted).delete()
    for influencer in wanted.values():
        choose(cause=cause, influencer=influencer)


def let_go(*, own: OwnProfile) -> None:
    own.delete()


def read(*, account: SocialAccount, followers: int, on_date: date, by: User, at: datetime) -> None:
    """Note how many followers an account had on a day. Noted again for the same day, the later number counts.

    Raises DomainError: date_to_come, count_too_big (limit).
    """
    if on_date > timezone.localdate(at):
        raise DomainError("date_to_come")
    if followers > _MOST:
        raise DomainError("count_too_big", limit=_MOST)
    told = AccountReading(
        account.platform,
        account.handle,
        platform_id=account.platform_id or "",
        followers=followers,
        observed_at=at if on_date == timezone.localdate(at) else _next_of(account, on_date),
    )
    people.store(row=InfluencerRow(line=1, accounts=(told,)), source=BY_HAND, at=at, by=by)


def _next_of(account: SocialAccount, day: date) -> datetime:
    """Noon; a second after what was noted of that day before, as readings are never changed."""
    noon = timezone.make_aware(datetime.combine(day, time(12)))
    hour = (noon, noon + timedelta(hours=1))
    last = account.snapshots.filter(source=BY_HAND, observed_at__range=hour).aggregate(at=Max("observed_at"))["at"]
    return noon if last is None else last + timedelta(seconds=1)
