"""A campaign's results by platform and by format, how far its publications reached, and who did better."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import Any, Final, Literal

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from outreach import evidence
from outreach.models import AttributionCredit, Campaign, Click, Outreach, Publication
from outreach.selectors import acts
from outreach.services import reach
from outreach.services.conversions import DEFAULT_RULE
from outreach.services.reach import Known, Reach

# Clicks within this time of a publication, and before the next one of the same conversation, are put down to it.
ECHO = timedelta(hours=48)
SEVERAL = "several"  # formats of one conversation: what came of it cannot be told apart
UNKNOWN = ""
PARTS_OF_DAY: Final[Mapping[str, range]] = {
    "night": range(6),
    "morning": range(6, 12),
    "afternoon": range(12, 18),
    "evening": range(18, 24),
}
Dimension = Literal["partner", "platform", "format", "hour"]


@dataclass
class Line:
    """What belongs to one platform or format. `clicks` and `actions`: None where they cannot be told apart."""

    key: str
    reached: Reach
    clicks: int | None
    actions: float | None


@dataclass(frozen=True)
class Found:
    """Who or what did better, by which measure: clicks per publication, or actions per click."""

    dimension: Dimension
    measure: Literal["clicks", "actions"]
    finding: evidence.Finding


@dataclass(frozen=True)
class Breakdown:
    known: tuple[Known, ...]  # every publication, the newest first
    reached: Reach
    by_outreach: Mapping[int, Reach]  # by the conversation in which the person goes on
    by_day: Mapping[date, Reach]  # of publication, with all that came of it since
    platforms: tuple[Line, ...]
    formats: tuple[Line, ...]
    found: tuple[Found, ...]


def clicks_of(campaign: Campaign) -> QuerySet[Click]:
    return Click.objects.by_people().filter(link__outreach__campaign=campaign)


def of_campaign(*, campaign: Campaign, rule: str = DEFAULT_RULE) -> Breakdown:
    clicks = clicks_of(campaign)
    credits = AttributionCredit.objects.counting().filter(link__outreach__campaign=campaign, rule=rule)
    known = reach.of_campaign(campaign=campaign)
    formats = _formats(known)
    of_outreach = _per(clicks, credits, "link__outreach")
    platforms = _lines(_per(clicks, credits, "link__platform"), known, lambda one: one.platform)
    by_format: dict[Any, list[float]] = {name: [0, 0.0] for name in formats.values()}
    for pk, (clicked, acted) in of_outreach.items():
        counted = by_format.setdefault(formats.get(pk, UNKNOWN), [0, 0.0])
        counted[0], counted[1] = counted[0] + clicked, counted[1] + acted
    heir_of = heirs(campaign)
    people = _by_person(of_outreach, heir_of)
    return Breakdown(
        known=tuple(known),
        reached=reach.together(known),
        by_outreach=reach.by(known, lambda one: heir_of.get(one.outreach_id, one.outreach_id)),
        by_day=reach.by(known, lambda one: timezone.localdate(one.published_at)),
        platforms=platforms,
        formats=tuple(_mixed(_lines(by_format, known, lambda one: one.format), by_format)) if known else (),
        found=tuple(_found(clicks, known, people, platforms)),
    )


def _per(clicks: QuerySet[Click], credits: QuerySet[AttributionCredit], key: str) -> dict[Any, list[float]]:
    """{key: [clicks, actions]}."""
    found: dict[Any, list[float]] = {}
    for name, number in clicks.order_by().values_list(key).annotate(Count("pk")):
        found.setdefault(name, [0, 0.0])[0] = number
    for name, number in credits.order_by().values_list(key).annotate(number=Sum(acts())):
        found.setdefault(name, [0, 0.0])[1] = float(number)
    return found


def _lines(
    counted: Mapping[Any, list[float]], known: Iterable[Known], of: Callable[[Publication], str]
) -> tuple[Line, ...]:
    """Most actions first, then most clicks, then the furthest reach."""
    furthest = reach.by(known, of)
    lines = [
        Line(key, furthest.get(key, Reach()), int(clicks), actions)
        for key in {*counted, *furthest}
        for clicks, actions in [counted.get(key, [0, 0.0])]
    ]
    return tuple(
        sorted(
            lines,
            key=lambda line: (-(line.actions or 0), -(line.clicks or 0), -(line.reached.reach.total or 0), line.key),
        )
    )


def _mixed(lines: Iterable[Line], by_format: Mapping[Any, list[float]]) -> Iterable[Line]:
    """Of a format that every partner mixed with others nobody knows what it brought: that is not 0."""
    return (line if line.key in by_format else replace(line, clicks=None, actions=None) for line in lines)


def _formats(known: Iterable[Known]) -> dict[int, str]:
    """{outreach: the one format of all its publications, or SEVERAL}."""
    found: dict[int, str] = {}
    for row in known:
        one = row.publication
        found[one.outreach_id] = one.format if found.get(one.outreach_id, one.format) == one.format else SEVERAL
    return found


# What did better ------------------------------------------------------------------------------------------------------


def _found(
    clicks: QuerySet[Click],
    known: Iterable[Known],
    people: Mapping[int, tuple[float, int]],
    platforms: Iterable[Line],
) -> Iterable[Found]:
    yield Found("partner", "actions", evidence.compare_shares({str(pk): told for pk, told in people.items()}))
    told = {line.key: (line.actions or 0.0, line.clicks or 0) for line in platforms if line.key}
    yield Found("platform", "actions", evidence.compare_shares(told))
    echoes = _echoes(clicks, known)
    ways: tuple[tuple[Dimension, Any], ...] = (
        ("platform", lambda one: one.platform),
        ("format", lambda one: one.format),
        ("hour", lambda one: part_of_day(one.published_at)),
    )
    for dimension, of in ways:
        samples: dict[str, list[float]] = {}
        for one, number in echoes:
            samples.setdefault(of(one), []).append(number)
        yield Found(dimension, "clicks", evidence.compare_rates(samples))


def part_of_day(at: datetime) -> str:
    """On the clock of the house."""
    hour = timezone.localtime(at).hour
    return next(name for name, hours in PARTS_OF_DAY.items() if hour in hours)


def heirs(campaign: Campaign) -> dict[int, int]:
    """{a conversation that was closed by a merge: the one in which the person goes on}."""
    rows = Outreach.objects.filter(campaign=campaign, influencer__isnull=False).values_list("pk", "influencer", "stage")
    going_on = {influencer: pk for pk, influencer, stage in rows if stage != Outreach.Stage.MERGED}
    return {pk: going_on[who] for pk, who, stage in rows if stage == Outreach.Stage.MERGED and who in going_on}


def _by_person(of_outreach: Mapping[int, list[float]], heir_of: Mapping[int, int]) -> dict[int, tuple[float, int]]:
    """(actions, clicks) of each, as evidence takes them."""
    found: dict[int, tuple[float, int]] = {}
    for pk, (clicks, actions) in of_outreach.items():
        acted, clicked = found.get(heir_of.get(pk, pk), (0.0, 0))
        found[heir_of.get(pk, pk)] = (acted + actions, clicked + int(clicks))
    return found


def _echoes(clicks: QuerySet[Click], known: Iterable[Known]) -> list[tuple[Publication, int]]:
    """Each publication with the clicks that followed it."""
    rows = sorted((row.publication for row in known), key=lambda one: (one.outreach_id, one.published_at))
    times: dict[int, list[datetime]] = {}
    asked = clicks.filter(link__outreach__in={one.outreach_id for one in rows})
    for pk, at in asked.order_by("at").values_list("link__outreach", "at"):
        times.setdefault(pk, []).append(at)
    found = []
    for one, following in zip_longest(rows, rows[1:]):
        until = one.published_at + ECHO
        if following and following.outreach_id == one.outreach_id:
            until = min(until, following.published_at)
        found.append((one, sum(one.published_at <= at < until for at in times.get(one.outreach_id, ()))))
    return found
