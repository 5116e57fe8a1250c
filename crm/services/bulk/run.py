"""Staged rows become profiles: round by round, in one transaction, and a verdict on every row."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction

from crm import failpoints
from crm.models import User
from crm.services import erased, identity
from crm.services.bulk import accounts, lists, people, published, rounds, workspace

_FOLLOWERS = """
UPDATE work SET influencer_id = head.influencer_id, is_new = false,
  verdict = CASE WHEN head.verdict = 'rejected' THEN 'rejected' ELSE 'unchanged' END,
  remarks = CASE WHEN head.verdict = 'rejected' THEN head.remarks ELSE work.remarks END
FROM work AS head WHERE head.line = work.leader AND work.line <> work.leader
"""
_CHANGES = """
UPDATE work SET verdict = CASE WHEN is_new THEN 'created' ELSE 'updated' END, changes = told.changes
FROM (
  SELECT line, jsonb_object_agg(field, jsonb_build_array(old, new)) AS changes FROM changed GROUP BY line
) AS told
WHERE told.line = work.line
"""
_ACTIVITY = """
INSERT INTO crm_activity (influencer_id, kind, at, by_id, params)
SELECT influencer_id, CASE WHEN is_new THEN %(made)s ELSE %(changed)s END, %(at)s, %(by)s,
  CASE WHEN is_new THEN jsonb_build_object('source', %(source)s::text)
       ELSE jsonb_build_object('source', %(source)s::text,
         'fields', (SELECT jsonb_agg(key ORDER BY key) FROM jsonb_object_keys(changes) AS key)) END
  FROM work WHERE verdict IN ('created', 'updated')
"""
# Of those who were known before, whoever lists must know anew. (Those whom the run made were written with it.)
_LISTED = """
SELECT DISTINCT work.influencer_id FROM work
 WHERE NOT work.is_new AND EXISTS (
   SELECT FROM changed WHERE changed.line = work.line AND (
     changed.field IN ('name', 'bio', 'addresses') OR changed.field LIKE '%.handle' OR changed.field LIKE '%.followers'
     OR changed.field LIKE '%.audience.%'))
"""


_PER_ROUND = 3  # steps
_AFTERWARDS = 3  # what was published, the verdicts, and what is left to whoever called


def _silent(done: int, whole: int) -> None:
    pass


@contextmanager
def applied(
    *,
    run: UUID,
    source: str,
    at: datetime,
    by: User | None = None,
    batch: int | None = None,
    step: Callable[[int, int], None] = _silent,
) -> Iterator[None]:
    """Within: the rows are stored, and the table `work` tells what became of each. Take it inside a transaction.

    `step` hears how many of how many steps are done.
    """
    params: workspace.Params = {
        "run": run, "source": source[:200], "at": at, "by": by.pk if by else None, "batch": batch,
        "made": "added" if by else "imported", "changed": "edited" if by else "updated",
    }  # fmt: skip
    with transaction.atomic():
        identity.keep()
        erased.refuse(run=run)
        people.begin()
        people.follow_aliases(run=run)
        count = rounds.prepare(run=run)
        whole, done = 1 + _PER_ROUND * count + _AFTERWARDS, 1
        step(done, whole)
        for number in range(1, count + 1):
            for write in (people.identify, people.write, accounts.write):
                write(params | {"round": number})
                done += 1
                step(done, whole)
        workspace.run(_FOLLOWERS)
        published.write(params)
        step(whole - 2, whole)
        workspace.run(_CHANGES)
        lists.refresh(pk for (pk,) in workspace.rows(_LISTED))
        workspace.run(_ACTIVITY, params=params)
        failpoints.reach("import.applied")
        step(whole - 1, whole)
        yield
