"""Charts drawn here, as SVG: they need no script, follow the page's colours, and keep the size of their letters.

Places are percentages of the plot, so that lines stretch with the page and letters do not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor, log10
from typing import Any

from babel.dates import format_skeleton
from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from crm import words
from crm.portrait.hours import SPAN, Cell, Week
from crm.selectors import Growth, Point, Series
from crm.words import portrait

register = template.Library()

_STEPS = (1, 2, 2.5, 5, 10)
_LINES = 4  # about as many lines across a chart
_LABELS = 4  # dates below it
_LONG = timedelta(days=300)  # from here on, months say more than days


@dataclass(frozen=True)
class Mark:
    """A reading in the plot, with what it says on hover, and the line to the next one."""

    x: float
    y: float
    words: str
    to: tuple[float, float] | None


@dataclass(frozen=True)
class Line:
    place: int  # 1 to 5: its colour and the shape of its marks
    name: str
    is_estimate: bool
    marks: tuple[Mark, ...]


@register.inclusion_tag("crm/chart.html")
def line_chart(
    growth: Growth, what: str, since: datetime | None = None, until: datetime | None = None, span: str = ""
) -> dict[str, Any]:
    """Readings over time, from zero. `what`: "followers" or "rate". An account has one colour in both.

    From `since` to `until` the plot is shaded; `span` says in the legend what that is.
    """
    title, unit, say = _axis(what)
    series = growth.followers if what == "followers" else growth.engagement
    points = [point for one in series for point in one.points]
    if not points:
        return {"lines": ()}
    ticks = ticks_up_to(max(point.value for point in points))
    times = [p.at for p in points] + [at for at in (since, until) if at is not None]
    begin, end = min(times), max(times)
    return {
        "span": span,
        "shade": (left := _across(since, begin, end), _percent(_across(until, begin, end) - left))
        if since and until
        else None,
        "title": title,
        "unit": unit,
        "levels": [(_percent(100 - 100 * tick / ticks[-1]), say(tick)) for tick in ticks],
        "days": _days(begin, end),
        "lines": [
            Line(
                growth.accounts.index(one.account) + 1,
                f"{one.account.get_platform_display()} · {one.account.handle}",
                one.is_estimate,
                tuple(_marks(one, begin, end, ticks[-1], what)),
            )
            for one in series
        ],
        "has_estimates": any(one.is_estimate for one in series),
    }


def _axis(what: str) -> tuple[str, str, Any]:
    if what == "followers":
        return _("Followers over time"), _("Followers"), words.short_number
    return _("Engagement over time"), _("Part of the followers that reacts to a post"), words.percent


def ticks_up_to(most: float) -> list[float]:
    """Round numbers from 0 to at least `most`, evenly spaced."""
    if most <= 0:
        return [0.0, 1.0]
    size = 10 ** floor(log10(most / _LINES))
    step = next(one * size for one in _STEPS if one * size * _LINES >= most * 0.999)
    return [round(step * n, 10) for n in range(ceil(round(most / step, 6)) + 1)]


def _marks(series: Series, begin: datetime, end: datetime, top: float, what: str) -> Iterable[Mark]:
    places = [(_across(p.at, begin, end), _percent(100 - 100 * p.value / top)) for p in series.points]
    following: list[tuple[float, float] | None] = [*places[1:], None]
    for point, (x, y), to in zip(series.points, places, following, strict=True):
        yield Mark(x, y, _reading(point, what, is_estimate=series.is_estimate), to)


def _reading(point: Point, what: str, *, is_estimate: bool) -> str:
    value = words.number(point.value) if what == "followers" else words.percent(point.value)
    said = {"day": _day(point.at, "yMMMd"), "value": f"≈ {value}" if is_estimate else value}
    return _("%(day)s: %(value)s") % said


def _days(begin: datetime, end: datetime) -> list[tuple[float, str]]:
    """A few dates below the chart: the first and the last, with their year, and what lies evenly between."""
    whole, short = ("yMMM", "yMMM") if end - begin > _LONG else ("yMMMd", "MMMd")
    number = _LABELS if end - begin >= timedelta(days=_LABELS) else 2
    dates = [begin + (end - begin) * n / (number - 1) for n in range(number)] if end > begin else [begin]
    return [(_across(at, begin, end), _day(at, whole if at in (begin, end) else short)) for at in dates]


def _across(at: datetime, begin: datetime, end: datetime) -> float:
    return _percent(100 * ((at - begin) / (end - begin))) if end > begin else 50.0


def _day(at: datetime, skeleton: str) -> str:
    return str(format_skeleton(skeleton, timezone.localtime(at), locale=words.reader()))


def _percent(value: float) -> float:
    return round(value, 2)


@dataclass(frozen=True)
class Square:
    cell: Cell
    words: str
    is_best: bool


@register.inclusion_tag("crm/heat.html")
def heat_map(week: Week) -> dict[str, Any]:
    """The week as a table: a row a day, a column every two hours, in each cell how many posts it rests on."""
    return {
        "hours": [(hour, portrait.span(hour)) for hour in range(0, 24, SPAN)],
        "days": [
            (portrait.weekday(day), portrait.weekday(day, width="abbreviated"), _squares(week, day, row))
            for day, row in enumerate(week.rows)
        ],
    }


def _squares(week: Week, day: int, row: Sequence[Cell]) -> list[Square]:
    return [Square(cell, _words(cell, day, n * SPAN), _is_best(week, day, n * SPAN)) for n, cell in enumerate(row)]


def _is_best(week: Week, day: int, hour: int) -> bool:
    best = week.best
    return best is not None and best.weekday in (None, day) and best.hour in (None, hour)


def _words(cell: Cell, day: int, hour: int) -> str:
    said = {"day": portrait.weekday(day), "hours": portrait.span(hour), "number": words.number(cell.posts)}
    if not cell.posts:
        return _("%(day)s %(hours)s: no post") % said
    if cell.rate is None:
        return _("%(day)s %(hours)s: too few posts to say (%(number)s)") % said
    said |= {"rate": words.percent(cell.rate)}
    return _("%(day)s %(hours)s: %(rate)s of the followers react (%(number)s posts)") % said


@register.filter
def percentage(share: float | None) -> float:
    """A share as the length of a bar."""
    return _percent(100 * min(max(share or 0.0, 0.0), 1.0))
