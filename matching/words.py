"""What the ranker's features and reasons mean to a person."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import words as crm_words
from matching.models import Match
from matching.ranking.hashtags import Proposal

ERRORS: Mapping[str, str | Promise] = {
    "limit_out_of_range": gettext_lazy("A list shows between %(low)s and %(high)s people."),
    "weight_out_of_bounds": gettext_lazy("The weight of “%(feature)s” lies between %(low)s and %(high)s."),
    "nobody_to_rank": gettext_lazy("Nobody fits these filters. Widen them, or import more profiles."),
    "everybody_conflicts": gettext_lazy(
        "Everybody who fits these filters shows something that conflicts with the cause. Look at its conflicts."
    ),
}

# A nearness to the cause's text from which one may say that somebody speaks about its subject: two texts that have
# nothing to do with each other are about 0.05 near, kindred ones 0.3 (see matching/ranking/scorecard.py).
_KINDRED = 0.12

FEATURES: Mapping[str, str | Promise] = {
    "topic_fit": gettext_lazy("Subject matter"),
    "language_reach": gettext_lazy("Language"),
    "audience_geo": gettext_lazy("Audience’s countries"),
}

SIDES: Mapping[str, str | Promise] = {
    "accepts": gettext_lazy("They would say yes"),
    "wants": gettext_lazy("The cause would want them"),
}

LEFT_OUT: Mapping[str, str | Promise] = {
    "vetting_refused": gettext_lazy("refused at vetting"),
    "filtered": gettext_lazy("outside your filters"),
    "conflict": gettext_lazy("conflict with the cause"),
}

# Where somebody shows what a cause will not be seen with; see crm/portrait/conflicts.py.
_PLACES: Mapping[str, str | Promise] = {
    "topic": gettext_lazy("“%(subject)s” is a topic of the profile."),
    "interest": gettext_lazy("“%(word)s” is an interest of the profile."),
    "hashtag": gettext_lazy("Its profile names the hashtag #%(word)s."),
    "account": gettext_lazy("The account itself is called so: %(word)s."),
    "bio": gettext_lazy("The bio says “%(word)s”."),
    "advert": gettext_lazy("Declared adverts say “%(word)s”: %(count)s of the %(of)s newest posts."),
    "posts": gettext_lazy("%(count)s of the %(of)s newest posts say “%(word)s”."),
}


def finding(found: Mapping[str, Any]) -> str:
    """What speaks for a conflict, in one sentence; from a stored finding."""
    return str(_PLACES[found["place"]]) % {name: found[name] for name in ("subject", "word", "count", "of")}


def gap(*, part: str, features: Sequence[str], share: float | None, is_partial: bool) -> str:
    """What an open part of a brief costs, in one sentence; see matching/services/gaps.py."""
    if share is None:
        return str(crm_words.UNSAID[part][1])
    if not features:
        return _("The ranker in use does not weigh it: it costs the ranking nothing today, but guides whom you choose.")
    said = {"feature": ", ".join(str(FEATURES[name]) for name in features), "share": crm_words.percent(share)}
    if is_partial:
        return str(_PARTIAL[part]) % said
    return _("“%(feature)s”, %(share)s of what sets people apart, is not used.") % said


_PARTIAL: Mapping[str, str | Promise] = {
    "description": gettext_lazy(
        "“%(feature)s”, %(share)s of what sets people apart, has only the name, the topics and the hashtags to go by."
    ),
    "topics": gettext_lazy(
        "“%(feature)s”, %(share)s of what sets people apart, has only your own words to go by: who shares your concern "
        "in other words is not found."
    ),
}


ADVICE: Mapping[str, str | Promise] = {
    "use": gettext_lazy("Use it"),
    "join": gettext_lazy("Join in"),
    "try": gettext_lazy("Worth a try"),
    "sleeping": gettext_lazy("Asleep"),
    "avoid": gettext_lazy("Leave it"),
}
_SPECIFIC: Mapping[str, str | Promise] = {
    "specific": gettext_lazy("Your people’s own: they use it %(lift)s times as often as everybody."),
    "leaning": gettext_lazy("Rather your people’s: they use it %(lift)s times as often as everybody."),
    "generic": gettext_lazy("Everybody’s: those who fit use it no more than others."),
}
_ALIVE: Mapping[str, str | Promise] = {
    "rising": gettext_lazy("More used than in the 90 days before."),
    "steady": gettext_lazy("As much used as in the 90 days before."),
    "falling": gettext_lazy("Less used than in the 90 days before."),
    "dormant": gettext_lazy("Hardly anybody has used it in the last 90 days."),
}
_CROWDED: Mapping[str, str | Promise] = {
    "open": gettext_lazy("Few use it, so you would be seen."),
    "busy": gettext_lazy("A fair number use it."),
    "crowded": gettext_lazy("So many use it that you would hardly be seen."),
}


def proposal(proposed: Proposal) -> str:
    """How specific, how alive and how crowded a hashtag is, in three short sentences."""
    up = str(_SPECIFIC[proposed.specific.value]) % {"lift": crm_words.number(round(proposed.lift, 1))}
    return " ".join([up, str(_ALIVE[proposed.alive.value]), str(_CROWDED[proposed.crowded.value])])


def left_out(counts: Mapping[str, int]) -> list[tuple[int, str]]:
    """How many were left out of a list for which reason, most first."""
    return [(number, str(LEFT_OUT[code])) for code, number in sorted(counts.items(), key=lambda pair: -pair[1])]


@dataclass(frozen=True)
class Reason:
    """One sentence for or against a match, with the number it rests on. `contribution` is in log-odds."""

    feature: str
    side: str
    contribution: float
    value: float | None
    basis: str
    text: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def reasons(match: Match) -> list[Reason]:
    """Every reason of a match, the strongest first. One that adds nothing is no reason."""
    found = [
        Reason(
            feature, side, contribution, value["value"], value["basis"], _sentence(feature, side, value, contribution)
        )
        for side, parts in match.sides.items()
        for feature, contribution in parts["contributions"].items()
        if contribution and (value := match.values[feature])
    ]
    return sorted(found, key=lambda reason: (-abs(reason.contribution), reason.feature, reason.side))


def reason_sentence(match: Match) -> str:
    """The strongest reason in favour, in words fit to be read by the person themselves; blank when there is none."""
    for reason in reasons(match):
        is_weak = reason.feature == "topic_fit" and (reason.value or 0.0) < _KINDRED
        if reason.contribution > 0 and reason.basis == "measured" and not is_weak and reason.feature in _TO_THEM:
            return str(_TO_THEM[reason.feature])
    return ""


_TO_THEM: Mapping[str, str | Promise] = {
    "topic_fit": gettext_lazy("What you speak about is close to what we work for."),
    "language_reach": gettext_lazy("You speak to people in the language of this campaign."),
    "audience_geo": gettext_lazy("Many of those who follow you live where we act."),
}


def _sentence(feature: str, side: str, value: Mapping[str, Any], contribution: float) -> str:
    say = _ACCEPTS.get(feature, _SENTENCES[feature]) if side == "accepts" else _SENTENCES[feature]
    return say(value["value"], value["basis"], contribution > 0)


def _topic_concern(value: float | None, basis: str, is_for: bool) -> str:
    if value is None:
        return _("Nothing is known about what concerns them")
    if is_for and value < _KINDRED:
        return _("The subject is not far from what concerns them")
    if is_for:
        return _("The subject concerns them already, so they may well say yes")
    return _("The subject is far from what concerns them, so they may say no")


def _topic_fit(value: float | None, basis: str, is_for: bool) -> str:
    if value is None:
        return _("Nothing is known about what they speak of")
    if is_for and value < _KINDRED:
        return _("Touches on this cause’s subject now and then")
    if is_for:
        return _("Speaks about this cause’s subject")
    return _("Speaks little about this cause’s subject")


def _language_reach(value: float | None, basis: str, is_for: bool) -> str:
    if value is None:
        return _("Their audience’s languages are unknown")
    if basis == "estimated":
        if is_for:
            return _("Posts in the cause’s language")
        return _("Posts in other languages than the cause’s")
    return _("%(percent)s %% of their audience reads the cause’s language") % {"percent": round(value * 100)}


def _audience_geo(value: float | None, basis: str, is_for: bool) -> str:
    if value is None:
        return _("Their audience’s countries are unknown")
    if basis == "estimated":
        if is_for:
            return _("Their audience is mainly in the cause’s countries")
        return _("Their audience is mainly elsewhere")
    return _("%(percent)s %% of the audience is where the cause wants to be heard") % {"percent": round(value * 100)}


_ACCEPTS: Mapping[str, Callable[[float | None, str, bool], str]] = {"topic_fit": _topic_concern}
_SENTENCES: Mapping[str, Callable[[float | None, str, bool], str]] = {
    "topic_fit": _topic_fit,
    "language_reach": _language_reach,
    "audience_geo": _audience_geo,
}
