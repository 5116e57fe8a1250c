"""Which rows of a file speak of the same person, and in which order they are taken.

Rows that share an external id, an e-mail address or an account are taken one after another, as if the file were read
line by line; all others at once. The first round takes the first row of everybody, the second round the second, and so
on: each is a handful of statements, whatever the number of rows.
"""

from uuid import UUID

from django.db import connection

from crm.services.bulk import workspace

# Keys are compared by a 64-bit hash: two that collide are taken one after the other, which is slower and never wrong.
_EDGES = """
SELECT key, line FROM (
  SELECT key, line, count(*) OVER (PARTITION BY key) AS rows FROM (
    SELECT hashtextextended('x' || external_id, 0) AS key, line FROM crm_stagedrow
     WHERE run = %(run)s AND external_id IS NOT NULL
    UNION ALL SELECT hashtextextended('m' || email_key, 0), line FROM crm_stagedrow
     WHERE run = %(run)s AND email_key IS NOT NULL
    UNION ALL SELECT hashtextextended('i' || platform || ' ' || platform_id, 0), line FROM crm_stagedaccount
     WHERE run = %(run)s AND platform_id IS NOT NULL
    UNION ALL SELECT hashtextextended('h' || platform || ' ' || handle_key, 0), line FROM crm_stagedaccount
     WHERE run = %(run)s
  ) AS keys
) AS counted WHERE rows > 1
"""
_WORK = """
  line int PRIMARY KEY, root int NOT NULL, round int NOT NULL DEFAULT 1, leader int NOT NULL,
  influencer_id bigint, is_new bool, verdict text, changes jsonb NOT NULL DEFAULT '{}',
  remarks jsonb NOT NULL DEFAULT '[]'
"""
_ALL = """
INSERT INTO work (line, root, leader)
SELECT line, line, line FROM crm_stagedrow WHERE run = %(run)s AND errors = '[]'
"""
# Only what rows are joined by: to sample texts and JSON would take longer than a round, and of who somebody is nothing
# can be sampled yet.
_ANALYZE = """
ANALYZE work (line, root, leader, round); ANALYZE crm_stagedrow (run, line, external_id, email_key);
ANALYZE crm_stagedaccount (run, line, place, platform, platform_id, handle_key)
"""
# For this transaction: joins in memory, and no compiling of statements, for which the planner's guess of a hundred
# entries in each JSON object would be reason enough.
_SETTINGS = "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off"
_SPREAD = """
UPDATE work SET root = lowest.root FROM (
  SELECT edge.line, min(of_key.root) AS root FROM edge
    JOIN (SELECT key, min(root) AS root FROM edge JOIN work USING (line) GROUP BY key) AS of_key USING (key)
   GROUP BY edge.line
) AS lowest WHERE lowest.line = work.line AND lowest.root < work.root
"""
_JUMP = "UPDATE work SET root = above.root FROM work AS above WHERE above.line = work.root AND above.root < work.root"
_ORDER = """
UPDATE work SET round = ordered.round, leader = ordered.leader FROM (
  SELECT line, round, min(line) OVER (PARTITION BY root, round) AS leader FROM (
    SELECT line, root, count(*) FILTER (WHERE leads) OVER (PARTITION BY root ORDER BY line) AS round FROM (
      SELECT line, root, payload IS DISTINCT FROM lag(payload) OVER (PARTITION BY root ORDER BY line) AS leads
        FROM work JOIN crm_stagedrow USING (line) WHERE run = %(run)s AND line IN (SELECT line FROM edge)
    ) AS marked
  ) AS counted
) AS ordered WHERE ordered.line = work.line
"""


def prepare(*, run: UUID) -> int:
    """Make the table `work`, of the rows that may be taken, and say how many rounds there are."""
    workspace.make("work", _WORK)
    with connection.cursor() as cursor:
        cursor.execute(_ALL, {"run": run})
        if cursor.rowcount > workspace.LARGE:
            cursor.execute(_SETTINGS)
            cursor.execute(_ANALYZE)
        if workspace.fill("edge", _EDGES, {"run": run}):
            _link(run)
        cursor.execute("SELECT coalesce(max(round), 0) FROM work")
        rounds: int = cursor.fetchone()[0]
    return rounds


def _link(run: UUID) -> None:
    """Let the rows that hang together, directly or through others, have one root, and take them in turn."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_SPREAD)
            if not cursor.rowcount:
                break
            cursor.execute(_JUMP)
        cursor.execute(_ORDER, {"run": run})
