"""The topics everybody starts with, from crm/topics.json."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from crm.handles import fold
from crm.models import Topic

_SHIPPED = Path(__file__).resolve().parent.parent / "topics.json"
_JOINTS = re.compile(r",| et | and ")
_GOAL = re.compile(r"(?:sdg|odd|ods|goal|objectif)\W*0?([1-9]|1[0-7])")  # as the UN goals are numbered in speech


def seed() -> None:
    """Add the shipped topics that are not there yet, refresh the words of those that are. Safe to run at any time."""
    Topic.objects.bulk_create(
        [Topic(**topic) for topic in json.loads(_SHIPPED.read_text())],
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=["names", "words"],
    )


def named(words: Iterable[str]) -> dict[str, Topic]:
    """Which of these words name a topic.

    By its slug, the number of a UN goal, its name in any language or a part of it ("Enfance" of "Enfance et jeunesse"),
    or a word that tells this topic and no other.
    """
    wanted = {word: key(word) for word in words}
    topics = by_key() if wanted else {}
    return {word: topics[key] for word, key in wanted.items() if key in topics}


def by_key() -> dict[str, Topic]:
    """Every topic under each word that names it, as `key` writes them."""
    exact: dict[str, Topic] = {}
    loose: dict[str, set[Topic]] = defaultdict(set)
    for topic in Topic.objects.all():
        exact |= dict.fromkeys([topic.slug, *(key(name) for name in topic.names.values())], topic)
        parts = [part for name in topic.names.values() for part in _JOINTS.split(name)]
        for word in (*parts, *(word for words in topic.words.values() for word in words)):
            loose[key(word)].add(topic)
    return {word: next(iter(topics)) for word, topics in loose.items() if len(topics) == 1} | exact


def key(word: str) -> str:
    bare = " ".join(fold(word).replace("’", "'").split())
    goal = _GOAL.fullmatch(bare)
    return f"sdg-{int(goal[1]):02}" if goal else bare
