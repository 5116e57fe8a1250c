"""How a match is drawn: where it stands among all who were considered, and its reasons as bars around zero."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from crm.words import number
from matching import words
from matching.models import Match, MatchList, RelevanceLabel
from matching.selectors import Change, Changes

register = template.Library()

_WIDTH, _HEIGHT = 144, 26  # of the strip, in its own units


@register.inclusion_tag("matching/strip.html")
def strip(match: Match, match_list: MatchList) -> dict[str, Any]:
    """All candidates as a small histogram, and a line where this one is."""
    spread = match_list.spread or {"low": 0.0, "high": 0.0, "counts": []}
    counts, width = spread["counts"], spread["high"] - spread["low"]
    step, tallest = _WIDTH / max(len(counts), 1), max(counts, default=0) or 1
    place = (match.score - spread["low"]) / width if width else 1.0
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
        "place": round(min(max(place, 0.0), 1.0) * (_WIDTH - 4) + 2, 2),
        "words": _("Stands above or level with %(percentile)s %% of the %(number)s considered")
        % {"percentile": number(round(match.percentile, 1)), "number": number(match_list.considered)},
    }


@register.inclusion_tag("matching/reasons.html")
def reasons(match: Match) -> dict[str, Any]:
    """Every reason, the strongest first; the bar of the strongest fills its half."""
    found = words.reasons(match)
    widest = max((abs(reason.contribution) for reason in found), default=0.0) or 1.0
    return {
        "reasons": [
            {
                "text": reason.text,
                "feature": words.FEATURES[reason.feature],
                "side": words.SIDES[reason.side],
                "is_for": reason.contribution > 0,
                "width": round(50 * abs(reason.contribution) / widest, 1),
                "contribution": f"{reason.contribution:+.2f}",
            }
            for reason in found
        ],
        "missing": [words.FEATURES[name] for name, value in match.values.items() if value["value"] is None],
    }


@register.inclusion_tag("matching/moved.html")
def moved(match: Match, changes: Changes | None) -> dict[str, Any]:
    """How somebody moved since the list before, and why."""
    change = changes.of.get(match.influencer_id) if changes else None
    if change is None:
        return {}
    places = abs((change.before or 0) - (change.after or 0))
    return {"move": change.move.value, "places": places, "why": words.why_changed(change.why, change.feature)}


@register.filter
def headlines(match: Match, side: str) -> list[str]:
    """The strongest reasons "for" (two) or "against" (one), one sentence a feature: what one reads first."""
    sign, most = (1, 2) if side == "for" else (-1, 1)
    found: dict[str, str] = {}
    for reason in words.reasons(match):
        # A feature may speak on both sides; what the cause gets out of it is told first.
        if reason.contribution * sign > 0 and (reason.feature not in found or reason.side == "wants"):
            found[reason.feature] = reason.text
    return list(found.values())[:most]


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
