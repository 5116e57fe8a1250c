"""Doorbells of outreach: safe to lose and safe to run twice."""

from celery import shared_task
from django.utils import timezone

from outreach.services import conversions, delivery


@shared_task
def sweep_outbox() -> None:
    delivery.deliver_due(at=timezone.now())


@shared_task
def sweep_credits() -> None:
    conversions.attribute_due()
