"""How a match is drawn: where it stands among all who were considered, and its reasons as bars around zero, each with
the rows it rests on.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from crm.words import number
from matching import words
from matching.models import Match, MatchList, RelevanceLabel
from matching.selectors import Change, Changes
from matching.services.comparison import Cell
from matching.services.evidence_rows import Evidence
from matching.services.unknowns import Unknowns

register = template.Library()

_WIDTH, _HEIGHT = 144, 26  # of the strip, in its own units
_RESERVE = 0.1  # log-odds: what takes less from somebody moves their odds by a tenth at most, and is no reserve


@register.inclusion_tag("matching/strip.html")
def strip(match: Match, match_list: MatchList) -> dict[str, Any]:
    """All candidates as a small histogram, a line where this one is, and a band where it may be."""
    spread = match_list.spread or {"low": 0.0, "high": 0.0, "counts": []}
    counts, width = spread["counts"], spread["high"] - spread["low"]
    step, tallest = _WIDTH / max(len(counts), 1), max(counts, default=0) or 1

    def place(score: float) -> float:
        share = (score - spread["low"]) / width if width else 1.0
        return round(min(max(share, 0.0), 1.0) * (_WIDTH - 4) + 2, 2)

    band = match.interval and (place(match.interval["low"]), place(match.interval["high"]))
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "step": round(step * 0.8, 2),
        # A count of one stays visible beside thousands: heights go by the square root.
        "bars": [
            (round(n * step, 2), round(_HEIGHT - h, 2), round(h, 2))
            for n, count in enumerate(counts)
            if (h := _HEIGHT * (count / tallest) ** 0.5)
        ],
        "place": place(match.score),
        "band": band and {"from": band[0], "width": round(band[1] - band[0], 2)},
        "words": _("Stands above or level with %(percentile)s %% of the %(number)s considered")
        % {"percentile": number(round(match.percentile, 1)), "number": number(match_list.considered)},
    }


@register.inclusion_tag("matching/reasons.html")
def reasons(match: Match, found: Mapping[str, tuple[Evidence, ...]] | None = None) -> dict[str, Any]:
    """Every reason, the strongest first; the bar of the strongest fills its half. `found`: what each rests on, where it
    was looked up.
    """
    said = words.reasons(match)
    widest = max((abs(reason.contribution) for reason in said), default=0.0) or 1.0
    return {
        "person": match.influencer_id,
        "reasons": [
            {
                "text": reason.text,
                "feature": words.FEATURES[reason.feature],
                "side": words.SIDES[reason.side],
                "is_for": reason.contribution > 0,
                "width": bar(reason.contribution, widest),
                "contribution": signed(reason.contribution),
                "evidence": (found or {}).get(reason.feature),
            }
            for reason in said
        ],
        "missing": [words.FEATURES[name] for name, value in match.values.items() if value["value"] is None],
        "has_evidence": found is not None,
    }


@register.inclusion_tag("matching/rests_on.html")
def rests_on(evidence: Iterable[Evidence], person: int) -> dict[str, Any]:
    """Rows, those that one source told of one account at one time together. `person`: on whose page they stand."""
    told = groupby(
        evidence, key=lambda row: (row.kind, row.where, row.source, row.date, row.is_gone, row.note, bool(row.parts))
    )
    return {"person": person, "groups": [_group(list(rows)) for _same, rows in told]}


def _group(rows: list[Evidence]) -> dict[str, Any]:
    first, is_quoted = rows[0], bool(rows[0].parts)
    return {
        "row": first,
        "quotations": [row.parts for row in rows] if is_quoted else [],
        "text": "" if is_quoted else " · ".join(row.text for row in rows),
    }


@register.inclusion_tag("matching/missing.html")
def what_is_missing(match: Match, found: Unknowns | None) -> dict[str, Any]:
    """What is unknown of somebody, and whether knowing it could move them."""
    if found is None:
        return {"is_unread": True}
    said = [
        words.could_stand(name, rank=found.rank, best=span.best, worst=span.worst)
        for name, span in found.spans.items()
        if (span.best, span.worst) != (found.rank, found.rank)
    ]
    still = [words.FEATURES[name] for name, s in found.spans.items() if (s.best, s.worst) == (found.rank, found.rank)]
    return {"together": together(found), "said": said, "still": still}


@register.inclusion_tag("matching/moved.html")
def moved(match: Match, changes: Changes | None) -> dict[str, Any]:
    """How somebody moved since the list before, and why."""
    change = changes.of.get(match.influencer_id) if changes else None
    if change is None:
        return {}
    places = abs((change.before or 0) - (change.after or 0))
    return {"move": change.move.value, "places": places, "why": words.why_changed(change.why, change.feature)}


@register.filter
def headlines(match: Match, side: str) -> list[words.Reason]:
    """What one reads first: the strongest reasons "for" (three) or "against" (one, and only where it is a reserve at
    all), one a feature.
    """
    is_for = side == "for"
    found: dict[str, words.Reason] = {}
    for reason in words.reasons(match):
        is_meant = reason.contribution > 0 if is_for else reason.contribution <= -_RESERVE
        # A feature may speak on both sides; what the cause gets out of it is told first.
        if is_meant and (reason.feature not in found or reason.side == "wants"):
            found[reason.feature] = reason
    return list(found.values())[: 3 if is_for else 1]


@register.filter
def together(found: Unknowns) -> str:
    """What all that is missing could do; blank where nothing is."""
    span = found.together
    return words.could_stand_at_all(rank=found.rank, best=span.best, worst=span.worst) if span else ""


@register.filter
def bar(contribution: float, scale: float) -> float:
    """How much of its place a bar fills, in per cent: half of it, on its side of zero, where it is the largest."""
    return round(50 * abs(contribution) / scale, 1)


@register.filter
def signed(contribution: float) -> str:
    return f"{contribution:+.2f}"


@register.filter
def feature_name(name: str) -> str:
    return str(words.FEATURES[name])


@register.filter
def side_name(name: str) -> str:
    return str(words.SIDES[name])


@register.filter
def beside(cells: Iterable[Cell], people: Iterable[Any]) -> list[tuple[Cell, Any]]:
    """The cells of a row, each with whom it is about."""
    return list(zip(cells, people, strict=True))


@register.filter
def as_title(evidence: Iterable[Evidence]) -> str:
    """What a value rests on, for whoever points at it: a line a row."""
    return "\n".join(" · ".join(filter(None, [row.text, row.where, _day(row), row.source])) for row in evidence)


def _day(row: Evidence) -> str:
    return formats.date_format(timezone.localtime(row.date), "DATE_FORMAT") if row.date else ""


@register.simple_tag
def verdict_choices() -> list[tuple[str, Any, str]]:
    """The verdicts that may be given: code, what the button says, and the key that presses it."""
    return [(code, label, key) for code, (label, key) in words.VERDICTS.items()]


@register.simple_tag
def verdict_reasons() -> list[tuple[str, Any]]:
    return list(RelevanceLabel.Reason.choices)


@register.filter
def why_gone(change: Change) -> str:
    return words.why_changed(change.why, change.feature)


@register.filter
def finding_texts(stored: list[dict[str, Any]]) -> list[str]:
    """What speaks for each conflict, a sentence each, the weightiest first."""
    return [f"{one['subject']} · {words.finding(one)}" for one in stored]
