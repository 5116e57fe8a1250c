"""The timeline of a person. Written in the transaction of the fact it tells."""

from datetime import datetime

from crm.models import Activity, Cause, Influencer, User


def record(
    *,
    influencer: Influencer,
    kind: str,
    at: datetime,
    by: User | None = None,
    cause: Cause | None = None,
    **params: object,
) -> Activity:
    return Activity.objects.create(influencer=influencer, kind=kind, at=at, by=by, cause=cause, params=params)
