"""Who is not in a list and why, and what a brief leaves open."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm import words as crm_words
from matching.words.features import FEATURES

LEFT_OUT: Mapping[str, str | Promise] = {
    "never_again": gettext_lazy("never to be asked again"),
    "never_for_cause": gettext_lazy("never to be asked for this cause"),
    "vetting_refused": gettext_lazy("refused at vetting"),
    "filtered": gettext_lazy("outside your filters"),
    "not_cleared": gettext_lazy("not cleared at vetting"),
    "contacted_lately": gettext_lazy("contacted lately"),
    "in_last_list": gettext_lazy("in the last list already"),
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


def left_out(counts: Mapping[str, int]) -> list[tuple[int, str]]:
    """How many were left out of a list for which reason, most first."""
    return [(number, str(LEFT_OUT[code])) for code, number in sorted(counts.items(), key=lambda pair: -pair[1])]


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
