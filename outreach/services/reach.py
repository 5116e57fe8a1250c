"""How far publications reached and what they moved people to, and how much of that is known.

People are not told apart by any of this: the sum of several reaches counts whoever saw two posts twice.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from outreach.models import Campaign, Outreach, Publication, PublicationMetric
from outreach.models.publication import FIGURES

K = TypeVar("K", bound=Hashable)
ENGAGEMENT: Final = ("likes", "comments", "shares", "saves")


@dataclass(frozen=True)
class Figure:
    """One figure of a publication: the newest that anybody told. Who told it may have estimated it."""

    value: int
    is_estimate: bool


@dataclass(frozen=True)
class Known:
    """One publication with what is known of it. A figure that nobody told is missing; it is not 0."""

    publication: Publication
    figures: dict[str, Figure]

    @property
    def engagement(self) -> Figure | None:
        told = [self.figures[name] for name in ENGAGEMENT if name in self.figures]
        return Figure(sum(one.value for one in told), any(one.is_estimate for one in told)) if told else None

    def figure(self, name: str) -> Figure | None:
        return self.engagement if name == "engagement" else self.figures.get(name)


@dataclass(frozen=True)
class Sum:
    """A figure over several publications: `told` of them have it, `estimated` of these as an estimate.

    `total` and `largest` are None where no publication has it: that is not 0.
    """

    told: int = 0
    estimated: int = 0
    total: int | None = None
    largest: int | None = None

    @property
    def is_estimate(self) -> bool:
        return self.estimated > 0


@dataclass(frozen=True)
class Reach:
    """Several publications together.

    `reach.total` is a sum of reaches: people may be counted twice. `reach.largest` is the largest single one.
    """

    publications: int = 0
    reach: Sum = Sum()
    engagement: Sum = Sum()


def known(*, publications: Iterable[Publication]) -> list[Known]:
    """Each with its newest figures, in the order given."""
    rows = list(publications)
    readings: dict[int, list[PublicationMetric]] = defaultdict(list)
    for reading in PublicationMetric.objects.filter(publication__in=rows).order_by("observed_at", "pk"):
        readings[reading.publication_id].append(reading)
    return [Known(row, newest(readings[row.pk])) for row in rows]


def newest(readings: Iterable[PublicationMetric]) -> dict[str, Figure]:
    """Of each figure the last that was observed. `readings`: the oldest first."""
    told: dict[str, Figure] = {}
    for reading in readings:
        for name in FIGURES:
            if (value := getattr(reading, name)) is not None:
                told[name] = Figure(value, reading.is_estimate)
    return told


def of_campaign(*, campaign: Campaign) -> list[Known]:
    """Every publication of a campaign with its figures, the newest first."""
    rows = Publication.objects.filter(outreach__campaign=campaign).select_related("outreach__influencer", "post")
    return known(publications=rows.order_by("-published_at", "-pk"))


def of_outreach(*, outreach: Outreach) -> list[Known]:
    rows = Publication.objects.filter(outreach=outreach).select_related("outreach__influencer", "post")
    return known(publications=rows.order_by("-published_at", "-pk"))


def together(each: Iterable[Known]) -> Reach:
    rows = list(each)
    return Reach(len(rows), reach=_sum(rows, "reach"), engagement=_sum(rows, "engagement"))


def by(each: Iterable[Known], key_of: Callable[[Publication], K]) -> dict[K, Reach]:
    """Those of one key together."""
    groups: dict[K, list[Known]] = defaultdict(list)
    for row in each:
        groups[key_of(row.publication)].append(row)
    return {key: together(group) for key, group in groups.items()}


def _sum(rows: Iterable[Known], name: str) -> Sum:
    told = [figure for row in rows if (figure := row.figure(name))]
    if not told:
        return Sum()
    values = [one.value for one in told]
    return Sum(len(told), sum(one.is_estimate for one in told), sum(values), max(values))
