"""What is known of people whatever the cause, each as it stood at an instant: nothing that came later is looked at."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import log2, log10
from typing import Any

from django.db import connection
from django.db.models import Sum

from crm.models import Topic
from crm.models.post import RECENT
from crm.portrait.mentions import Ear, Subject
from matching.columns.sizes import Size
from matching.models import RelevanceLabel
from matching.ranking.candidates import Figures

_SEASON = timedelta(days=90)
_ENOUGH_ALIKE = 20  # readings, from which on a median says what is usual
# As if so many more messages had been sent, answered and acted upon as is usual: two out of two is no certainty.
_PRIOR_MESSAGES = 4.0
_PRIOR_ANSWERS = 1.0
_PRIOR_DAYS = 30  # between two readings, from which on followers are said to grow or not

_ACCOUNTS = """
SELECT account.influencer_id, account.platform,
       (array_agg(seen.followers ORDER BY seen.observed_at DESC) FILTER (WHERE seen.followers > 0))[1],
       max(seen.observed_at) FILTER (WHERE seen.followers > 0),
       (array_agg(seen.followers ORDER BY seen.observed_at DESC)
         FILTER (WHERE seen.followers > 0 AND seen.observed_at <= %(season)s))[1],
       max(seen.observed_at) FILTER (WHERE seen.followers > 0 AND seen.observed_at <= %(season)s),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY seen.engagement_rate) FILTER (WHERE seen.observed_at > %(year)s),
       bool_and(seen.is_estimate) FILTER (WHERE seen.engagement_rate IS NOT NULL)
  FROM crm_socialaccount AS account
  JOIN crm_accountsnapshot AS seen ON seen.account_id = account.id AND seen.observed_at <= %(at)s
 WHERE account.influencer_id = ANY (%(ids)s)
 GROUP BY account.id ORDER BY account.id
"""
# What a reader saw a day after publication or later, as crm.selectors.published has it.
_POSTS = """
SELECT account.id, account.influencer_id, account.platform, max(post.published_at),
       count(*) FILTER (WHERE post.is_advert), count(post.is_advert),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY post.likes + coalesce(post.comments, 0) + coalesce(post.shares, 0))
         FILTER (WHERE post.observed_at <= %(at)s AND post.observed_at >= post.published_at + interval '1 day')
  FROM crm_socialaccount AS account
  JOIN crm_post AS post ON post.account_id = account.id
   AND post.published_at <= %(at)s AND post.published_at > %(year)s
 WHERE account.influencer_id = ANY (%(ids)s)
 GROUP BY account.id ORDER BY account.id
"""
# Of everybody, whoever is asked about: what is usual must not hang on who else is ranked.
_USUAL = """
SELECT platform, tier, percentile_cont(0.5) WITHIN GROUP (ORDER BY engagement_rate), count(*)
  FROM (SELECT account.platform, floor(2 * log(seen.followers))::int AS tier, seen.engagement_rate
          FROM crm_accountsnapshot AS seen JOIN crm_socialaccount AS account ON account.id = seen.account_id
         WHERE seen.observed_at <= %(at)s AND seen.observed_at > %(year)s
           AND seen.followers > 0 AND seen.engagement_rate IS NOT NULL) AS rated
 GROUP BY GROUPING SETS ((platform, tier), (platform))
"""
# An answer counts from when it was noted, which may be later than when it came: until then nobody here knew.
_MESSAGES = """
SELECT influencer_id, count(*) FILTER (WHERE kind = 'message_sent'),
       count(*) FILTER (WHERE kind = 'message_sent' AND at > %(season)s), count(*) FILTER (WHERE kind = 'answered')
  FROM crm_activity
 WHERE influencer_id = ANY (%(ids)s) AND kind IN ('message_sent', 'answered')
   AND greatest(at, (params ->> 'noted_at')::timestamptz) <= %(at)s
 GROUP BY influencer_id
"""

_CREDIBLE = """
SELECT DISTINCT ON (account.id) account.id, account.influencer_id, seen.credible_share
  FROM crm_socialaccount AS account JOIN crm_accountsnapshot AS seen ON seen.account_id = account.id
 WHERE account.influencer_id = ANY (%(ids)s) AND seen.observed_at <= %(at)s AND seen.credible_share IS NOT NULL
 ORDER BY account.id, seen.observed_at DESC, seen.id DESC
"""

# (platform, tier of followers or None for all, median engagement rate, readings it is the median of)
Usual = tuple[tuple[str, int | None, float, int], ...]
_Usual = Mapping[tuple[str, int | None], tuple[float, int]]


@dataclass(frozen=True)
class Standard:
    """What everybody is measured against: what is usual, and what tells a topic."""

    usual: Usual
    ear: Ear


def standard(*, at: datetime, usual: Usual | None = None) -> Standard:
    """As of an instant; with what was usual at another one, where that is given."""
    if usual is None:
        usual = tuple(_rows(_USUAL, {"at": at, "year": at - RECENT}))
    return Standard(usual, ear())


def ear() -> Ear:
    """Listens for every topic."""
    return _ear(json.dumps(list(Topic.objects.order_by("pk").values_list("pk", "words"))))


@lru_cache(maxsize=1)  # topics hardly ever change, and have thousands of words
def _ear(topics: str) -> Ear:
    return Ear(Subject("topic", pk, words) for pk, words in json.loads(topics))


def of(
    ids: Sequence[int],
    *,
    posts: Mapping[int, list[tuple[Any, ...]]],
    sizes: Mapping[int, Size],
    at: datetime,
    against: Standard | None = None,
) -> Figures:
    """Those of so many people, in this order. `posts`: their newest, as (text, hashtags, language, …)."""
    against = against or standard(at=at)
    asked = {"ids": list(ids), "at": at, "year": at - RECENT, "season": at - _SEASON}
    found: dict[int, dict[str, float]] = defaultdict(dict)
    estimated: dict[int, set[str]] = defaultdict(set)
    usual: _Usual = {(platform, tier): (rate, number) for platform, tier, rate, number in against.usual}
    rated: dict[int, list[tuple[int, str, float, bool]]] = defaultdict(list)
    for person, platform, followers, seen, before, before_at, rate, is_estimate in _rows(_ACCOUNTS, asked):
        if followers and log10(followers) > found[person].get("log_followers", -1.0):
            found[person]["log_followers"] = log10(followers)
            found[person].pop("growth_rate", None)
            if before and (days := (seen - before_at).days) >= _PRIOR_DAYS:
                found[person]["growth_rate"] = (followers / before) ** (_SEASON.days / days) - 1.0
        if rate is not None and followers:
            rated[person].append((followers, platform, rate, bool(is_estimate)))
    _read_posts(asked, sizes, found, rated)
    for person, rates in rated.items():
        followers, platform, rate, is_estimate = max(rates)
        if (middle := _usual(usual, platform, followers)) is not None:
            found[person]["engagement_rate"] = log2(max(rate, 1e-9) / middle)
            if is_estimate:
                estimated[person].add("engagement_rate")
    _read_credible(asked, sizes, found, estimated)
    _read_messages(asked, found)
    for person in ids:
        if said := posts.get(person):
            heard = [against.ear.hear(text, language=language, hashtags=tags) for text, tags, language, *_ in said]
            found[person]["cause_share"] = sum(one is not None for one in heard) / len(said)
    return Figures.from_rows([found[pk] for pk in ids], estimated=[estimated[pk] for pk in ids])


def _read_posts(
    asked: Mapping[str, Any],
    sizes: Mapping[int, Size],
    found: dict[int, dict[str, float]],
    rated: dict[int, list[tuple[int, str, float, bool]]],
) -> None:
    """Recency, adverts, and where no source tells the engagement, what the posts say of it."""
    adverts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    told = set(rated)
    for account, person, platform, newest, declared, known, reactions in _rows(_POSTS, asked):
        days = (asked["at"] - newest).days
        found[person]["days_since_last_post"] = min(days, found[person].get("days_since_last_post", days))
        adverts[person][0] += declared
        adverts[person][1] += known
        followers = sizes[account].followers
        if person not in told and reactions is not None and followers:
            rated[person].append((followers, platform, reactions / followers, False))
    for person, (declared, known) in adverts.items():
        if known:
            found[person]["sponsorship_load"] = declared / known


def _read_credible(
    asked: Mapping[str, Any],
    sizes: Mapping[int, Size],
    found: dict[int, dict[str, float]],
    estimated: dict[int, set[str]],
) -> None:
    """Of all followers of whom a source said it: each account weighs by its size, as audiences do. Nobody counts it."""
    parts: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for account, person, share in _rows(_CREDIBLE, asked):
        parts[person].append((sizes[account].followers or 1, share))
    for person, told in parts.items():
        found[person]["authenticity"] = sum(size * share for size, share in told) / sum(size for size, _ in told)
        estimated[person].add("authenticity")


def _read_messages(asked: Mapping[str, Any], found: dict[int, dict[str, float]]) -> None:
    for person in asked["ids"]:
        found[person]["contacts_last_90d"] = 0.0
    ripe = RelevanceLabel.objects.actions().known(at=asked["at"]).order_by().values_list("influencer")
    acts = dict(ripe.annotate(Sum("actions")))
    for person, sent, lately, answers in _rows(_MESSAGES, asked):
        found[person]["contacts_last_90d"] = float(lately)
        if sent:
            found[person]["reply_rate"] = (min(answers, sent) + _PRIOR_ANSWERS) / (sent + _PRIOR_MESSAGES)
        # What came of the messages of a season is known after it: those of this one count for nothing yet.
        if person in acts and sent > lately:
            found[person]["action_rate"] = acts[person] / (sent - lately + _PRIOR_MESSAGES)


def _usual(usual: _Usual, platform: str, followers: int) -> float | None:
    """The middle of accounts of this platform and size; of the platform where they are few; None without any."""
    for place in ((platform, int(2 * log10(followers))), (platform, None)):
        rate, number = usual.get(place, (0.0, 0))
        if number >= _ENOUGH_ALIKE and rate > 0:
            return rate
    return None


def _rows(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
