"""What was found out about a ranker, drawn: what more outcomes and each criterion bring, what was promised and came."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log10
from typing import Any, Final

from django import template
from django.utils.translation import gettext as _

from crm import words as crm_words
from crm.templatetags.drawing import Line, Mark, ticks_up_to
from matching import words
from matching.words import evaluation
from matching.words import rankers as ranker_words

register = template.Library()

_LEVELS: Final = ("scorecard", "chance")  # lines to hold the curve against
_SHARES: Final = (0.0, 0.25, 0.5, 0.75, 1.0)
Point = tuple[float, float, str]  # across and up, each 0 to 1, and what it says on hover


@register.inclusion_tag("crm/chart.html")
def outcomes_curve(report: Mapping[str, Any]) -> dict[str, Any]:
    """nDCG@10 by how many outcomes were learned from, ten times as many at each equal step."""
    curve = curve_of(report)
    if not curve or curve[0] == curve[-1]:  # a line takes two
        return {"lines": ()}
    reached = {row["name"]: row["ndcg"] for row in report["contenders"] if row["ndcg"] is not None}
    levels = [(name, reached[name]) for name in _LEVELS if name in reached]
    ticks = ticks_up_to(max([value for _, value in (*curve, *levels)]))
    begin, width = log10(curve[0][0]), log10(curve[-1][0] / curve[0][0])
    across = {number: (log10(number) - begin) / width for number, _value in curve}
    learned = [(across[number], value / ticks[-1], _curve_words(number, value)) for number, value in curve]
    flat = [_level(place, name, value, ticks[-1]) for place, (name, value) in enumerate(levels, start=2)]
    return {
        "title": _("What more outcomes bring"),
        "unit": _("Up: nDCG@10 of what was learned. Across: from how many outcomes, ten times as many at equal steps."),
        "levels": [(_place(1 - tick / ticks[-1]), crm_words.number(tick)) for tick in ticks],
        "days": [(_place(across[number]), crm_words.number(number)) for number, _value in curve],
        "lines": [_line(1, _("learned from outcomes"), learned), *flat],
    }


@register.inclusion_tag("crm/chart.html")
def calibration_chart(report: Mapping[str, Any], side: str) -> dict[str, Any]:
    """What was held probable against what came of it; on the diagonal both are the same."""
    parts = report.get("calibration", {}).get(side) or []
    came = [(part["given"], part["came"], _part_words(part)) for part in parts]
    if not came:
        return {"lines": ()}
    ends = [(0.0, 0.0, crm_words.percent(0)), (1.0, 1.0, crm_words.percent(1))]
    return {
        "title": str(words.SIDES[side]),
        "unit": _("Up: how many it came true for. Across: how probable it was held, on average, of a tenth of people."),
        "levels": [(_place(1 - share), crm_words.percent(share)) for share in _SHARES],
        "days": [(_place(share), crm_words.percent(share)) for share in _SHARES],
        "lines": [_line(1, _("what came"), came), _line(2, _("as promised"), ends)],
    }


@dataclass(frozen=True)
class Brought:
    """What one criterion brings: places in per cent of the drawing, in which 50 is nothing."""

    feature: str
    interval: str
    known: int
    is_for: bool
    begin: float
    width: float
    low: float
    high: float


@register.filter
def brought(report: Mapping[str, Any]) -> list[Brought]:
    """What each criterion brings to nDCG@10, most first."""
    rows = [row for row in report.get("ablations", ()) if row["mean"] is not None]
    widest = max((abs(row[end]) for row in rows for end in ("low", "high", "mean")), default=0.0) or 1.0

    def place(value: float) -> float:
        return round(50 + 49 * value / widest, 2)

    return [
        Brought(
            feature=str(words.FEATURES.get(row["feature"], row["feature"])),
            interval=ranker_words.interval(row),
            known=row["known"],
            is_for=row["mean"] >= 0,
            begin=min(50.0, place(row["mean"])),
            width=abs(place(row["mean"]) - 50),
            low=place(row["low"]),
            high=place(row["high"]),
        )
        for row in sorted(rows, key=lambda row: -row["mean"])
    ]


@register.filter
def compared(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every contender with what it reached and how far the learned one is above it, losses included."""
    return [
        {
            "name": evaluation.contender(row["name"]),
            "is_ours": (is_ours := row["name"] == ranker_words.OURS),
            "ndcg": ranker_words.reached(row["ndcg"]),
            "recall": ranker_words.reached(row["recall"]),
            "difference": "" if is_ours else ranker_words.interval(row["difference"]),
            "verdict": "" if is_ours else ranker_words.verdict_of(row),
            "words": "" if is_ours else ranker_words.VERDICTS[ranker_words.verdict_of(row)],
        }
        for row in report.get("contenders", ())
    ]


@register.filter
def would_have_come(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What came of those shown by rank, then what would have come of those each contender would have shown."""
    shown = {"name": _("the lists as they were shown"), "value": ranker_words.between(found["shown"]), "difference": ""}
    return [
        shown,
        *(
            {
                "name": evaluation.contender(row["name"]),
                "value": ranker_words.between(row["value"]),
                "difference": ranker_words.interval(row["difference"]),
            }
            for row in found["contenders"]
        ),
    ]


@register.filter
def curve_of(report: Mapping[str, Any]) -> list[tuple[int, float]]:
    """How many outcomes, and the nDCG@10 that they taught."""
    return sorted((int(number), float(value)) for number, value in report.get("curve", {}).items())


@register.filter
def reached(value: float | None) -> str:
    return ranker_words.reached(value)


@register.filter
def calibrated(report: Mapping[str, Any]) -> list[tuple[str, str, list[dict[str, float]]]]:
    """Each side that has any: its code, its words, its parts."""
    found = report.get("calibration", {})
    return [(side, str(title), found[side]) for side, title in words.SIDES.items() if found.get(side)]


def _level(place: int, name: str, value: float, top: float) -> Line:
    said = _("%(name)s: %(value)s") % {"name": evaluation.contender(name), "value": ranker_words.reached(value)}
    return _line(place, evaluation.contender(name), [(0.0, value / top, said), (1.0, value / top, said)])


def _line(place: int, name: str, points: Sequence[Point]) -> Line:
    places = [(_place(x), _place(1 - y)) for x, y, _words in points]
    following: list[tuple[float, float] | None] = [*places[1:], None]
    marks = [Mark(x, y, said[2], to) for (x, y), said, to in zip(places, points, following, strict=True)]
    return Line(place, name, False, tuple(marks))


def _curve_words(number: int, value: float) -> str:
    said = {"number": crm_words.number(number), "value": ranker_words.reached(value)}
    return _("%(number)s outcomes: nDCG@10 %(value)s") % said


def _part_words(part: Mapping[str, float]) -> str:
    said = {"given": crm_words.percent(part["given"]), "came": crm_words.percent(part["came"])}
    said["number"] = crm_words.number(part["number"])
    return _("held %(given)s probable, came true for %(came)s (%(number)s people)") % said


def _place(share: float) -> float:
    return round(100 * share, 2)
