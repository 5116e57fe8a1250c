"""How large accounts were, as they had been seen by an instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from crm.models import AccountSnapshot, SocialAccount


@dataclass(frozen=True)
class Size:
    """One account; `followers` is None where nobody had counted them yet."""

    person: int
    platform: str
    followers: int | None


def of(ids: Sequence[int], *, at: datetime) -> dict[int, Size]:
    """The accounts of these people, by account. A figure that no source dates holds at any time."""
    seen = AccountSnapshot.objects.filter(account=OuterRef("pk"), observed_at__lte=at, followers__isnull=False)
    undated = SocialAccount.objects.filter(Q(observed_at=None) | Q(observed_at__lte=at), pk=OuterRef("pk"))
    rows = (
        SocialAccount.objects.filter(influencer__in=ids)
        .annotate(
            size=Coalesce(
                Subquery(seen.order_by("-observed_at", "-pk").values("followers")[:1]),
                Subquery(undated.values("followers")[:1]),
            )
        )
        .order_by("pk")
        .values_list("pk", F("influencer_id"), "platform", "size")
    )
    return {pk: Size(person, platform, followers) for pk, person, platform, followers in rows}
