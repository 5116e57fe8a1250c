"""Charts as Unfold draws them: the data and the options as JSON, with axes that say what they count."""

import json
from datetime import date, timedelta
from typing import Any

from babel.dates import format_skeleton
from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.words import number, reader

register = template.Library()

_BY_WEEK_FROM = 63  # days: more bars than that nobody reads
_MOST = 120  # columns; a single mistyped year would make thousands
_INK = "#737b8c"  # readable on white and on black

_DAY, _WEEK = timedelta(days=1), timedelta(days=7)

Day = tuple[date, int, float]


@register.inclusion_tag("outreach/days.html")
def per_day(days: tuple[Day, ...]) -> dict[str, Any]:
    """Clicks and concrete actions over time, one chart each: their scales have nothing in common."""
    rows, step = _summed(days)
    shown = _spread(rows, step)
    is_weekly = step > _DAY
    when = _("Week from") if is_weekly else _("Day")
    x = when
    if rows and shown[0][0] > rows[0][0]:
        x = _("Week from (the last %(number)s; the table has all)") % {"number": number(len(shown))}
    labels = [format_skeleton("MMMd", day, locale=reader()) for day, _clicks, _actions in shown]
    clicks = _("Clicks per week") if is_weekly else _("Clicks per day")
    actions = _("Concrete actions per week") if is_weekly else _("Concrete actions per day")
    return {
        "when": when,
        "rows": list(reversed([row for row in rows if row[1] or row[2]])),
        "charts": [
            _bars(labels, [row[1] for row in shown], name=clicks, x=x, colour="var(--cw-chart-1)"),
            _bars(labels, [row[2] for row in shown], name=actions, x=x, colour="var(--cw-chart-2)"),
        ],
    }


def _summed(days: tuple[Day, ...]) -> tuple[list[Day], timedelta]:
    """The days on which something happened, or the weeks where the days are many; and which of the two."""
    if not days:
        return [], _DAY
    is_weekly = (days[-1][0] - days[0][0]).days >= _BY_WEEK_FROM
    counted: dict[date, tuple[int, float]] = {}
    for day, clicks, actions in days:
        start = day - timedelta(days=day.weekday()) if is_weekly else day
        before = counted.get(start, (0, 0.0))
        counted[start] = (before[0] + clicks, before[1] + actions)
    return [(day, *values) for day, values in counted.items()], _WEEK if is_weekly else _DAY


def _spread(rows: list[Day], step: timedelta) -> list[Day]:
    """Every day or week from the first to the last, also those on which nothing happened: the last ones if too many."""
    if not rows:
        return []
    last = rows[-1][0]
    columns = min((last - rows[0][0]) // step + 1, _MOST)
    known = {row[0]: row for row in rows}
    starts = [last - step * back for back in reversed(range(columns))]
    return [known.get(start, (start, 0, 0.0)) for start in starts]


def _bars(labels: list[str], values: list[float], *, name: str, x: str, colour: str) -> dict[str, str]:
    axis = {"ticks": {"color": _INK}, "grid": {"tickWidth": 0}, "border": {"width": 0}}
    options = {
        "responsive": True,
        "maintainAspectRatio": False,
        "animation": False,
        "locale": get_language() or "en",
        "plugins": {"legend": {"display": True, "align": "start", "labels": {"color": _INK, "boxWidth": 12}}},
        "scales": {
            "x": axis
            | {
                "title": {"display": True, "text": x, "color": _INK},
                "grid": {"display": False},
                "ticks": {"color": _INK, "autoSkip": True, "maxRotation": 0},
            },
            "y": axis
            | {
                "beginAtZero": True,
                "grace": "5%",
                "title": {"display": True, "text": name, "color": _INK},
                "ticks": {"color": _INK, "precision": 0},
            },
        },
    }
    data = {
        "labels": labels,
        "datasets": [{"label": name, "data": values, "backgroundColor": colour, "maxBarThickness": 28}],
    }
    return {"name": name, "data": json.dumps(data), "options": json.dumps(options)}
