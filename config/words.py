"""What config's codes mean to a person."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

ERRORS: Mapping[str, str | Promise] = {
    "demo_other_data": gettext_lazy(
        "This database holds data of your own, and the demo never mixes with it. Use an empty one."
    ),
    "demo_loaded": gettext_lazy("The demo is loaded already."),
    "demo_last_administrator": gettext_lazy(
        "Without the demo nobody could let others in. "
        "Make one of your own accounts an administrator first, then remove the demo."
    ),
    "demo_in_use": gettext_lazy(
        "A campaign of your own is for a cause of the demo. Give it a cause of your own first, then remove the demo."
    ),
}
