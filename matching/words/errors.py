"""What went wrong, in sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from crm import words as crm_words
from matching.words.features import FEATURES

ERRORS: Mapping[str, str | Promise] = {
    "limit_out_of_range": gettext_lazy("A list shows between %(low)s and %(high)s people."),
    "feature_unknown": gettext_lazy("The ranker knows no criterion called “%(feature)s”."),
    "weight_out_of_bounds": gettext_lazy("The weight of “%(feature)s” lies between %(low)s and %(high)s."),
    "weights_moved_meanwhile": gettext_lazy(
        "Somebody moved the weights of this cause meanwhile. Look at what they are now, then decide again."
    ),
    "nobody_to_rank": gettext_lazy("Nobody fits these filters. Widen them, or import more profiles."),
    "everybody_conflicts": gettext_lazy(
        "Everybody who fits these filters shows something that conflicts with the cause. Look at its conflicts."
    ),
}

# What stands in these sentences as a code or a bare number, as a person reads it.
CODES: Mapping[str, Callable[[Any], str]] = {
    "weight_out_of_bounds.feature": lambda name: str(FEATURES.get(name, name)),
    "weight_out_of_bounds.low": crm_words.number,
    "weight_out_of_bounds.high": crm_words.number,
}
