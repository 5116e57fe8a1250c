"""Staged rows become profiles: round by round, in one transaction, and a verdict on every row."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from crm.handles import fold
from crm.models import Influencer, SocialAccount, User
from crm.services.bulk import accounts, people, published, rounds, workspace

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
# Whose name or accounts are other ones now, of those who were known before.
_SEARCHED = """
SELECT DISTINCT work.influencer_id FROM work
 WHERE NOT work.is_new AND EXISTS (
   SELECT FROM changed WHERE changed.line = work.line AND (changed.field = 'name' OR changed.field LIKE '%%.handle'))
"""
_SEARCH = """
UPDATE crm_influencer AS known SET search_text = told.text
FROM unnest(%(ids)s::bigint[], %(texts)s::text[]) AS told(id, text)
WHERE told.id = known.id AND known.search_text <> told.text
"""
_CHUNK = 5_000


@contextmanager
def applied(
    *, run: UUID, source: str, at: datetime, by: User | None = None, batch: int | None = None
) -> Iterator[None]:
    """Within: the rows are stored, and the table `work` tells what became of each. Take it inside a transaction."""
    params: workspace.Params = {
        "run": run, "source": source[:200], "at": at, "by": by.pk if by else None, "batch": batch,
        "made": "added" if by else "imported", "changed": "edited" if by else "updated",
    }  # fmt: skip
    with transaction.atomic():
        people.begin()
        for number in range(1, rounds.prepare(run=run) + 1):
            people.identify(params | {"round": number})
            people.write(params | {"round": number})
            accounts.write(params | {"round": number})
        workspace.run(_FOLLOWERS)
        published.write(params)
        workspace.run(_CHANGES)
        _refresh_search()
        workspace.run(_ACTIVITY, params=params)
        yield


def _refresh_search() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_SEARCHED.replace("%%", "%"))
        ids = [row[0] for row in cursor.fetchall()]
    for start in range(0, len(ids), _CHUNK):
        refresh_search(ids[start : start + _CHUNK])


def refresh_search(ids: list[int]) -> None:
    """Keep what lists are searched by: the folded name and handles of these people."""
    said: dict[int, list[str]] = {pk: [] for pk in ids}
    rows = SocialAccount.objects.filter(influencer__in=ids).order_by("pk")
    for pk, handle in rows.values_list("influencer", "handle"):
        said[pk].append(handle)
    names = dict(Influencer.objects.filter(pk__in=ids).values_list("pk", "name"))
    texts = [fold(" ".join([names[pk], *said[pk]])) for pk in names]
    workspace.run(_SEARCH, params={"ids": list(names), "texts": texts})
