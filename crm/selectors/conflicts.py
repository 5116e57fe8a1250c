"""What a cause will not be seen with, as it is looked for: its brief's conflicts, read with the words of topics.

One reading for a person's page, which quotes it, and for match lists, which leave people out for it.
"""

from collections.abc import Iterable, Mapping

from crm.handles import fold
from crm.models import Cause, Topic
from crm.portrait.conflicts import Conflicts, Subject, read


def conflict_subjects(cause: Cause) -> tuple[Subject, ...]:
    """The conflicts of a brief, an entry each."""
    return conflicts_of([cause])[cause.pk].subjects if cause.conflicts else ()


def conflicts_of(causes: Iterable[Cause]) -> dict[int, Conflicts]:
    """By cause, of those that name any."""
    named = [cause for cause in causes if cause.conflicts]
    if not named:
        return {}
    topics = list(Topic.objects.order_by("kind", "slug"))
    words, shields = _words(topics), _shields(topics)
    return {cause.pk: Conflicts([read(entry, words) for entry in cause.conflicts], shields) for cause in named}


def _words(topics: Iterable[Topic]) -> Mapping[str, tuple[str, list[str]]]:
    """Trades by each of their names and words, and concerns by their names: whoever writes one means all of it."""
    known: dict[str, tuple[str, list[str]]] = {}
    for topic in topics:
        words = [word for words in topic.words.values() for word in words]
        is_trade = topic.kind == Topic.Kind.TRADE
        names = [topic.slug, *topic.names.values(), *(words if is_trade else ())]
        known |= {fold(name): (topic.slug, words) for name in names}
    return known


def _shields(topics: Iterable[Topic]) -> list[str]:
    """Every phrase of a field of concern: "drink driving" speaks of safety, not of drink."""
    concerns = (topic.words for topic in topics if topic.kind == Topic.Kind.CONCERN)
    return [word for words in concerns for said in words.values() for word in said if " " in word]
