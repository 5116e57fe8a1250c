"""What an evaluation of rankers found, for a terminal and for the page."""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

from babel.numbers import format_decimal
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import words as crm_words
from matching.words.features import FEATURES

CONTENDERS: Mapping[str, str | Promise] = {
    "chance": gettext_lazy("chance"),
    "single feature": gettext_lazy("the best single criterion"),
    "scorecard": gettext_lazy("the starting scorecard"),
    "champion": gettext_lazy("the ranker in use"),
    "popularity": gettext_lazy("the number of followers"),
    "engagement": gettext_lazy("the engagement rate"),
    "logistic": gettext_lazy("logistic tables"),
    "boosting": gettext_lazy("boosted tables"),
    "causeway": gettext_lazy("Causeway’s choice"),
    "lightgbm": gettext_lazy("LightGBM lambdarank, as it comes"),
    "lightgbm small": gettext_lazy("LightGBM lambdarank, smaller trees"),
}

LEFT_ASIDE: Mapping[str, str | Promise] = {
    "never_shown": gettext_lazy("were in no list before, so nobody knows what was known of them"),
    "measured_otherwise": gettext_lazy("were shown by a ranker that measured otherwise"),
}
LEFT_OUT_COLUMNS: Mapping[str, str | Promise] = {
    "constant": gettext_lazy("always the same"),
    "too_many_words": gettext_lazy("too many different words"),
}


def contender(name: str) -> str:
    """What a contender is called."""
    return str(CONTENDERS.get(name, name))


def table(report: Mapping[str, Any], *, of: str) -> list[str]:
    """The lines of a table: what each contender reached, and by how much `of` is above it, losses included."""
    units = _("Left out in whole, each once: %(units)s groups.") % {"units": report["units"]}
    if report["by_time"]:
        units = _("Learned from the past and tried on what came later: %(units)s groups.") % {"units": report["units"]}
    width = max(len(contender(row["name"])) for row in report["contenders"])
    lines = [units, f"{'':{width}}  nDCG@10  Recall@100  {contender(of)} − …  [95 %]"]
    for row in report["contenders"]:
        reached = f"{contender(row['name']):{width}}  {_number(row['ndcg']):>7}  {_number(row['recall']):>10}"
        lines.append(reached if row["name"] == of else f"{reached}  {_difference(row['difference'])}")
    return [*lines, *verdicts(report["contenders"], of=of)]


def about_table(report: Mapping[str, Any]) -> list[str]:
    """What was read, and which columns say nothing that can be learned from."""
    said = {"rows": report["rows"], "groups": report["groups"], "features": len(report["features"])}
    lines = [_("%(rows)s rows in %(groups)s groups, %(features)s features.") % said]
    left_out = [f"{column} ({LEFT_OUT_COLUMNS[why]})" for column, why in report["left_out"].items()]
    return [*lines, _("Left out: %(columns)s.") % {"columns": ", ".join(left_out)}] if left_out else lines


def about_outcomes(report: Mapping[str, Any]) -> list[str]:
    """What was learned from."""
    said = {name: report[name] for name in ("labels", "accepts", "wants", "groups", "causes")}
    lines = [
        _(
            "%(labels)s outcomes (%(accepts)s answers, %(wants)s verdicts or actions) of %(causes)s causes; %(groups)s "
            "lists with a better and a worse."
        )
        % said,
        _("Learned by: %(name)s.") % {"name": report["trainer"]},
    ]
    for why, number in report["left_aside"].items():
        lines.append(f"{number}: {LEFT_ASIDE[why]}")
    for feature, share in report["suspects"].items():
        lines.append(suspect(feature, share))
    return lines


def suspect(feature: str, share: float) -> str:
    """A criterion that tells too much."""
    return _(
        "“%(feature)s” alone tells %(share)s of good and bad apart: it was hardly known before. Nothing is promoted."
    ) % {
        "feature": FEATURES[feature],
        "share": crm_words.percent(share),
    }


def ablations(report: Mapping[str, Any]) -> list[str]:
    """What each criterion brings, most first."""
    width = max(len(str(FEATURES[row["feature"]])) for row in report["ablations"])
    rows = sorted(report["ablations"], key=lambda row: -row["mean"])
    lines = [f"{FEATURES[row['feature']]!s:{width}}  {_difference(row)}  {row['known']}" for row in rows]
    return [_("What each criterion brings to nDCG@10 [95 %%], and of how many people it is known:") % (), *lines]


def off_policy(found: Mapping[str, Any]) -> list[str]:
    """What would have come of the people each contender would have shown, from people drawn by lot."""
    said = {"lists": found["lists"], "drawn": found["drawn"]}
    lines = [
        _(
            "What would have come of the people each would have shown, 0 to 1 [95 %%], and how far above those shown "
            "by rank; from %(drawn)s outcomes of people drawn by lot, in %(lists)s lists:"
        )
        % said
    ]
    rows = [(_("shown by rank"), found["shown"], "")]
    rows += [(contender(row["name"]), row["value"], _difference(row["difference"])) for row in found["contenders"]]
    width = max(len(name) for name, _value, _above in rows)
    told = [
        f"{name:{width}}  {value['mean']:.4f} [{value['low']:.4f}, {value['high']:.4f}]  {above}"
        for name, value, above in rows
    ]
    return [*lines, *(line.rstrip() for line in told)]


def trials(found: Mapping[str, Any]) -> list[str]:
    """What each trainer reached on parts that it did not learn from, the best first."""
    width = max(map(len, found["ndcg"]))
    means = sorted(found["ndcg"].items(), key=lambda pair: -pair[1])
    lines = [f"{name:{width}}  {_number(None if isnan(mean) else mean):>7}" for name, mean in means]
    return [f"{'':{width}}  nDCG@10", *lines, "", _("Learned by: %(name)s.") % {"name": found["chosen"]}]


def verdicts(rows: Sequence[Mapping[str, Any]], *, of: str) -> list[str]:
    """In words: what `of` is shown to beat, what it is shown to lose against, and of what nobody can say."""
    sentences = {
        "better": _("Better than %(names)s."),
        "unsure": _("Not told apart from %(names)s."),
        "worse": _("WORSE than %(names)s."),
    }
    found = {
        verdict: [contender(row["name"]) for row in rows if row["name"] != of and row["verdict"] == verdict]
        for verdict in sentences
    }
    return [sentences[verdict] % {"names": ", ".join(names)} for verdict, names in found.items() if names]


def signed(value: float | None) -> str:
    """A difference of nDCG@10, with its sign."""
    if value is None:
        return "–"
    return str(format_decimal(value, format="+0.000;−0.000", locale=crm_words.reader()))


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"


def _difference(found: Mapping[str, float | None]) -> str:
    if found["mean"] is None:
        return "–"
    return f"{found['mean']:+.4f} [{found['low']:+.4f}, {found['high']:+.4f}]"
