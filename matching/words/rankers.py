"""Should one believe a ranker? What was found out about it, in plain words."""

from collections.abc import Mapping, Sequence
from typing import Any

from babel.lists import format_list
from babel.numbers import format_decimal
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import words as crm_words
from matching.words.evaluation import contender, signed

OURS = "causeway"

VERDICTS: Mapping[str, str | Promise] = {
    "better": gettext_lazy("better"),
    "unsure": gettext_lazy("not told apart"),
    "worse": gettext_lazy("worse"),
}
# Why another ranker than the one somebody chose is in use.
FALLEN_BACK: Mapping[str, str | Promise] = {
    "drifted": gettext_lazy(
        "The learned ranker went out of use by itself: the people it ranks, or their answers, are no longer like those "
        "it learned from. Learn from the outcomes known by now, then promote what is better."
    ),
    "refused": gettext_lazy(
        "The numbers of the ranker in use were changed outside of Causeway, so it was refused and the last good one "
        "took its place. Find out who writes to the database."
    ),
    "outdated": gettext_lazy(
        "The ranker that was in use measures otherwise than this release, so the last one that fits took its place. "
        "Learn anew, then promote what is better."
    ),
}


def sentence(report: Mapping[str, Any]) -> str:
    """What a learned ranker is shown to beat, and of what nobody can say yet; "" of one that learned nothing."""
    rows = [row for row in report.get("contenders", ()) if row["name"] != OURS]
    said = {
        "better": _("Better than %(names)s on %(number)s outcomes that it had not learned from."),
        "unsure": _("Not yet sure against %(names)s."),
        "worse": _("Worse than %(names)s."),
    }
    number = crm_words.number(report.get("labels", 0))
    parts = []
    for verdict, words in said.items():
        names = [contender(row["name"]) for row in rows if verdict_of(row) == verdict]
        if names:
            parts.append(words % {"names": listed(names), "number": number})
    return " ".join(parts)


def verdict_of(row: Mapping[str, Any]) -> str:
    """ "better", "unsure" or "worse": whether all of the interval lies on one side of nothing."""
    low, high = row["difference"]["low"], row["difference"]["high"]
    if low is None or high is None:
        return "unsure"
    return "better" if low > 0 else "worse" if high < 0 else "unsure"


def against(report: Mapping[str, Any], name: str) -> str:
    """ "better, +0.031"; "" where they were not compared."""
    for row in report.get("contenders", ()):
        if row["name"] == name:
            said = {"verdict": VERDICTS[verdict_of(row)], "difference": signed(row["difference"]["mean"])}
            return _("%(verdict)s, %(difference)s") % said
    return ""


def nothing_learned(*, outcomes: int, least: int) -> str:
    """Where nothing was learned yet: whether that is for want of outcomes."""
    said = {"number": crm_words.number(outcomes), "least": crm_words.number(least)}
    if outcomes < least:
        return _("Not enough outcomes yet: %(number)s of %(least)s, so the starting scorecard orders the lists.") % said
    return _("%(number)s outcomes are known, enough to learn from. Nothing was learned from them yet.") % said


def both_numbers(report: Mapping[str, Any]) -> str:
    """What it reached, and what the one in use did: said before anybody promotes it."""
    rows = {row["name"]: row for row in report.get("contenders", ())}
    ours, other = rows.get(OURS), rows.get("champion") or rows.get("scorecard")
    if ours is None or other is None:
        return ""
    return _(
        "On %(labels)s outcomes that it had not learned from it reached an nDCG@10 of %(ours)s, and %(name)s "
        "%(theirs)s: %(difference)s, somewhere between %(low)s and %(high)s."
    ) % {
        "labels": crm_words.number(report.get("labels", 0)),
        "ours": reached(ours["ndcg"]),
        "name": contender(other["name"]),
        "theirs": reached(other["ndcg"]),
        **{part: signed(other["difference"][key]) for part, key in _INTERVAL.items()},
    }


_INTERVAL = {"difference": "mean", "low": "low", "high": "high"}


def reached(value: float | None) -> str:
    """An nDCG@10 or a recall."""
    return "–" if value is None else str(format_decimal(value, format="0.000", locale=crm_words.reader()))


def interval(found: Mapping[str, float | None]) -> str:
    """ "+0.031 [+0.012, +0.050]"."""
    if found["mean"] is None:
        return "–"
    return f"{signed(found['mean'])} [{signed(found['low'])} … {signed(found['high'])}]"


def between(found: Mapping[str, float | None]) -> str:
    """ "0.431 [0.412 … 0.450]": a mean grade."""
    if found["mean"] is None:
        return "–"
    return f"{reached(found['mean'])} [{reached(found['low'])} … {reached(found['high'])}]"


def listed(names: Sequence[str]) -> str:
    """ "one, two and three"."""
    return str(format_list(names, locale=crm_words.reader()))
