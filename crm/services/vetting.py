"""Somebody looked at a person for a cause and decided."""

from datetime import datetime

from django.db import transaction

from crm.errors import DomainError
from crm.models import Cause, Influencer, User, VettingCheck
from crm.services import activity


@transaction.atomic
def answer(*, influencer: Influencer, cause: Cause, verdict: str, reason: str, by: User, at: datetime) -> VettingCheck:
    """Record a verdict; the newest holds. Raises DomainError: verdict_unknown, reason_missing."""
    if verdict not in VettingCheck.Verdict.values:
        raise DomainError("verdict_unknown", verdict=verdict, known=VettingCheck.Verdict.values)
    if not reason.strip():
        raise DomainError("reason_missing")
    check = VettingCheck.objects.create(
        influencer=influencer, cause=cause, verdict=verdict, reason=reason.strip(), by=by, at=at
    )
    activity.record(influencer=influencer, cause=cause, kind="vetted", at=at, by=by, verdict=verdict)
    return check
