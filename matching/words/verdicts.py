"""What staff judge of somebody for a cause, and whom they never ask."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from matching.models import Exclusion

# The buttons, with the key that presses each.
VERDICTS: Mapping[str, tuple[str | Promise, str]] = {
    "fit": (pgettext_lazy("verdict", "Fit"), "f"),
    "not_fit": (pgettext_lazy("verdict", "Not fit"), "n"),
    "conflict": (pgettext_lazy("verdict", "Conflict"), "c"),
}
_JUDGED: Mapping[str, str | Promise] = {
    "fit": gettext_lazy("Noted: %(name)s fits."),
    "not_fit": gettext_lazy("Noted: %(name)s does not fit."),
    "conflict": gettext_lazy("Noted: a conflict with %(name)s."),
    "withdrawn": gettext_lazy("Taken back: nobody has judged %(name)s."),
}
_WHY: Mapping[str, str | Promise] = {
    "not_fit": gettext_lazy("Why does %(name)s not fit?"),
    "conflict": gettext_lazy("Which conflict is there with %(name)s?"),
}
BARRED: Mapping[str, str | Promise] = {
    "never_again": gettext_lazy("Never ask again"),
    "never_for_cause": gettext_lazy("Never for this cause"),
}

# What it writes on a person's timeline (crm.words.happened).
HAPPENED: Mapping[str, str | Promise] = {
    "never_again": gettext_lazy("Decided: never to be asked again"),
    "never_again_lifted": gettext_lazy("May be asked again"),
    "never_for_cause": gettext_lazy("Decided: never to be asked for %(cause)s"),
    "never_for_cause_lifted": gettext_lazy("May be asked for %(cause)s again"),
}


def judged(verdict: str, name: str) -> str:
    return str(_JUDGED[verdict]) % {"name": name}


def why_asked(verdict: str, name: str) -> str:
    """The question why; blank of a verdict that owes no reason."""
    return str(_WHY.get(verdict, "")) % {"name": name}


def scope(exclusion: Exclusion) -> str:
    """How far a decision reaches: "Never ask again", "Never for Clean beaches"."""
    if exclusion.cause is None:
        return str(BARRED["never_again"])
    return _("Never for %(cause)s") % {"cause": exclusion.cause.name}
