"""What changed between two lists, and why."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from matching.words.features import FEATURES

MOVES: Mapping[str, str | Promise] = {
    "new": pgettext_lazy("in a list", "new"),
    "up": pgettext_lazy("in a list", "higher"),
    "down": pgettext_lazy("in a list", "lower"),
    "same": pgettext_lazy("in a list", "where they were"),
    "gone": pgettext_lazy("in a list", "gone"),
}
_WHY: Mapping[str, str | Promise] = {
    "other_ranker": gettext_lazy("Another ranker made this list."),
    "other_weights": gettext_lazy("The weights of this cause were moved."),
    "speaks_more": gettext_lazy("“%(feature)s” speaks more for them than then."),
    "speaks_less": gettext_lazy("“%(feature)s” speaks less for them than then."),
    "others_moved": gettext_lazy("Their fit is what it was; others moved."),
    "is_drawn": gettext_lazy("They were drawn by lot."),
    "was_drawn": gettext_lazy("Then they were drawn by lot; now they stand there by rank."),
    "lots_moved": gettext_lazy("Among those before them, more places or fewer are drawn by lot than then."),
    "was_not_drawn": gettext_lazy("Then they stood below those shown by rank, and were not drawn by lot."),
    "not_drawn": gettext_lazy("They stand below those shown by rank now, and were not drawn by lot."),
    "had_lot": gettext_lazy("They had been drawn by lot."),
    "was_conflict": gettext_lazy("Then they were left out for a conflict."),
    "was_barred": gettext_lazy("Then it was decided not to ask them; that was lifted."),
    "was_unknown": gettext_lazy("Then we did not know them."),
    "stood_lower": gettext_lazy("Then they stood below the list."),
    "is_conflict": gettext_lazy("They show something that conflicts with the cause."),
    "is_barred": gettext_lazy("It was decided not to ask them."),
    "is_refused": gettext_lazy("They were refused at vetting."),
    "overtaken": gettext_lazy("They stand below the list now."),
    "outside": gettext_lazy("They are outside the filters now."),
}


def why_changed(code: str, feature: str = "") -> str:
    """Why somebody moved, in one sentence; blank where they did not."""
    return str(_WHY[code]) % {"feature": FEATURES.get(feature, feature)} if code else ""
