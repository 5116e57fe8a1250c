"""What went wrong, in sentences."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

ERRORS: Mapping[str, str | Promise] = {
    "limit_out_of_range": gettext_lazy("A list shows between %(low)s and %(high)s people."),
    "feature_unknown": gettext_lazy("The ranker knows no criterion called “%(feature)s”."),
    "weight_out_of_bounds": gettext_lazy("The weight of “%(feature)s” lies between %(low)s and %(high)s."),
    "verdict_reason_unknown": gettext_lazy("“%(reason)s” is no reason we know. Choose among: %(known)s."),
    "verdict_reason_misplaced": gettext_lazy("Whoever fits needs no reason. Leave it out, or write a note."),
    "verdict_note_too_long": gettext_lazy("A note has at most %(limit)s characters."),
    "nobody_to_rank": gettext_lazy("Nobody fits these filters. Widen them, or import more profiles."),
    "everybody_conflicts": gettext_lazy(
        "Everybody who fits these filters shows something that conflicts with the cause. Look at its conflicts."
    ),
}
