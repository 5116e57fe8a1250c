"""What people are filtered by: their accounts as lists show them, their country, when they were last written to."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from crm.models import Influencer, SocialAccount
from matching.ranking.postings import fingerprint
from matching.ranking.snapshot.rules import country_code
from matching.ranking.snapshot.segment import NEVER, Accounts, Filed

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def of(ids: Sequence[int]) -> Filed:
    """Of these people, in this order; whoever is not there any more has nothing."""
    row = {pk: place for place, pk in enumerate(ids)}
    accounts = list(
        SocialAccount.objects.filter(influencer__in=ids)
        .order_by("pk")
        .values_list("influencer", "platform", "followers", "engagement_rate")
    )
    people = {
        pk: (country, contact)
        for pk, country, contact in Influencer.objects.filter(pk__in=ids).values_list(
            "pk", "country", "last_contacted_at"
        )
    }
    told = [people.get(pk, ("", None)) for pk in ids]
    return Filed(
        Accounts(
            rows=np.array([row[person] for person, *_ in accounts], dtype=np.uint16),
            platforms=np.array([fingerprint(platform) for _, platform, *_ in accounts], dtype=np.uint64),
            followers=np.array(
                [-1 if followers is None else followers for *_, followers, _ in accounts], dtype=np.int64
            ),
            rates=np.array([np.nan if rate is None else rate for *_, rate in accounts], dtype=np.float64),
        ),
        countries=np.array([country_code(country) for country, _contact in told], dtype=np.uint16),
        contacts=np.array([NEVER if at is None else microseconds(at) for _country, at in told], dtype=np.int64),
    )


def microseconds(at: datetime) -> int:
    """Since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)
