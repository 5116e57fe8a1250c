"""How far publications reached and what they moved people to, and how much of that is known.

People are not told apart by any of this: the sum of several reaches counts whoever saw two posts twice.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Generic, TypeVar

from django.utils import timezone

from outreach.models import Campaign, Outreach, Publication, PublicationMetric
from outreach.models.publication import FIGURES

K = TypeVar("K")
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
    latest: PublicationMetric | None

    @property
    def engagement(self) -> Figure | None:
        told = [self.figures[name] for name in ENGAGEMENT if name in self.figures]
        return Figure(sum(one.value for one in told), any(one.is_estimate for one in told)) if told else None

    def figure(self, name: str) -> Figure | None:
        return self.engagement if name == "engagement" else self.figures.get(name)


@dataclass(frozen=True)
class Sum:
    """A figure over several publications: `told` of them have it, `estimated` of these as an estimate.

    `total` and `largest` are None where no publication has it.
    """

    told: int = 0
    estimated: int = 0
    total: int | None = None
    largest: int | None = None


@dataclass(frozen=True)
class Reach:
    """Several publications together. `with_figure`: how many have any figure at all.

    `reach.total` is a sum of reaches: people may be counted twice. `reach.largest` is the largest single one.
    """

    publications: int
    with_figure: int
    reach: Sum
    views: Sum
    engagement: Sum
    link_clicks: Sum


@dataclass(frozen=True)
class Part(Generic[K]):
    """A part of a campaign's publications: those of one `key`."""

    key: K
    reach: Reach


def known(*, publications: Iterable[Publication]) -> list[Known]:
    """Each with its newest figures, in the order given."""
    rows = list(publications)
    readings: dict[int, list[PublicationMetric]] = defaultdict(list)
    for reading in PublicationMetric.objects.filter(publication__in=rows).order_by("observed_at", "pk"):
        readings[reading.publication_id].append(reading)
    return [Known(row, _newest(readings[row.pk]), (readings[row.pk] or [None])[-1]) for row in rows]


def _newest(readings: Iterable[PublicationMetric]) -> dict[str, Figure]:
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
    return Reach(
        publications=len(rows),
        with_figure=sum(bool(row.figures) for row in rows),
        reach=_sum(rows, "reach"),
        views=_sum(rows, "views"),
        engagement=_sum(rows, "engagement"),
        link_clicks=_sum(rows, "link_clicks"),
    )


def _sum(rows: Iterable[Known], name: str) -> Sum:
    told = [figure for row in rows if (figure := row.figure(name))]
    if not told:
        return Sum()
    values = [one.value for one in told]
    return Sum(len(told), sum(one.is_estimate for one in told), sum(values), max(values))


def campaign(*, campaign: Campaign) -> Reach:
    return together(of_campaign(campaign=campaign))


def by_influencer(*, campaign: Campaign) -> list[Part[Outreach]]:
    """One part a person, under the newest of their conversations; of an erased one, one a conversation."""
    return _parts(
        of_campaign(campaign=campaign),
        lambda row: (row.outreach.influencer_id, 0) if row.outreach.influencer_id else (0, row.outreach_id),
        lambda rows: max((one.publication.outreach for one in rows), key=lambda outreach: outreach.pk),
    )


def by_platform(*, campaign: Campaign) -> list[Part[str]]:
    return _parts(of_campaign(campaign=campaign), lambda row: row.platform, lambda rows: rows[0].publication.platform)


def by_format(*, campaign: Campaign) -> list[Part[str]]:
    return _parts(of_campaign(campaign=campaign), lambda row: row.format, lambda rows: rows[0].publication.format)


def by_day(*, campaign: Campaign) -> list[Part[date]]:
    """By the day of publication, the earliest first: its figures are all that came of it since."""
    parts = _parts(of_campaign(campaign=campaign), _day, lambda rows: _day(rows[0].publication))
    return sorted(parts, key=lambda part: part.key)


def _day(row: Publication) -> date:
    return timezone.localdate(row.published_at)


def _parts(
    rows: Iterable[Known], part_of: Callable[[Publication], Hashable], named: Callable[[list[Known]], K]
) -> list[Part[K]]:
    """The parts, the most publications first."""
    groups: dict[Hashable, list[Known]] = defaultdict(list)
    for row in rows:
        groups[part_of(row.publication)].append(row)
    parts = [Part(named(group), together(group)) for group in groups.values()]
    return sorted(parts, key=lambda part: -part.reach.publications)
