"""What went wrong, in sentences."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

ERRORS: Mapping[str, str | Promise] = {
    "limit_out_of_range": gettext_lazy("A list shows between %(low)s and %(high)s people."),
    "filter_out_of_range": gettext_lazy("This filter lies between %(low)s and %(high)s."),
    "feature_unknown": gettext_lazy("The ranker knows no criterion called “%(feature)s”."),
    "weight_out_of_bounds": gettext_lazy("The weight of “%(feature)s” lies between %(low)s and %(high)s."),
    "nobody_to_rank": gettext_lazy("Nobody fits these filters. Widen them, or import more profiles."),
    "everybody_conflicts": gettext_lazy(
        "Everybody who fits these filters shows something that conflicts with the cause. Look at its conflicts."
    ),
}
