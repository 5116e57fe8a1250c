"""Which stored rows what is known of people rests on: their keys, for a list to remember what it looked at.

Each goes by the same rules as the column that it explains. What rests on many rows is remembered by its newest. Of what
is written over in place, a mark is kept, too: enough to tell whether it still says what it said.
"""

import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, Q, Window
from django.db.models.functions import Rank

from crm.handles import fold
from crm.models import AudienceShare, Influencer, Post
from crm.models.post import RECENT
from matching.columns import posts, sizes
from matching.models import RelevanceLabel
from matching.ranking.candidates import CauseProfile
from matching.ranking.features import part_within

Rows = dict[str, list[int]]  # {what for: keys, the weightiest or newest first; or marks}

_SEASON = timedelta(days=90)
_MAIN = 3  # countries that a source calls the main one
_WANTED, _INSTEAD = 6, 2  # parts of one reading of an audience: of those wanted, or else of the largest
# What of a cause's brief says who should be reached, by dimension.
_TARGETS: Mapping[str, str] = {
    AudienceShare.Dimension.COUNTRY: "countries",
    AudienceShare.Dimension.LANGUAGE: "languages",
    AudienceShare.Dimension.AGE: "ages",
    AudienceShare.Dimension.GENDER: "genders",
    AudienceShare.Dimension.INTEREST: "interests",
}
_ACCOUNTS = """
SELECT account.influencer_id, account.id, account.platform,
       (array_agg(seen.id ORDER BY seen.observed_at DESC, seen.id DESC) FILTER (WHERE seen.followers IS NOT NULL))[1],
       (array_agg(seen.followers ORDER BY seen.observed_at DESC) FILTER (WHERE seen.followers > 0))[1],
       (array_agg(seen.id ORDER BY seen.observed_at DESC) FILTER (WHERE seen.followers > 0))[1],
       (array_agg(seen.id ORDER BY seen.observed_at DESC)
         FILTER (WHERE seen.followers > 0 AND seen.observed_at <= %(season)s))[1],
       (array_agg(seen.id ORDER BY seen.observed_at DESC, seen.id DESC)
         FILTER (WHERE seen.engagement_rate IS NOT NULL AND seen.observed_at > %(year)s))[:12]
  FROM crm_socialaccount AS account
  LEFT JOIN crm_accountsnapshot AS seen ON seen.account_id = account.id AND seen.observed_at <= %(at)s
 WHERE account.influencer_id = ANY (%(ids)s)
 GROUP BY account.id ORDER BY account.id
"""
_ADVERTS = """
SELECT account.influencer_id, (array_agg(post.id ORDER BY post.published_at DESC, post.id DESC))[:3]
  FROM crm_socialaccount AS account JOIN crm_post AS post ON post.account_id = account.id
   AND post.published_at <= %(at)s AND post.published_at > %(year)s AND post.is_advert
 WHERE account.influencer_id = ANY (%(ids)s)
 GROUP BY account.influencer_id
"""
# As figures has it: what a reader saw a day after publication or later.
_REACTIONS = """
SELECT account.influencer_id, account.id, account.platform,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY post.likes + coalesce(post.comments, 0) + coalesce(post.shares, 0)),
       (array_agg(post.id ORDER BY post.published_at DESC, post.id DESC))[:3]
  FROM crm_socialaccount AS account JOIN crm_post AS post ON post.account_id = account.id
   AND post.published_at <= %(at)s AND post.published_at > %(year)s AND post.likes IS NOT NULL
   AND post.observed_at <= %(at)s AND post.observed_at >= post.published_at + interval '1 day'
 WHERE account.influencer_id = ANY (%(ids)s)
 GROUP BY account.id ORDER BY account.id
"""
# As figures has it: the newest reading of each account that tells it.
_CREDIBLE = """
SELECT account.influencer_id, account.id, (array_agg(seen.id ORDER BY seen.observed_at DESC, seen.id DESC))[1]
  FROM crm_socialaccount AS account JOIN crm_accountsnapshot AS seen ON seen.account_id = account.id
 WHERE account.influencer_id = ANY (%(ids)s) AND seen.observed_at <= %(at)s AND seen.credible_share IS NOT NULL
 GROUP BY account.id ORDER BY account.id
"""
_MESSAGES = """
SELECT influencer_id, kind, (array_agg(id ORDER BY at DESC, id DESC))[:10] FROM crm_activity
 WHERE influencer_id = ANY (%(ids)s) AND at <= %(at)s AND kind IN ('message_sent', 'answered')
 GROUP BY influencer_id, kind
"""


def of(ids: Sequence[int], cause: CauseProfile, *, at: datetime) -> dict[int, Rows]:
    """By person: "posts", "adverts" and "reactions" (posts), "accounts", "sizes", "growth", "engagement" and "credible"
    (their snapshots), "sent" and "answered" (activities), "actions" (labels), and an audience's "countries", "mains",
    "languages", "ages", "genders", "interests", those parts that the cause asks for. Marks: "texts" of the posts in
    their order, "profile". What there is none of is left out.
    """
    asked = {"ids": list(ids), "at": at, "year": at - RECENT, "season": at - _SEASON}
    found: dict[int, Rows] = {pk: {} for pk in ids}
    for pk, *told in Influencer.objects.filter(pk__in=ids).values_list("pk", "bio", "hashtags", "languages"):
        found[pk]["profile"] = [_mark(*told)]
    for person, newest in posts.newest(ids, "pk", "text", at=at).items():
        found[person] |= {"posts": [pk for pk, _text in newest], "texts": [_mark(text) for _pk, text in newest]}
    for person, adverts in _rows(_ADVERTS, asked):
        found[person]["adverts"] = adverts
    for person, kind, keys in _rows(_MESSAGES, asked):
        found[person]["sent" if kind == "message_sent" else "answered"] = keys
    for person, _account, seen in _rows(_CREDIBLE, asked):
        found[person].setdefault("credible", []).append(seen)
    labels = RelevanceLabel.objects.actions().known(at=at).filter(influencer__in=ids).order_by("-at", "-pk")
    for person, label in labels.values_list("influencer_id", "pk"):
        found[person].setdefault("actions", []).append(label)
    _read_accounts(asked, found)
    _read_audiences(asked, cause, found)
    return found


def mark_of_profile(person: Influencer) -> int:
    return _mark(person.bio, person.hashtags, person.languages)


def mark_of_post(post: Post) -> int:
    return _mark(post.text)


def _mark(*told: object) -> int:
    return zlib.crc32(json.dumps(told).encode())


def _read_accounts(asked: Mapping[str, Any], found: Mapping[int, Rows]) -> None:
    largest: dict[int, int] = {}
    rated: dict[int, tuple[int, str]] = {}
    for person, account, platform, size, followers, seen, before, rates in _rows(_ACCOUNTS, asked):
        rows = found[person]
        rows.setdefault("accounts", []).append(account)
        if size:
            rows.setdefault("sizes", []).append(size)
        if not followers:
            continue
        if followers > largest.get(person, 0):
            largest[person] = followers
            rows.pop("growth", None)
            if before:
                rows["growth"] = [seen, before]
        if rates and (followers, platform) > rated.get(person, (0, "")):
            rated[person], rows["engagement"] = (followers, platform), rates
    _read_reactions(asked, [pk for pk in found if pk not in rated], found)


def _read_reactions(asked: Mapping[str, Any], untold: Sequence[int], found: Mapping[int, Rows]) -> None:
    """Of those whose engagement no source tells: the posts of their largest account."""
    accounts = sizes.of(untold, at=asked["at"])
    most: dict[int, tuple[int, str, float]] = {}
    for person, account, platform, reactions, keys in _rows(_REACTIONS, {**asked, "ids": list(untold)}):
        followers = accounts[account].followers
        if followers and (place := (followers, platform, reactions / followers)) > most.get(person, (0, "", 0.0)):
            most[person], found[person]["reactions"] = place, keys


def _read_audiences(asked: Mapping[str, Any], cause: CauseProfile, found: Mapping[int, Rows]) -> None:
    wanted = {dimension: keys for dimension, name in _TARGETS.items() if (keys := tuple(getattr(cause, name)))}
    readings: dict[tuple[int, int, str], list[tuple[str, float, int]]] = defaultdict(list)
    shares = AudienceShare.objects.filter(
        account__influencer__in=asked["ids"], dimension__in=wanted, observed_at__lte=asked["at"]
    )
    newest = Window(Rank(), partition_by=[F("account"), F("dimension")], order_by=F("observed_at").desc())
    rows = shares.filter(share__isnull=False).annotate(place=newest).filter(place=1).order_by("account_id", "pk")
    for person, account, dimension, key, share, pk in rows.values_list(
        "account__influencer_id", "account_id", "dimension", "key", "share", "pk"
    ):
        readings[person, account, dimension].append((key, share or 0.0, pk))
    for (person, _account, dimension), parts in readings.items():
        found[person].setdefault(_TARGETS[dimension], []).extend(_telling(parts, _asks(dimension, wanted[dimension])))
    mains = shares.filter(Q(share=None), dimension=AudienceShare.Dimension.COUNTRY).order_by("-observed_at", "pk")
    for person, pk in mains.values_list("account__influencer_id", "pk"):
        if len(known := found[person].setdefault("mains", [])) < _MAIN:
            known.append(pk)


def _telling(parts: Iterable[tuple[str, float, int]], is_wanted: Callable[[str], bool]) -> list[int]:
    """The parts of one reading that the cause asks for; where there is none of them, what there is instead."""
    ranked = sorted(parts, key=lambda part: (-part[1], part[2]))
    return [pk for key, _share, pk in ranked if is_wanted(key)][:_WANTED] or [pk for *_, pk in ranked[:_INSTEAD]]


def _asks(dimension: str, wanted: Sequence[str]) -> Callable[[str], bool]:
    if dimension == AudienceShare.Dimension.AGE:
        return lambda key: any(part_within(key, span) for span in wanted)
    if dimension == AudienceShare.Dimension.INTEREST:
        return lambda key: fold(key) in wanted
    return lambda key: key in wanted


def _rows(sql: str, params: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
