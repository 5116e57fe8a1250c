"""Charts as Unfold draws them: the data and the options as JSON, with axes that say what they count."""

import json
from datetime import date, timedelta
from typing import Any

from babel.dates import format_skeleton
from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.words import reader

register = template.Library()

_BY_WEEK_FROM = 63  # days: more bars than that nobody reads
_INK = "#737b8c"  # readable on white and on black

Day = tuple[date, int, float]


@register.inclusion_tag("outreach/days.html")
def per_day(days: tuple[Day, ...]) -> dict[str, Any]:
    """Clicks and concrete actions over time, one chart each: their scales have nothing in common."""
    shown, is_weekly = _spread(days)
    when = _("Week from") if is_weekly else _("Day")
    labels = [format_skeleton("MMMd", day, locale=reader()) for day, _clicks, _actions in shown]
    clicks = _("Clicks per week") if is_weekly else _("Clicks per day")
    actions = _("Concrete actions per week") if is_weekly else _("Concrete actions per day")
    return {
        "when": when,
        "rows": list(reversed([row for row in shown if row[1] or row[2]])),
        "charts": [
            _bars(labels, [row[1] for row in shown], name=clicks, x=when, colour="var(--cw-chart-1)"),
            _bars(labels, [row[2] for row in shown], name=actions, x=when, colour="var(--cw-chart-2)"),
        ],
    }


def _spread(days: tuple[Day, ...]) -> tuple[list[Day], bool]:
    """Every day from the first to the last, also those on which nothing happened; weeks where there are many."""
    if not days:
        return [], False
    first, last = days[0][0], days[-1][0]
    is_weekly = (last - first).days >= _BY_WEEK_FROM
    step = timedelta(days=7 if is_weekly else 1)
    if is_weekly:
        first -= timedelta(days=first.weekday())
    counted = {first + step * n: (0, 0.0) for n in range((last - first) // step + 1)}
    for day, clicks, actions in days:
        start = first + step * ((day - first) // step)
        counted[start] = (counted[start][0] + clicks, counted[start][1] + actions)
    return [(day, *values) for day, values in counted.items()], is_weekly


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
