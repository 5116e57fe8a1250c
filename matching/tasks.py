"""Doorbells of matching. The ranking service is imported when a task runs: scikit-learn belongs to the worker."""

from celery import shared_task
from django.utils import timezone

from matching.models import MatchList


@shared_task
def build_match_list(pk: int) -> None:
    from matching.services import ranking

    ranking.build(match_list=MatchList.objects.get(pk=pk), at=timezone.now())


@shared_task
def sweep_match_lists() -> None:
    for match_list in MatchList.objects.due(at=timezone.now()):
        build_match_list(match_list.pk)
