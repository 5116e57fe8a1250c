"""The topics everybody starts with, from crm/topics.json."""

import json
from pathlib import Path

from crm.models import Topic

_SHIPPED = Path(__file__).resolve().parent.parent / "topics.json"


def seed() -> None:
    """Add the shipped topics that are not there yet, refresh the words of those that are. Safe to run at any time."""
    Topic.objects.bulk_create(
        [Topic(**topic) for topic in json.loads(_SHIPPED.read_text())],
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=["names", "words"],
    )
