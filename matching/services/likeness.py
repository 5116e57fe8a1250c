"""Who else is like somebody: from the snapshot as it is, with what they have in common read from the rows of today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db.models import Prefetch

from crm.errors import DomainError
from crm.handles import fold
from crm.models import AudienceShare, Influencer, SocialAccount, Topic
from crm.portrait.mentions import Ear
from matching.columns import figures, posts, profiles
from matching.models import Exclusion
from matching.ranking.common import Common, common
from matching.ranking.likeness import LEAST
from matching.ranking.postings import fingerprints
from matching.ranking.snapshot.alike import Alike, Someone, nearest, someone
from matching.ranking.snapshot.store import Snapshot
from matching.services import held

SHOWN = 10
MOST = 50

# What is read of these people is measured against nobody.
_AGAINST = figures.Standard(usual=(), ear=Ear(()))


@dataclass(frozen=True)
class Similar:
    """One person who is like another. `parts`: how much both have in common by respect, 0 to 1, where it is known."""

    person: Influencer
    nearness: float
    parts: Mapping[str, float]
    common: Common
    exclusions: Sequence[Exclusion]


@dataclass(frozen=True)
class Found:
    """The nearest first. `topics`: those they have in common, by short name; `spelled`: hashtags and interests as that
    person and their sources write them, by how they are compared. `is_behind`: something changed about that person that
    was not looked at yet. `says_anything`: whether it is known what they speak of.
    """

    similar: Sequence[Similar]
    topics: Mapping[str, Topic]
    spelled: Mapping[str, str]
    is_behind: bool
    says_anything: bool


def of(*, person: Influencer, at: datetime, number: int = SHOWN) -> Found:
    """So many who are most like somebody; as many questions to the database for many as for few.

    Whoever is never to be asked is among them, and said to be: to leave them out would make staff look for them.
    Raises DomainError: likeness_unready, where nobody was read yet, or not this person.
    """
    everybody = held.snapshot(at=at)
    one = someone(everybody, person.pk) if everybody else None
    if everybody is None or one is None:
        raise DomainError("likeness_unready")
    found, people = _there(everybody, one, number)
    shared = _shared(everybody, person, [alike.id for alike in found], at=at)
    never = _never(people)
    return Found(
        [
            Similar(people[alike.id], alike.nearness, alike.parts, shared[alike.id], never.get(alike.id, ()))
            for alike in found
        ],
        topics=Topic.objects.in_bulk(
            {slug for each in shared.values() for slug in each.keys.get("topics", ())}, field_name="slug"
        ),
        spelled=_spelled(person, at=at),
        is_behind=held.is_behind(everybody.contents, person=person.pk),
        says_anything=one.says_anything,
    )


def _there(everybody: Snapshot, one: Someone, number: int) -> tuple[list[Alike], dict[int, Influencer]]:
    """The nearest of those who are there today: who was erased or merged a moment ago still stands in the snapshot."""
    known = Influencer.objects.defer("search", "search_text").prefetch_related(
        Prefetch("accounts", SocialAccount.objects.telling_estimates()), "addresses"
    )
    gone: list[int] = []
    while True:
        every = nearest(everybody, one, top=number, without=np.array(gone, dtype=np.int64))
        found = [alike for alike in every if alike.nearness >= LEAST]
        people = known.in_bulk([alike.id for alike in found])
        if len(people) == len(found):
            return found, people
        gone += [alike.id for alike in found if alike.id not in people]


def _shared(everybody: Snapshot, person: Influencer, others: list[int], *, at: datetime) -> dict[int, Common]:
    """What each of these has in common with somebody; of whoever is gone by now, nothing."""
    known = profiles.of(Influencer.objects.filter(pk__in=[person.pk, *others]), at=at, against=_AGAINST)
    row = {pk: place for place, pk in enumerate(known.ids.tolist())}
    there = [pk for pk in others if pk in row] if person.pk in row else []
    rarity = everybody.rarity

    def weigh(concept: str) -> float:
        return float(rarity.weights(fingerprints([concept]))[0])

    told = common(known, row[person.pk], [row[pk] for pk in there], weigh=weigh) if there else []
    return dict.fromkeys(others, Common()) | dict(zip(there, told, strict=True))


def _spelled(person: Influencer, *, at: datetime) -> dict[str, str]:
    interests = AudienceShare.objects.filter(account__influencer=person, dimension=AudienceShare.Dimension.INTEREST)
    said = posts.newest([person.pk], "hashtags", at=at)[person.pk]
    written = [*interests.order_by("key").values_list("key", flat=True), *(tag for (tags,) in said for tag in tags)]
    return {fold(word): word for word in [*written, *person.hashtags]}


def _never(people: Mapping[int, Influencer]) -> dict[int, list[Exclusion]]:
    found: dict[int, list[Exclusion]] = {}
    rows = Exclusion.objects.open().filter(influencer__in=people).select_related("cause").order_by("cause", "pk")
    for exclusion in rows:
        found.setdefault(exclusion.influencer_id, []).append(exclusion)
    return found
