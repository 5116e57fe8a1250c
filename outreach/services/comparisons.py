"""Comparisons of models that a person asked for: computed in the background, as every action is read for one."""

from datetime import datetime, timedelta
from time import monotonic

from crm.models import User
from outreach.models import AttributionRun, Campaign, Comparison
from outreach.services import attributions

_LEASE = timedelta(minutes=5)  # without a sign of life: every batch that was read renews it


def ask(*, campaign: Campaign, by: User, at: datetime) -> Comparison:
    """Have a campaign's models compared, by all that is known when it is begun. Asked for twice, it is done once."""
    row, _is_new = Comparison.objects.get_or_create(campaign=campaign, defaults={"asked_by": by, "asked_at": at})
    return row


def build(*, asked: Comparison, at: datetime) -> AttributionRun | None:
    """Compute one that was asked for, once; None where another process does."""
    mine = Comparison.objects.filter(pk=asked.pk)
    if not mine.due(at=at).order_by().update(lease_until=at + _LEASE):
        return None
    begun = monotonic()

    def tell(done: int, of: int) -> None:
        now = at + timedelta(seconds=monotonic() - begun)
        mine.update(done=done, of=of, lease_until=now + _LEASE)

    run = attributions.run(campaign=asked.campaign, at=at, is_asked=True, tell=tell)
    mine.delete()
    return run
