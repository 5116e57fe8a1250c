"""Whom a row speaks of, and what it says of the person: found again or made, and told what changed.

Every statement takes one round of the table `work`, in which everybody stands once. `changed` gathers what each row
changed, field by field.
"""

from uuid import UUID

from crm.models import InfluencerAlias
from crm.services.bulk import workspace
from crm.services.bulk.pairs import KEEP
from crm.services.bulk.workspace import Params

_CHANGED = "line int NOT NULL, field text NOT NULL, old jsonb, new jsonb"
# An account with another platform id than the row's is somebody else, whatever its handle: handles are passed on.
_SEEN = """
SELECT said.line, said.place, by_id.influencer_id AS of_id, by_handle.influencer_id AS of_handle,
       coalesce(by_id.id, by_handle.id) AS known_id
  FROM work JOIN crm_stagedaccount AS said ON said.run = %(run)s AND said.line = work.line
  LEFT JOIN crm_socialaccount AS by_id ON by_id.platform = said.platform AND by_id.platform_id = said.platform_id
  LEFT JOIN crm_socialaccount AS by_handle
    ON by_handle.platform = said.platform AND by_handle.handle_key = said.handle_key
   AND (by_handle.platform_id IS NULL OR said.platform_id IS NULL OR by_handle.platform_id = said.platform_id)
 WHERE work.round = %(round)s AND work.line = work.leader
"""
_FOUND = """
SELECT work.line, 'external_id' AS rule, known.id AS influencer_id
  FROM work JOIN crm_stagedrow AS said ON said.run = %(run)s AND said.line = work.line
  JOIN crm_influencer AS known ON known.external_id = said.external_id
 WHERE work.round = %(round)s AND work.line = work.leader
UNION ALL
SELECT work.line, 'email', known.influencer_id
  FROM work JOIN crm_stagedrow AS said ON said.run = %(run)s AND said.line = work.line
  JOIN crm_address AS known ON known.email_key = said.email_key
 WHERE work.round = %(round)s AND work.line = work.leader
UNION ALL SELECT line, 'platform_id', of_id FROM seen WHERE of_id IS NOT NULL
UNION ALL SELECT line, 'handle', of_handle FROM seen WHERE of_handle IS NOT NULL
"""
_CONFLICTS = """
UPDATE work SET verdict = 'rejected', remarks = jsonb_build_array(jsonb_build_object(
  'column', '', 'code', 'identity_conflict', 'params', jsonb_build_object('columns', torn.rules)))
FROM (
  SELECT line, array_agg(DISTINCT rule ORDER BY rule) AS rules FROM found
   GROUP BY line HAVING count(DISTINCT influencer_id) > 1
) AS torn WHERE torn.line = work.line
"""
# A row that names two people says that they may be one: kept where the file is stored, for somebody to look at.
_TORN = KEEP.format(
    evidence="""
  SELECT one.influencer_id AS low, other.influencer_id AS high, 'import' AS rule,
         least(one.rule, other.rule) || ' ' || greatest(one.rule, other.rule) AS value
    FROM found AS one JOIN found AS other USING (line) WHERE one.influencer_id < other.influencer_id
"""
)
# Whoever goes by another id since profiles were merged.
_ALIASES = """
UPDATE crm_stagedrow AS said SET external_id = known.external_id
  FROM crm_influenceralias AS alias JOIN crm_influencer AS known ON known.id = alias.influencer_id
 WHERE said.run = %(run)s AND said.external_id = alias.external_id AND known.external_id IS NOT NULL
"""
_NAMELESS = """
UPDATE work SET verdict = 'rejected', remarks = %(nameless)s::jsonb
  FROM crm_stagedrow AS said
 WHERE said.run = %(run)s AND said.line = work.line AND work.round = %(round)s AND work.line = work.leader
   AND work.verdict IS NULL AND said.name IS NULL
   AND NOT EXISTS (SELECT FROM found WHERE found.line = work.line)
   AND NOT EXISTS (SELECT FROM seen WHERE seen.line = work.line)
"""
# In the order of their ids, as everybody takes several people's locks: as crm.services.bulk.lists.hold does.
_LOCK = """
SELECT count(*) FROM (
  SELECT FROM crm_influencer WHERE id IN (
    SELECT influencer_id FROM found
    UNION ALL SELECT influencer_id FROM crm_representation WHERE agent_id IN (SELECT influencer_id FROM found)
  ) ORDER BY id FOR UPDATE
) AS locked
"""
_WHO = """
UPDATE work SET is_new = known.influencer_id IS NULL,
  verdict = CASE WHEN known.influencer_id IS NULL THEN 'created' ELSE 'unchanged' END,
  influencer_id = coalesce(
    known.influencer_id, nextval((SELECT pg_get_serial_sequence('crm_influencer', 'id')::regclass)))
FROM work AS same LEFT JOIN (SELECT line, min(influencer_id) AS influencer_id FROM found GROUP BY line) AS known
  USING (line)
WHERE same.line = work.line AND work.round = %(round)s AND work.line = work.leader AND work.verdict IS NULL
"""
# Who has no name is called by their first account: what a row calls itself may be the text of a post.
# Size and whether one may write to them as crm.services.bulk.lists would find them.
_INSERT = """
INSERT INTO crm_influencer (id, public_id, created_at, updated_at, external_id, name, sort_name, search_text, kind,
  languages, country, city, timezone, bio, notes, hashtags, interests, is_demo, batch_id, size, is_contactable)
SELECT work.influencer_id, gen_random_uuid(), now(), now(), said.external_id, coalesce(said.name, (
    SELECT account.handle FROM crm_stagedaccount AS account
     WHERE account.run = said.run AND account.line = said.line ORDER BY account.place LIMIT 1)),
  said.sort_name, said.search_text, coalesce(said.kind, 'person'), coalesce(said.languages, '{}'),
  coalesce(said.country, ''), coalesce(said.city, ''), coalesce(said.timezone, ''), coalesce(said.bio, ''),
  coalesce(said.remarks, ''), coalesce(said.hashtags, '{}'), coalesce(said.interests, '{}'), false, %(batch)s,
  coalesce((SELECT max(followers) FROM crm_stagedaccount WHERE run = %(run)s AND line = work.line), -1),
  coalesce(said.email_key IS NOT NULL AND said.email_kind = 'professional' AND said.email_source <> ''
    AND said.basis IN ('legitimate_interest', 'contract')
    AND NOT EXISTS (SELECT FROM crm_suppression AS no WHERE no.subject = said.digest), false)
  FROM work JOIN crm_stagedrow AS said ON said.run = %(run)s AND said.line = work.line
 WHERE work.round = %(round)s AND work.is_new
"""
_COMPARE = """
INSERT INTO changed
SELECT work.line, field.name, field.old, field.new
  FROM work JOIN crm_stagedrow AS said ON said.run = %(run)s AND said.line = work.line
  JOIN crm_influencer AS known ON known.id = work.influencer_id
  CROSS JOIN LATERAL (VALUES
    ('external_id', to_jsonb(known.external_id), to_jsonb(said.external_id)),
    ('name', to_jsonb(known.name), to_jsonb(said.name)),
    ('kind', to_jsonb(known.kind), to_jsonb(said.kind)),
    ('languages', to_jsonb(known.languages), to_jsonb(said.languages)),
    ('country', to_jsonb(known.country), to_jsonb(said.country)),
    ('city', to_jsonb(known.city), to_jsonb(said.city)),
    ('timezone', to_jsonb(known.timezone), to_jsonb(said.timezone)),
    ('bio', to_jsonb(known.bio), to_jsonb(said.bio)),
    ('notes', to_jsonb(known.notes), to_jsonb(said.remarks)),
    ('hashtags', to_jsonb(known.hashtags), to_jsonb(said.hashtags)),
    ('interests', to_jsonb(known.interests), to_jsonb(known.interests || ARRAY(
       SELECT word FROM unnest(said.interests) WITH ORDINALITY AS listed(word, place)
        WHERE word <> ALL (known.interests) ORDER BY place)))
  ) AS field(name, old, new)
 WHERE work.round = %(round)s AND NOT work.is_new AND field.new IS NOT NULL AND field.old IS DISTINCT FROM field.new
"""
_UPDATE = """
UPDATE crm_influencer AS known SET updated_at = now(),
  external_id = coalesce(said.external_id, known.external_id), name = coalesce(said.name, known.name),
  sort_name = CASE WHEN said.name IS NULL THEN known.sort_name ELSE said.sort_name END,
  kind = coalesce(said.kind, known.kind), languages = coalesce(said.languages, known.languages),
  country = coalesce(said.country, known.country), city = coalesce(said.city, known.city),
  timezone = coalesce(said.timezone, known.timezone), bio = coalesce(said.bio, known.bio),
  notes = coalesce(said.remarks, known.notes), hashtags = coalesce(said.hashtags, known.hashtags),
  interests = known.interests || ARRAY(
    SELECT word FROM unnest(said.interests) WITH ORDINALITY AS listed(word, place)
     WHERE word <> ALL (known.interests) ORDER BY place)
FROM work JOIN crm_stagedrow AS said ON said.run = %(run)s AND said.line = work.line
WHERE work.round = %(round)s AND known.id = work.influencer_id AND work.line IN (SELECT line FROM changed)
"""
_TOPICS_CHANGED = """
INSERT INTO changed
SELECT work.line, 'topics', had.slugs, (
    SELECT jsonb_agg(slug ORDER BY slug) FROM crm_topic
     WHERE id = ANY (said.topics) OR had.slugs ? slug)
  FROM work JOIN crm_stagedrow AS said ON said.run = %(run)s AND said.line = work.line
  CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(topic.slug ORDER BY topic.slug), '[]') AS slugs,
           coalesce(array_agg(topic.id), '{}') AS ids
      FROM crm_influencer_topics AS has JOIN crm_topic AS topic ON topic.id = has.topic_id
     WHERE has.influencer_id = work.influencer_id
  ) AS had
 WHERE work.round = %(round)s AND NOT work.is_new AND said.topics IS NOT NULL AND NOT said.topics <@ had.ids
"""
_TOPICS = """
INSERT INTO crm_influencer_topics (influencer_id, topic_id)
SELECT work.influencer_id, unnest(said.topics)
  FROM work JOIN crm_stagedrow AS said ON said.run = %(run)s AND said.line = work.line
 WHERE work.round = %(round)s AND work.influencer_id IS NOT NULL AND said.topics IS NOT NULL
ON CONFLICT DO NOTHING
"""
# What is recorded about an address is changed on purpose (addresses.correct), never by the way. Consent is not taken
# from a file, and a personal address is not written to without it, whatever else the file says.
_ADDRESSES = """
WITH fresh AS (
  SELECT work.line, work.influencer_id, work.is_new, said.email, said.email_key, said.digest,
         coalesce(said.email_kind, 'personal') AS kind, coalesce(said.basis, '') = 'consent' AS is_consent,
         CASE WHEN said.basis = 'consent' THEN '' ELSE coalesce(said.basis, '') END AS basis,
         coalesce(said.email_source, '') AS source
    FROM work JOIN crm_stagedrow AS said ON said.run = %(run)s AND said.line = work.line
   WHERE work.round = %(round)s AND work.influencer_id IS NOT NULL AND said.email_key IS NOT NULL
     AND NOT EXISTS (SELECT FROM crm_address AS known WHERE known.email_key = said.email_key)
), made AS (
  INSERT INTO crm_address (public_id, created_at, updated_at, influencer_id, email, email_key, digest, kind, basis,
    source, source_url, batch_id)
  SELECT gen_random_uuid(), now(), now(), influencer_id, email, email_key, digest, kind, basis, source, '', %(batch)s
    FROM fresh
), told AS (
  INSERT INTO changed SELECT line, field, NULL, to_jsonb(said) FROM fresh CROSS JOIN LATERAL (VALUES
    ('addresses', kind), ('email_source', source), ('basis', basis)) AS told(field, said)
   WHERE said <> '' AND NOT fresh.is_new
)
UPDATE work SET remarks = work.remarks || (
  SELECT coalesce(
      jsonb_agg(jsonb_build_object('column', remark.name, 'code', remark.code, 'params', '{}'::jsonb)), '[]')
    FROM (VALUES
      ('basis', 'consent_not_imported', fresh.is_consent),
      ('email_source', 'address_without_email_source', fresh.kind = 'professional' AND fresh.source = ''),
      ('basis', 'address_without_basis', fresh.kind = 'professional' AND fresh.basis = '' AND NOT fresh.is_consent)
    ) AS remark(name, code, applies) WHERE remark.applies)
FROM fresh WHERE fresh.line = work.line
  AND (fresh.is_consent OR (fresh.kind = 'professional' AND (fresh.source = '' OR fresh.basis = '')))
"""
_NAMELESS_REMARK = '[{"column": "", "code": "name_missing", "params": {}}]'


def begin() -> None:
    workspace.make("changed", _CHANGED, index="line")


def follow_aliases(*, run: UUID) -> None:
    """Before rows are told apart by their ids: those of profiles that were merged name the person they became."""
    if InfluencerAlias.objects.filter(external_id__isnull=False).exists():
        workspace.run(_ALIASES, params={"run": run})


def identify(params: Params) -> None:
    """Say for each row of a round whom it speaks of; the rest of the round reads it in `work` and `seen`."""
    workspace.fill("seen", _SEEN, params)
    workspace.fill("found", _FOUND, params)
    workspace.run(_LOCK, _CONFLICTS, _TORN, _NAMELESS, _WHO, params=params | {"nameless": _NAMELESS_REMARK})


def write(params: Params) -> None:
    workspace.run(_INSERT, _COMPARE, _UPDATE, _TOPICS_CHANGED, _TOPICS, _ADDRESSES, params=params)
