"""What a proposed hashtag is worth."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from crm import words as crm_words
from matching.ranking.hashtags import Proposal

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
