"""What the models that share out an action are called, and what each says."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

# By the code of the model: its name, and whom it gives the credit.
MODELS: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "last_touch": (gettext_lazy("Last touch"), gettext_lazy("all to whoever was there last")),
    "first_touch": (gettext_lazy("First touch"), gettext_lazy("all to whoever was there first")),
    "last_non_direct": (
        gettext_lazy("Last that led here"),
        gettext_lazy("all to the last that led here from somewhere; links and codes always do"),
    ),
    "linear_touch": (gettext_lazy("Linear"), gettext_lazy("the same for every touch")),
    "position": (
        gettext_lazy("Position"),
        gettext_lazy("40 % to the first touch, 40 % to the last, the rest to those between"),
    ),
    "time_decay": (gettext_lazy("Time decay"), gettext_lazy("half as much for every seven days that a touch is older")),
    "markov": (gettext_lazy("Markov chain"), gettext_lazy("by how many actions would be lost without each partner")),
    "shapley": (gettext_lazy("Shapley value"), gettext_lazy("the same for every partner that was met, however often")),
}
