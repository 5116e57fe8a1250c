"""Why somebody stands where they stand, in sentences for the team. What one tells the person stands in telling.py."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm import words as crm_words
from matching.models import Match

# A nearness to the cause's text from which one may say that somebody speaks about its subject: two texts that have
# nothing to do with each other are about 0.05 near, kindred ones 0.3 (see matching/ranking/scorecard.py).
KINDRED = 0.12
_TOO_MUCH = 4.0  # times the usual engagement


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
            feature, side, contribution, value["value"], value["basis"], sentence(feature, side, value, contribution)
        )
        for side, parts in match.sides.items()
        for feature, contribution in parts["contributions"].items()
        if contribution and (value := match.values[feature])
    ]
    return sorted(found, key=lambda reason: (-abs(reason.contribution), reason.feature, reason.side))


def sentence(feature: str, side: str, value: Mapping[str, Any], contribution: float) -> str:
    """What a feature says of somebody, for (a contribution above 0) or against; also of what is unknown."""
    if value["value"] is None:
        return str(_UNKNOWN[feature])
    if value["basis"] == "estimated" and feature in _ESTIMATED:
        return str(_ESTIMATED[feature][contribution < 0])
    say = _ACCEPTS.get(feature, _SENTENCES[feature]) if side == "accepts" else _SENTENCES[feature]
    return say(value["value"], contribution > 0)


_UNKNOWN: Mapping[str, str | Promise] = {
    "topic_fit": gettext_lazy("Nothing is known about what they speak of"),
    "hashtag_overlap": gettext_lazy("Their hashtags are unknown"),
    "language_reach": gettext_lazy("Their audience’s languages are unknown"),
    "audience_geo": gettext_lazy("Their audience’s countries are unknown"),
    "audience_age": gettext_lazy("Their audience’s ages are unknown"),
    "audience_gender": gettext_lazy("Their audience’s genders are unknown"),
    "audience_interest": gettext_lazy("Their audience’s interests are unknown"),
    "platform_fit": gettext_lazy("Their platforms are unknown"),
    "engagement_rate": gettext_lazy("How much their public reacts is unknown"),
    "cause_share": gettext_lazy("None of their posts of the last twelve months is known"),
    "action_rate": gettext_lazy("They have taken part in no campaign of ours yet"),
    "reply_rate": gettext_lazy("We have not written to them yet"),
    "contacts_last_90d": gettext_lazy("Whether we wrote to them lately is unknown"),
    "days_since_last_post": gettext_lazy("When they last posted is unknown"),
    "growth_rate": gettext_lazy("Whether they are growing is unknown"),
    "authenticity": gettext_lazy("No source says how many of their followers are real"),
    "sponsorship_load": gettext_lazy("How many of their posts are adverts is unknown"),
}

# Where a source gives no share, only which is the main one: for, against.
_ESTIMATED: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "language_reach": (
        gettext_lazy("Posts in the cause’s language"),
        gettext_lazy("Posts in other languages than the cause’s"),
    ),
    "audience_geo": (
        gettext_lazy("Their audience is mainly in the cause’s countries"),
        gettext_lazy("Their audience is mainly elsewhere"),
    ),
}


def _topic_concern(value: float, is_for: bool) -> str:
    if is_for and value < KINDRED:
        return _("The subject is not far from what concerns them")
    if is_for:
        return _("The subject concerns them already, so they may well say yes")
    return _("The subject is far from what concerns them, so they may say no")


def _topic_fit(value: float, is_for: bool) -> str:
    if is_for and value < KINDRED:
        return _("Touches on this cause’s subject now and then")
    if is_for:
        return _("Speaks about this cause’s subject")
    return _("Speaks little about this cause’s subject")


def _hashtag_overlap(value: float, is_for: bool) -> str:
    return _("Uses hashtags of the cause") if value else _("Uses none of the cause’s hashtags")


def _platform_fit(value: float, is_for: bool) -> str:
    if not value:
        return _("Is on none of the cause’s platforms")
    return _("%(percent)s of their followers are on the cause’s platforms") % {"percent": crm_words.percent(value)}


def _engagement_rate(value: float, is_for: bool) -> str:
    times = 2.0**value
    if times < 1:
        return _("Their public reacts less than is usual for accounts of their size: %(percent)s of it") % {
            "percent": crm_words.percent(times)
        }
    said = {"times": crm_words.number(round(times, 1))}
    if times > _TOO_MUCH and not is_for:
        return _("Their public reacts %(times)s times as much as is usual: so much that it may not be real") % said
    return _("Their public reacts %(times)s times as much as is usual for accounts of their size") % said


def _action_rate(value: float, is_for: bool) -> str:
    return _("Brought %(number)s concrete actions per message in earlier campaigns") % {
        "number": crm_words.number(round(value, 1))
    }


def _reply_rate(value: float, is_for: bool) -> str:
    return _("Has answered us before") if is_for else _("Has seldom answered us")


def _contacts(value: float, is_for: bool) -> str:
    if not value:
        return _("We have not written to them in the last 90 days")
    return ngettext(
        "We wrote to them %(number)s time in the last 90 days",
        "We wrote to them %(number)s times in the last 90 days",
        round(value),
    ) % {"number": crm_words.number(round(value))}


def _days_since_last_post(value: float, is_for: bool) -> str:
    return ngettext("Last posted %(number)s day ago", "Last posted %(number)s days ago", round(value)) % {
        "number": crm_words.number(round(value))
    }


def _growth_rate(value: float, is_for: bool) -> str:
    said = {"percent": crm_words.percent(abs(value))}
    if value < 0:
        return _("Their followers became fewer by %(percent)s in 90 days") % said
    return _("Their followers grew by %(percent)s in 90 days") % said


def _share(text: str | Promise) -> Callable[[float, bool], str]:
    """A sentence whose one number is a share."""
    return lambda value, _is_for: str(text) % {"percent": crm_words.percent(value)}


_ACCEPTS: Mapping[str, Callable[[float, bool], str]] = {"topic_fit": _topic_concern}
_SENTENCES: Mapping[str, Callable[[float, bool], str]] = {
    "topic_fit": _topic_fit,
    "hashtag_overlap": _hashtag_overlap,
    "language_reach": _share(gettext_lazy("%(percent)s of their audience reads the cause’s language")),
    "audience_geo": _share(gettext_lazy("%(percent)s of the audience is where the cause wants to be heard")),
    "audience_age": _share(gettext_lazy("%(percent)s of the audience is of the ages the cause wants to reach")),
    "audience_gender": _share(gettext_lazy("%(percent)s of the audience is of the genders the cause wants to reach")),
    "audience_interest": _share(gettext_lazy("%(percent)s of the audience has the interests the cause looks for")),
    "platform_fit": _platform_fit,
    "engagement_rate": _engagement_rate,
    "cause_share": _share(gettext_lazy("%(percent)s of their posts of the last twelve months speak of a cause")),
    "action_rate": _action_rate,
    "reply_rate": _reply_rate,
    "contacts_last_90d": _contacts,
    "days_since_last_post": _days_since_last_post,
    "growth_rate": _growth_rate,
    "authenticity": _share(gettext_lazy("%(percent)s of their followers are real people, by their source’s estimate")),
    "sponsorship_load": _share(gettext_lazy("%(percent)s of their posts are declared adverts")),
}
