"""The topics everybody starts with, from crm/topics.json."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from crm.handles import fold
from crm.models import Topic

_SHIPPED = Path(__file__).resolve().parent.parent / "topics.json"
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
    """Which of these words name a topic: by its slug, its name in any language, or the number of a UN goal."""
    wanted = {word: _key(word) for word in words}
    topics: dict[str, Topic] = {}
    for topic in Topic.objects.all() if wanted else ():
        topics |= dict.fromkeys([topic.slug, *(_key(name) for name in topic.names.values())], topic)
    return {word: topics[key] for word, key in wanted.items() if key in topics}


def _key(word: str) -> str:
    key = " ".join(fold(word).replace("’", "'").split())
    goal = _GOAL.fullmatch(key)
    return f"sdg-{int(goal[1]):02}" if goal else key
