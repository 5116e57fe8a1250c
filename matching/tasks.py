"""Doorbells of matching. What ranks is imported when a task runs: it belongs to the worker."""

from celery import shared_task

from crm.tasks import instant
from matching.models import MatchList, Training


@shared_task
def build_match_list(pk: int, at: str = "") -> None:
    from matching.services import ranking

    ranking.build(match_list=MatchList.objects.get(pk=pk), at=instant(at))


@shared_task
def sweep_match_lists(at: str = "") -> None:
    for match_list in MatchList.objects.due(at=instant(at)):
        build_match_list(match_list.pk, at)


@shared_task
def learn(pk: int, at: str = "") -> None:
    from matching.services import training

    training.build(training=Training.objects.get(pk=pk), at=instant(at))


@shared_task
def sweep_trainings(at: str = "") -> None:
    for training in Training.objects.due(at=instant(at)):
        learn(training.pk, at)


@shared_task
def learn_anew(at: str = "") -> None:
    from matching.services import training

    training.request_due(at=instant(at))


@shared_task
def watch_drift(at: str = "") -> None:
    from matching.services import drift

    drift.watch(at=instant(at))


@shared_task
def keep_snapshot(at: str = "") -> None:
    from matching.services import snapshot

    snapshot.keep(at=instant(at))


@shared_task
def count_hashtags(at: str = "") -> None:
    from matching.services import hashtags

    hashtags.count_due(at=instant(at))


@shared_task
def recount_hashtags() -> None:
    from matching.services import hashtags

    hashtags.count(at=instant(""))
