"""What a row says of accounts: found again or opened, their figures, who listens there.

Every statement takes one round; `seen` (made by people.identify) holds its accounts.
"""

from crm.services.bulk import workspace
from crm.services.bulk.staging import FIGURES
from crm.services.bulk.workspace import Params

# A row that calls one account by two names says two things of it: the first counts.
_DROP_SAME = """
DELETE FROM seen USING seen AS other
 WHERE other.line = seen.line AND other.known_id = seen.known_id AND other.place < seen.place
"""
# A source that does not say when speaks of now; an older one than what we know renames nothing and changes no figure.
# Numbered as the file names them, however the planner joins: a person's handles are listed in the order of their ids.
_NEWS = """
SELECT seen.line, coalesce(
         seen.known_id, nextval((SELECT pg_get_serial_sequence('crm_socialaccount', 'id')::regclass))) AS account_id,
       seen.known_id IS NULL AS is_new, work.influencer_id, work.is_new AS is_of_new, said.*,
       coalesce(said.observed_at, %(at)s) AS true_at, said.observed_at IS NOT NULL AS is_dated,
       false AS is_told_again,
       known.observed_at IS NULL OR coalesce(said.observed_at, %(at)s) >= known.observed_at AS is_newest
  FROM seen JOIN work ON work.line = seen.line AND work.influencer_id IS NOT NULL
  JOIN (SELECT line AS said_line, place AS said_place, platform, handle, handle_key, platform_id, url, {figures},
               observed_at, audience, num_nonnulls({figures}) > 0 AS has_figures
          FROM crm_stagedaccount WHERE run = %(run)s) AS said
    ON said.said_line = seen.line AND said.said_place = seen.place
  LEFT JOIN crm_socialaccount AS known ON known.id = seen.known_id
 ORDER BY seen.line, seen.place
"""
# The handle of an account that is somebody else by its platform id has been passed on: what we knew is out of date.
_RELEASE = """
WITH passed_on AS (
  SELECT holder.id, holder.handle FROM news JOIN crm_socialaccount AS holder
      ON holder.platform = news.platform AND holder.handle_key = news.handle_key AND holder.id <> news.account_id
   WHERE news.is_newest FOR UPDATE OF holder
), kept AS (
  INSERT INTO crm_accounthandle (account_id, handle, until) SELECT id, handle, %(at)s FROM passed_on
  ON CONFLICT DO NOTHING
)
UPDATE crm_socialaccount AS holder SET handle_key = '#' || holder.id, updated_at = now()
FROM passed_on WHERE passed_on.id = holder.id
"""
_INSERT = """
INSERT INTO crm_socialaccount (id, created_at, updated_at, influencer_id, platform, handle, handle_key, platform_id,
  url, followers, engagement_rate, observed_at, source, batch_id)
SELECT account_id, now(), now(), influencer_id, platform, handle, handle_key, platform_id, coalesce(url, ''),
  followers, engagement_rate, true_at, %(source)s, %(batch)s
  FROM news WHERE is_new
"""
_COMPARE = """
INSERT INTO changed
SELECT news.line, news.platform || '.' || field.name, field.old, field.new
  FROM news LEFT JOIN crm_socialaccount AS known ON known.id = news.account_id
  CROSS JOIN LATERAL (VALUES
    ('handle', to_jsonb(known.handle), to_jsonb(news.handle), news.is_newest),
    ('platform_id', to_jsonb(known.platform_id), to_jsonb(news.platform_id), true),
    ('url', to_jsonb(known.url), to_jsonb(news.url), news.is_newest),
    ('followers', to_jsonb(known.followers), to_jsonb(news.followers), news.is_newest),
    ('engagement_rate', to_jsonb(known.engagement_rate), to_jsonb(news.engagement_rate), news.is_newest)
  ) AS field(name, old, new, counts)
 WHERE NOT news.is_of_new AND field.counts AND field.new IS NOT NULL AND field.old IS DISTINCT FROM field.new
"""
_RENAMED = """
INSERT INTO crm_accounthandle (account_id, handle, until)
SELECT known.id, known.handle, news.true_at FROM news JOIN crm_socialaccount AS known ON known.id = news.account_id
 WHERE NOT news.is_new AND news.is_newest AND known.handle_key <> news.handle_key AND known.handle_key NOT LIKE '#%%'
ON CONFLICT DO NOTHING
"""
# An undated reading is news only when it differs from the newest snapshot.
_AGAIN = """
UPDATE news SET is_told_again = true FROM (
  SELECT DISTINCT ON (shot.account_id) shot.* FROM crm_accountsnapshot AS shot
   WHERE shot.account_id IN (SELECT account_id FROM news WHERE NOT is_new AND NOT is_dated AND has_figures)
   ORDER BY shot.account_id, shot.observed_at DESC, shot.id DESC
) AS newest
WHERE newest.account_id = news.account_id AND NOT news.is_dated AND {same}
"""
_UPDATE = """
UPDATE crm_socialaccount AS known SET updated_at = now(), source = %(source)s,
  platform_id = coalesce(news.platform_id, known.platform_id),
  handle = CASE WHEN is_newest THEN news.handle ELSE known.handle END,
  handle_key = CASE WHEN is_newest THEN news.handle_key ELSE known.handle_key END,
  url = CASE WHEN is_newest THEN coalesce(news.url, known.url) ELSE known.url END,
  followers = CASE WHEN is_newest THEN coalesce(news.followers, known.followers) ELSE known.followers END,
  engagement_rate = CASE WHEN is_newest THEN coalesce(news.engagement_rate, known.engagement_rate)
                    ELSE known.engagement_rate END,
  observed_at = greatest(known.observed_at, news.true_at)
FROM news
WHERE known.id = news.account_id AND NOT news.is_new AND (
  EXISTS (SELECT FROM changed WHERE changed.line = news.line AND changed.field LIKE news.platform || '.%%')
  OR (news.has_figures AND NOT news.is_told_again AND news.is_newest
      AND known.observed_at IS DISTINCT FROM news.true_at))
"""
# A file that was brought before and says more by now: that reading of it is completed, and nothing in it changed.
_COMPLETE = """
WITH completed AS (
  UPDATE crm_accountsnapshot AS known SET credible_share = news.credible_share FROM news
   WHERE known.account_id = news.account_id AND known.observed_at = news.true_at AND known.source = %(source)s
     AND known.credible_share IS NULL AND news.credible_share IS NOT NULL AND NOT news.is_new
  RETURNING news.line, news.platform, news.credible_share, news.true_at
)
INSERT INTO changed
SELECT line, platform || '.' || field.name, NULL, field.new
  FROM completed CROSS JOIN LATERAL (VALUES
    ('credible_share', to_jsonb(credible_share)), ('snapshot', to_jsonb((true_at AT TIME ZONE 'UTC')::date))
  ) AS field(name, new)
"""
_SNAPSHOTS = """
WITH made AS (
  INSERT INTO crm_accountsnapshot (account_id, observed_at, source, is_estimate, {figures}, batch_id)
  SELECT account_id, true_at, %(source)s, false, {figures}, %(batch)s FROM news
   WHERE has_figures AND NOT is_told_again
  ON CONFLICT DO NOTHING RETURNING account_id
)
INSERT INTO changed
SELECT news.line, news.platform || '.snapshot', NULL, to_jsonb((news.true_at AT TIME ZONE 'UTC')::date)
  FROM made JOIN news USING (account_id)
 WHERE NOT news.is_of_new AND NOT EXISTS (
   SELECT FROM changed WHERE changed.line = news.line AND changed.field LIKE news.platform || '.%%')
"""
# Compared with what was known at that time: an old file brought twice is no news either.
_AUDIENCE = """
WITH told AS (
  SELECT news.line, news.account_id, news.platform, news.true_at, news.is_new, news.is_of_new,
         dimension.key AS dimension, dimension.value AS shares
    FROM news CROSS JOIN LATERAL jsonb_each(news.audience) AS dimension
), fresh AS (
  SELECT told.*, known.shares AS had FROM told LEFT JOIN LATERAL (
    SELECT jsonb_object_agg(share.key, share.share) AS shares FROM crm_audienceshare AS share
     WHERE share.account_id = told.account_id AND share.dimension = told.dimension AND share.observed_at = (
       SELECT max(newest.observed_at) FROM crm_audienceshare AS newest
        WHERE newest.account_id = told.account_id AND newest.dimension = told.dimension
          AND newest.observed_at <= told.true_at)
  ) AS known ON NOT told.is_new
  WHERE known.shares IS DISTINCT FROM told.shares
), stored AS (
  INSERT INTO crm_audienceshare (account_id, dimension, key, share, observed_at, source, batch_id)
  SELECT account_id, dimension, share.key, share.value::text::float8, true_at, %(source)s, %(batch)s
    FROM fresh CROSS JOIN LATERAL (
      SELECT key, nullif(value, 'null') AS value FROM jsonb_each(fresh.shares)) AS share
  ON CONFLICT (account_id, dimension, key, observed_at) DO UPDATE SET share = excluded.share, source = excluded.source
)
INSERT INTO changed
SELECT line, platform || '.audience.' || dimension, coalesce(had, '{{}}'), shares FROM fresh WHERE NOT is_of_new
"""

_LISTED = ", ".join(FIGURES)
_SAME = " AND ".join(f"(news.{name} IS NULL OR news.{name} IS NOT DISTINCT FROM newest.{name})" for name in FIGURES)


def write(params: Params) -> None:
    workspace.run(_DROP_SAME)
    if not workspace.fill("news", _NEWS.format(figures=_LISTED), params):
        return
    workspace.run(
        *(_RELEASE, _COMPARE, _INSERT, _RENAMED, _AGAIN.format(same=_SAME), _UPDATE, _COMPLETE),
        *(_SNAPSHOTS.format(figures=_LISTED), _AUDIENCE.format()),
        params=params,
    )
