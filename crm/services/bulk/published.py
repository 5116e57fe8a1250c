"""What accounts published and what happened there day by day, of all rows at once, after everybody is known."""

from crm.services.bulk import workspace
from crm.services.bulk.workspace import Params

# Followers of a leading row speak of the same accounts, at the same places.
_ACCOUNTS = """
SELECT said.line, said.place, account.id AS account_id, said.published, said.past, said.days
  FROM work JOIN crm_stagedaccount AS said ON said.run = %(run)s AND said.line = work.line
  JOIN crm_stagedaccount AS first ON first.run = %(run)s AND first.line = work.leader AND first.place = said.place
  JOIN crm_socialaccount AS account ON account.platform = first.platform AND (
    account.platform_id = first.platform_id
    OR (account.handle_key = first.handle_key
        AND (first.platform_id IS NULL OR account.platform_id = first.platform_id)))
 WHERE work.influencer_id IS NOT NULL AND num_nonnulls(said.published, said.past, said.days) > 0
"""
# Of several readings of one post the newest counts, and of equally old ones the last in the file.
_POSTS = """
WITH told AS (
  SELECT DISTINCT ON (home.account_id, post.platform_id) home.line, home.account_id, post.*,
         coalesce(post.observed_at, %(at)s) AS true_at
    FROM home CROSS JOIN LATERAL ROWS FROM (jsonb_to_recordset(home.published) AS (
      platform_id text, published_at timestamptz, format text, text text, hashtags varchar[], language text, url text,
      is_advert bool, likes bigint, comments bigint, shares bigint, views bigint, saves bigint, reach bigint,
      duration_seconds int, observed_at timestamptz)) WITH ORDINALITY AS post
   ORDER BY home.account_id, post.platform_id, coalesce(post.observed_at, %(at)s) DESC, home.line DESC,
     post.ordinality DESC
), compared AS (
  SELECT told.*, known.id AS known_id FROM told LEFT JOIN crm_post AS known USING (account_id, platform_id)
   WHERE known.id IS NULL OR (told.true_at >= known.observed_at AND (
     (coalesce(told.format, known.format), coalesce(told.text, known.text), coalesce(told.hashtags, known.hashtags),
      coalesce(told.url, known.url), coalesce(told.likes, known.likes), coalesce(told.comments, known.comments),
      coalesce(told.shares, known.shares), coalesce(told.views, known.views), coalesce(told.saves, known.saves),
      coalesce(told.reach, known.reach), told.published_at)
     IS DISTINCT FROM (known.format, known.text, known.hashtags, known.url, known.likes, known.comments, known.shares,
      known.views, known.saves, known.reach, known.published_at)))
), stored AS (
  INSERT INTO crm_post AS known (account_id, platform_id, published_at, format, text, hashtags, language, url,
    is_advert, likes, comments, shares, views, saves, reach, duration_seconds, observed_at, source, batch_id)
  SELECT account_id, platform_id, published_at, coalesce(format, 'other'), coalesce(text, ''),
    coalesce(hashtags, '{}'), coalesce(language, ''), coalesce(url, ''), is_advert, likes, comments, shares, views,
    saves, reach, duration_seconds, true_at, %(source)s, %(batch)s FROM compared
  ON CONFLICT (account_id, platform_id) DO UPDATE SET published_at = excluded.published_at,
    format = CASE WHEN excluded.format = 'other' THEN known.format ELSE excluded.format END,
    text = coalesce(nullif(excluded.text, ''), known.text),
    hashtags = coalesce(nullif(excluded.hashtags, '{}'), known.hashtags),
    language = coalesce(nullif(excluded.language, ''), known.language),
    url = coalesce(nullif(excluded.url, ''), known.url), is_advert = coalesce(excluded.is_advert, known.is_advert),
    likes = coalesce(excluded.likes, known.likes), comments = coalesce(excluded.comments, known.comments),
    shares = coalesce(excluded.shares, known.shares), views = coalesce(excluded.views, known.views),
    saves = coalesce(excluded.saves, known.saves), reach = coalesce(excluded.reach, known.reach),
    duration_seconds = coalesce(excluded.duration_seconds, known.duration_seconds),
    observed_at = excluded.observed_at, source = excluded.source
)
INSERT INTO changed
SELECT line, 'posts', CASE WHEN bool_and(known_id IS NULL) THEN NULL ELSE to_jsonb(count(known_id)) END,
       to_jsonb(count(*)) FROM compared GROUP BY line
"""
_DAYS = """
WITH told AS (
  SELECT DISTINCT ON (home.account_id, told.day) home.line, home.account_id, told.*
    FROM home CROSS JOIN LATERAL jsonb_to_recordset(home.days) AS told(
      day timestamptz, views bigint, engagements bigint, likes bigint, comments bigint, shares bigint, follows bigint,
      unfollows bigint, followers bigint)
   ORDER BY home.account_id, told.day, home.line DESC
), stored AS (
  INSERT INTO crm_accountday AS known (account_id, day, views, engagements, likes, comments, shares, follows,
    unfollows, followers, source, batch_id)
  SELECT account_id, (day AT TIME ZONE 'UTC')::date, views, engagements, likes, comments, shares, follows, unfollows,
    followers, %(source)s, %(batch)s FROM told
  ON CONFLICT (account_id, day) DO UPDATE SET views = coalesce(excluded.views, known.views),
    engagements = coalesce(excluded.engagements, known.engagements), likes = coalesce(excluded.likes, known.likes),
    comments = coalesce(excluded.comments, known.comments), shares = coalesce(excluded.shares, known.shares),
    follows = coalesce(excluded.follows, known.follows), unfollows = coalesce(excluded.unfollows, known.unfollows),
    followers = coalesce(excluded.followers, known.followers), source = excluded.source
  WHERE (coalesce(excluded.views, known.views), coalesce(excluded.engagements, known.engagements),
    coalesce(excluded.likes, known.likes), coalesce(excluded.comments, known.comments),
    coalesce(excluded.shares, known.shares), coalesce(excluded.follows, known.follows),
    coalesce(excluded.unfollows, known.unfollows), coalesce(excluded.followers, known.followers))
   IS DISTINCT FROM (known.views, known.engagements, known.likes, known.comments, known.shares, known.follows,
    known.unfollows, known.followers)
  RETURNING account_id, day
)
INSERT INTO changed
SELECT told.line, 'days', NULL, to_jsonb(count(*)) FROM told
  JOIN stored ON stored.account_id = told.account_id AND stored.day = (told.day AT TIME ZONE 'UTC')::date
 GROUP BY told.line
"""
_PAST = """
WITH made AS (
  INSERT INTO crm_accountsnapshot (account_id, observed_at, source, is_estimate, followers, following, posts,
    avg_engagements, avg_likes, avg_comments, avg_shares, avg_views, engagement_rate, batch_id)
  SELECT home.account_id, told.observed_at, %(source)s, coalesce(told.is_estimate, false), told.followers,
    told.following, told.posts, told.avg_engagements, told.avg_likes, told.avg_comments, told.avg_shares,
    told.avg_views, told.engagement_rate, %(batch)s
    FROM home CROSS JOIN LATERAL jsonb_to_recordset(home.past) AS told(
      observed_at timestamptz, is_estimate bool, followers bigint, following bigint, posts bigint,
      avg_engagements float8, avg_likes float8, avg_comments float8, avg_shares float8, avg_views float8,
      engagement_rate float8)
  ON CONFLICT DO NOTHING RETURNING account_id
)
INSERT INTO changed
SELECT line, 'past_figures', NULL, to_jsonb(count(*)) FROM home JOIN made USING (account_id) GROUP BY line
"""


def write(params: Params) -> None:
    if workspace.fill("home", _ACCOUNTS, params):
        workspace.run(_POSTS, _DAYS, _PAST, params=params)
