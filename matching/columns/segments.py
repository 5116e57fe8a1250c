"""People as the snapshot keeps them: Postgres -> a segment."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from crm.models import Influencer, Topic
from matching.columns import filed, profiles
from matching.columns.figures import Standard
from matching.ranking.snapshot.reuse import Vectoring, senses_of
from matching.ranking.snapshot.segment import Segment
from matching.ranking.snapshot.store import Snapshot


def of(
    ids: Sequence[int],
    *,
    at: datetime,
    against: Standard,
    known: Snapshot | None = None,
    vectoring: Vectoring | None = None,
) -> Segment | None:
    """Of those of these people who are there, in the order of their ids; None where nobody is. See `profiles.of`.

    `known`: a snapshot in which some of their texts may have been read already. `vectoring`: none, no vectors.
    """
    people = profiles.of(Influencer.objects.filter(pk__in=ids), at=at, against=against)
    if not len(people):
        return None
    texts, says = senses_of(people.ids, people.texts, known)
    vectors = vectoring.of(people.ids, people.texts) if vectoring else None
    return Segment.of(people, texts, says, filed.of(people.ids.tolist()), vectors)


def topics_digest() -> str:
    """Of what topics are and which words tell them: everybody's columns rest on it."""
    rows = Topic.objects.order_by("pk").values_list("pk", "slug", "words", "parent__slug")
    return sha256(repr(list(rows)).encode()).hexdigest()
