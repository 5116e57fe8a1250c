"""The topics everybody starts with, from crm/topics.json."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import connection

from crm.handles import fold
from crm.models import Topic

_SHIPPED = Path(__file__).resolve().parent.parent / "topics.json"
_AS_THEY_ARE = "SELECT coalesce(md5(string_agg(topic::text, '' ORDER BY id)), '') FROM crm_topic AS topic"
_JOINTS = re.compile(r",| et | and | y | und | e | ed ")
_GOAL = re.compile(r"(?:sdg|odd|ods|goal|objectif)\W*0?([1-9]|1[0-7])")  # as the UN goals are numbered in speech


def seed() -> None:
    """Add the shipped topics that are not there yet, refresh those that are. Safe to run at any time."""
    shipped = json.loads(_SHIPPED.read_text())
    if _are_there(shipped):
        return
    parents = {said["slug"]: said.pop("parent") for said in shipped}
    rows = Topic.objects.bulk_create(
        [Topic(**said) for said in shipped],
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=["names", "words", "kind"],
    )
    by_slug = {topic.slug: topic for topic in rows}
    for topic in rows:
        topic.parent = by_slug[parent] if (parent := parents[topic.slug]) else None
    Topic.objects.bulk_update(rows, ["parent"])


def _are_there(shipped: Iterable[Mapping[str, Any]]) -> bool:
    """Whether every one of them is stored as it is shipped."""
    rows = Topic.objects.select_related("parent")
    stored = {row.slug: (row.kind, row.parent and row.parent.slug, row.names, row.words) for row in rows}
    told = {said["slug"]: (said["kind"], said["parent"], said["names"], said["words"]) for said in shipped}
    return all(stored.get(slug) == as_shipped for slug, as_shipped in told.items())


def named(words: Iterable[str]) -> dict[str, Topic]:
    """Which of these words name a topic.

    By its slug, the number of a UN goal, its name in any language or a part of it ("Enfance" of "Enfance et jeunesse"),
    or a word that tells this topic and no other, in any of the languages topics speak; a part goes before its whole.
    """
    wanted = {word: key(word) for word in words}
    topics: Mapping[str, Topic] = by_key() if wanted else {}
    return {word: topics[key] for word, key in wanted.items() if key in topics}


def by_key() -> Mapping[str, Topic]:
    """Every topic under each word that names it, as `key` writes them.

    Worked out once for the topics as they are: folding some three thousand words takes longer than storing a person.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AS_THEY_ARE)
        return _by_key(*cursor.fetchone())


@lru_cache(maxsize=1)
def _by_key(_as_they_are: str) -> Mapping[str, Topic]:
    exact: dict[str, Topic] = {}
    loose: dict[str, set[Topic]] = defaultdict(set)
    for topic in Topic.objects.select_related("parent"):
        exact |= dict.fromkeys([topic.slug, *(key(name) for name in topic.names.values())], topic)
        parts = [part for name in topic.names.values() for part in _JOINTS.split(name)]
        for word in (*parts, *(word for words in topic.words.values() for word in words)):
            loose[key(word)].add(topic)
    nearest = {word: _nearest(topics) for word, topics in loose.items()}
    return {word: topic for word, topic in nearest.items() if topic} | exact


def _nearest(topics: set[Topic]) -> Topic | None:
    """The one that a word of all these names: the part, where the others are what it is a part of."""
    parts = topics - {topic.parent for topic in topics if topic.parent}
    return next(iter(parts)) if len(parts) == 1 else None


def key(word: str) -> str:
    bare = " ".join(fold(word).replace("’", "'").split())
    goal = _GOAL.fullmatch(bare)
    return f"sdg-{int(goal[1]):02}" if goal else bare
