"""The organisation's own accounts in the demo: how they grew stands beside the partners' growth."""

from __future__ import annotations

from datetime import datetime, timedelta

from config.demo import scripts
from crm.formats.rows import AccountReading, InfluencerRow
from crm.models import Cause
from crm.services import influencers, own_profiles

_SOURCE = "statistiques de nos comptes"
_ACCOUNTS = (  # days before, followers then
    ("instagram", "rivages.exemple", ((75, 8_140), (40, 8_610), (2, 9_350))),
    ("tiktok", "rivages.exemple", ((75, 2_020), (40, 2_190), (2, 2_870))),
)


def bring(*, at: datetime) -> int:
    """Their profile, which is every cause's own; its id."""
    for platform, handle, told in _ACCOUNTS:
        for days, followers in told:
            then = at - timedelta(days=days)
            reading = AccountReading(platform, handle, followers=followers, observed_at=then)
            row = InfluencerRow(
                line=1, external_id="ours", name=scripts.ORGANISATION, kind="brand", languages=("fr",), country="FR",
                accounts=(reading,),
            )  # fmt: skip
            stored = influencers.store(row=row, source=_SOURCE, at=then)
    for cause in Cause.objects.order_by("pk"):
        own_profiles.choose(cause=cause, influencer=stored.influencer)
    return stored.influencer.pk
