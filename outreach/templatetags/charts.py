"""Charts as Unfold draws them: the data and the options as JSON, with axes that say what they count."""

import json
from datetime import date, timedelta
from typing import Any

from babel.dates import format_skeleton
from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.formats.goals import minor_digits
from crm.words import number, reader

register = template.Library()

_BY_WEEK_FROM = 63  # days: more bars than that nobody reads
_MOST = 120  # columns; a single mistyped year would make thousands
_PARTNERS = 12  # in a chart
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


@register.inclusion_tag("outreach/spread.html")
def spread(table: dict[str, Any], by_default: str) -> dict[str, Any]:
    """By partner, from the least to the most that any model gives, beside what the reports say. `table`: rows with
    what they are called, cells by model (the first is the default's), the least and the most."""
    code = table["currency"]
    digits = minor_digits(code) if code else 0
    widest = sorted(table["rows"], key=lambda row: (row["least"] - row["most"], -row["most"]))[:_PARTNERS]
    shown = [row for row in table["rows"] if row in widest]

    def units(value: float) -> float:
        return float(value) / float(10**digits)

    name = _("Amount, %(currency)s") % {"currency": code} if code else _("Concrete actions")
    sets: list[dict[str, Any]] = [
        {
            "label": _("From the least to the most of all models"),
            "data": [[units(row["least"]), units(row["most"])] for row in shown],
            "backgroundColor": "var(--cw-chart-2)",
            "minBarLength": 3,
        },
        {
            "label": _("%(model)s, as in the reports") % {"model": by_default},
            "data": [units(row["cells"][0][1]) for row in shown],
            "backgroundColor": "var(--cw-chart-1)",
        },
    ]
    options = _lying(name)
    data = {"labels": [row["called"] for row in shown], "datasets": [each | {"maxBarThickness": 12} for each in sets]}
    return {
        "name": name,
        "data": json.dumps(data),
        "options": json.dumps(options),
        "height": 110 + 36 * len(shown),
        "hidden": len(shown) < len(table["rows"]),
    }


def _lying(name: str) -> dict[str, Any]:
    """Bars from the left to the right, one below the other: names are long, and a telephone is narrow."""
    axis: dict[str, Any] = {"ticks": {"color": _INK}, "border": {"width": 0}}
    return {
        "indexAxis": "y",
        "responsive": True,
        "maintainAspectRatio": False,
        "animation": False,
        "locale": get_language() or "en",
        "plugins": {"legend": {"display": True, "align": "start", "labels": {"color": _INK, "boxWidth": 12}}},
        "scales": {
            "x": axis | {"beginAtZero": True, "title": {"display": True, "text": name, "color": _INK}},
            "y": axis | {"grid": {"display": False}, "ticks": {"color": _INK, "autoSkip": False}},
        },
    }


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
