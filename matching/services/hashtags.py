"""Hashtags for a cause, proposed from what its own people post. Counting everybody's is for the worker, once a day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from crm.models import Cause, Influencer, Topic
from crm.models.post import RECENT
from matching.models import HashtagCount, HashtagFigure, MatchList
from matching.ranking.hashtags import FEWEST, Proposal, Usage, propose

SEASON = timedelta(days=90)
_STALE = timedelta(hours=20)
_TOP = 100  # of a match list: its aligned people, but no more than this part of all they are held against
_TOP_PART = 5
_FEWEST_TOP = 10
_SHOWN = 60

# A hashtag without case and accents. Spelled in SQL: a million posts are not worth fetching to fold their tags.
_KEY = "regexp_replace(normalize(lower({}), NFKD), '[\u0300-\u036f]', '', 'g')"
_COUNT = f"""
-- Who hides their likes has no rate: 0 * likes is unknown where likes are.
WITH spoken AS MATERIALIZED (
  SELECT account.influencer_id, coalesce(person.languages[1], '') AS language, post.hashtags,
         post.published_at > %(recent)s AS is_recent,
         post.published_at > %(before)s AND post.published_at <= %(recent)s AS is_before,
         (coalesce(post.likes, 0) + coalesce(post.comments, 0) + coalesce(post.shares, 0))::float8
           / nullif(account.followers, 0) + 0 * post.likes AS rate
    FROM crm_post AS post
    JOIN crm_socialaccount AS account ON account.id = post.account_id
    JOIN crm_influencer AS person ON person.id = account.influencer_id
   WHERE post.published_at > %(since)s AND post.published_at <= %(at)s
), counted AS (
  INSERT INTO matching_hashtagcount (at, people, posts)
  SELECT %(at)s, coalesce(jsonb_object_agg(language, people), '{{}}'),
         coalesce(jsonb_object_agg(language, posts), '{{}}')
    FROM (SELECT language, count(DISTINCT influencer_id) AS people, count(*) AS posts
            FROM spoken GROUP BY language) AS those
  RETURNING id
), used AS MATERIALIZED (
  SELECT influencer_id, language, tag, is_recent, is_before, rate FROM spoken, unnest(hashtags) AS tag
), spellings AS MATERIALIZED (
  SELECT tag, {_KEY.format("tag")} AS key, count(*) AS number FROM used GROUP BY tag
), shown AS (
  SELECT DISTINCT ON (key) key, tag AS spelled FROM spellings ORDER BY key, number DESC, tag
), each AS (
  SELECT key, language, influencer_id, count(*) AS posts, count(*) FILTER (WHERE is_recent) AS recent,
         count(*) FILTER (WHERE is_before) AS before
    FROM used JOIN spellings USING (tag) GROUP BY key, language, influencer_id
), figures AS (
  SELECT key, language, count(*) AS people, sum(posts) AS posts, sum(recent) AS recent, sum(before) AS before
    FROM each GROUP BY key, language HAVING count(*) > 1
), liked AS (
  SELECT key, language, percentile_cont(0.5) WITHIN GROUP (ORDER BY rate) AS engagement
    FROM used JOIN spellings USING (tag) WHERE is_recent AND rate IS NOT NULL GROUP BY key, language
)
INSERT INTO matching_hashtagfigure (count_id, key, language, spelled, people, posts, recent, before, engagement)
SELECT counted.id, key, language, spelled, people, posts, recent, before, engagement
  FROM counted, figures JOIN shown USING (key) LEFT JOIN liked USING (key, language)
"""  # noqa: S608
# Spellings first: a season's posts of a hundred people repeat the same few thousand.
_ALIGNED = f"""
WITH used AS (
  SELECT DISTINCT person.id, tag
    FROM crm_influencer AS person JOIN crm_socialaccount AS account ON account.influencer_id = person.id
    JOIN crm_post AS post ON post.account_id = account.id, unnest(post.hashtags) AS tag
   WHERE person.id = ANY (%(people)s) AND post.published_at > %(since)s AND post.published_at <= %(at)s
     AND coalesce(person.languages[1], '') = ANY (%(languages)s)
), spellings AS (
  SELECT tag, {_KEY.format("tag")} AS key FROM (SELECT DISTINCT tag FROM used) AS tags
)
SELECT key, count(DISTINCT id) FROM used JOIN spellings USING (tag)
 GROUP BY key HAVING count(DISTINCT id) >= %(fewest)s
"""  # noqa: S608
_WHO_POSTED = """
SELECT count(DISTINCT account.influencer_id)
  FROM crm_influencer AS person JOIN crm_socialaccount AS account ON account.influencer_id = person.id
  JOIN crm_post AS post ON post.account_id = account.id
 WHERE person.id = ANY (%(people)s) AND post.published_at > %(since)s AND post.published_at <= %(at)s
   AND coalesce(person.languages[1], '') = ANY (%(languages)s)
"""


@dataclass(frozen=True)
class Aligned:
    """Whose posts hashtags are proposed from: the top of `match_list`; without one, a draw from those with a topic."""

    people: list[int]
    match_list: MatchList | None = None


@dataclass(frozen=True)
class Proposals:
    """Held against everybody who posts in `languages`, those of the cause; with none, against everybody.

    `aligned`, `people`, `posts`: how many of both posted in the twelve months before the count, and how much; `count`
    None: nothing was counted.
    """

    basis: Aligned
    count: HashtagCount | None
    aligned: int = 0
    people: int = 0
    posts: int = 0
    languages: tuple[str, ...] = ()
    hashtags: tuple[Proposal, ...] = ()


def count(*, at: datetime) -> None:
    """Count everybody's hashtags anew, in place of the last count."""
    with transaction.atomic(), connection.cursor() as cursor:
        # A second worker waits here, and then counts the same again: harmless, and rare.
        cursor.execute("LOCK TABLE matching_hashtagcount IN SHARE ROW EXCLUSIVE MODE")
        HashtagCount.objects.all().delete()
        cursor.execute(_COUNT, {"at": at, "since": at - RECENT, "recent": at - SEASON, "before": at - 2 * SEASON})


def count_due(*, at: datetime) -> None:
    """Count anew if the last count is of another day."""
    if not HashtagCount.objects.filter(at__gt=at - _STALE).exists():
        count(at=at)


def proposals(*, cause: Cause) -> Proposals:
    """The hashtags that serve a cause, the most useful first."""
    languages, newest = tuple(cause.languages), HashtagCount.objects.order_by("-at", "-pk").first()
    if newest is None:
        return Proposals(aligned(cause=cause), None, languages=languages)
    spoken = list(languages or newest.people)
    people, posts = (sum(of.get(one, 0) for one in spoken) for of in (newest.people, newest.posts))
    basis = aligned(cause=cause, among=people)
    asked: dict[str, Any] = {
        "people": basis.people,
        "at": newest.at,
        "since": newest.at - RECENT,
        "languages": spoken,
        "fewest": FEWEST,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ALIGNED, asked)
        used = dict(cursor.fetchall())
        cursor.execute(_WHO_POSTED, asked)
        [posted] = cursor.fetchone()
    figures = HashtagFigure.objects.filter(count=newest, key__in=list(used), language__in=spoken)
    found = propose(_usages(figures, used), aligned=posted, people=people)[:_SHOWN]
    return Proposals(basis, newest, posted, people, posts, languages, tuple(found))


def _usages(figures: Iterable[HashtagFigure], used: Mapping[str, int]) -> list[Usage]:
    """Each hashtag over the languages asked for: nobody is in two. Its engagement is that of where it is used most."""
    by_key: dict[str, list[HashtagFigure]] = defaultdict(list)
    for figure in figures:
        by_key[figure.key].append(figure)
    return [_usage(key, rows, used[key]) for key, rows in by_key.items()]


def _usage(key: str, rows: list[HashtagFigure], used: int) -> Usage:
    most = max(rows, key=lambda row: (row.recent, row.people, row.language))
    people = sum(row.people for row in rows)
    return Usage(
        key=key,
        spelled=most.spelled,
        aligned=min(used, people),
        people=people,
        posts=sum(row.posts for row in rows),
        recent=sum(row.recent for row in rows),
        before=sum(row.before for row in rows),
        engagement=most.engagement,
    )


def aligned(*, cause: Cause, among: int | None = None) -> Aligned:
    """Those a cause's newest list ranks first; without a list, people with one of its topics or a part of one.

    `among`: how many people they will be held against; were they most of them, nothing could be specific.
    """
    newest = MatchList.objects.newest_of(cause)
    if newest is not None:
        top = min(_TOP, max(_FEWEST_TOP, (newest.considered if among is None else among) // _TOP_PART))
        return Aligned(
            list(
                newest.matches.ranked().filter(rank__lte=top).order_by("rank").values_list("influencer_id", flat=True)
            ),
            newest,
        )
    wanted = cause.topics.values_list("pk", flat=True)
    related = Topic.objects.filter(pk__in=wanted) | Topic.objects.filter(parent__in=wanted)
    have = Influencer.topics.through.objects.filter(topic__in=related).values("influencer")
    # Of more than enough, a fair draw and the same each time: these ids are random. By `pk` it would be whoever came
    # with the first file.
    people = Influencer.objects.filter(pk__in=have).order_by("public_id")
    return Aligned(list(people.values_list("pk", flat=True)[: 2 * _TOP]))
