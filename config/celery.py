"""The doorbell and the muscle. Every truth is a row in Postgres: tasks carry ids and may be lost or run twice.

TICK is the one list of what must happen by itself. Beat rings each line; `manage.py tick` runs all of them once, in
this order.
"""

import os
from typing import NamedTuple

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("causeway", task_cls="config.audit:AuditedTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class Due(NamedTuple):
    task: str
    every: float  # seconds
    why: str


TICK = (
    Due("crm.tasks.sweep_imports", 10, "imports whose doorbell was lost, or whose worker died"),
    Due("matching.tasks.sweep_match_lists", 10, "match lists whose doorbell was lost, or whose worker died"),
    Due("matching.tasks.sweep_trainings", 10, "trainings whose doorbell was lost, or whose worker died"),
    Due("matching.tasks.learn_anew", 3600, "outcomes grew by a fifth since something was last learned from them"),
    Due("matching.tasks.watch_drift", 3600, "a learned ranker that no longer knows the people it ranks stops serving"),
    Due("matching.tasks.keep_snapshot", 60, "who changed is read before somebody ranks; everybody, once a day"),
    Due("outreach.tasks.poll_mailboxes", 60, "answers that arrived; before anything leaves to whoever answered"),
    Due("outreach.tasks.read_replies", 10, "letters that were stored and not read yet; replies put off until now"),
    Due("outreach.tasks.advance_sequences", 60, "what follows a message that went out is planned, days before it goes"),
    Due("outreach.tasks.write_weekly", 600, "on Monday morning, what happened, to colleagues who asked for it"),
    Due("outreach.tasks.sweep_outbox", 10, "approved messages that are due"),
    Due("outreach.tasks.drain_clicks", 10, "clicks kept on disk are stored; the last day's key of networks goes"),
    Due("outreach.tasks.classify_clicks", 10, "clicks whose company shows that a program made them"),
    Due("outreach.tasks.sweep_credits", 10, "conversions that have no credit yet"),
    Due(
        "outreach.tasks.compare_models",
        3600,
        "what each model gives each partner is kept, where anything was told since",
    ),
    Due("outreach.tasks.sweep_comparisons", 10, "comparisons whose doorbell was lost, or whose worker died"),
    Due("outreach.tasks.forget_comparisons", 3600, "comparisons that nobody asked for go after COMPARISON_DAYS"),
    Due("outreach.tasks.match_publications", 60, "figures of publications that a file of posts brought"),
    Due("outreach.tasks.close_silent", 3600, "conversations in which nobody answered for 30 days"),
    Due("outreach.tasks.ripen_silence", 3600, "silence that was noted early is known to be one after 30 days"),
    Due("outreach.tasks.ripen_actions", 3600, "what came of a post is known 90 days after it went out"),
    Due("matching.tasks.count_hashtags", 3600, "everybody's hashtags are counted once a day"),
    Due("crm.tasks.find_duplicates", 300, "people who changed may turn out to be known twice"),
    Due(
        "crm.tasks.forget_merges",
        3600,
        "how to take a merge apart is forgotten after UNMERGE_DAYS",
    ),
    Due("crm.tasks.complete_erasures", 60, "receipts whose process died before they stood beside the keyring"),
    Due("crm.tasks.forget_idempotency_keys", 3600, "answers kept for API retries are let go after 30 days"),
)

app.conf.beat_schedule = {
    # A ring that waited longer than its own interval is worth nothing: the next one is already there.
    due.task: {"task": due.task, "schedule": due.every, "options": {"expires": due.every}}
    for due in TICK
}
