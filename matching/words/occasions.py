"""On which occasion something was changed, as the pages of matching call themselves."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

OCCASIONS: Mapping[str, Promise] = {
    "admin:matching_matchlist_weights": gettext_lazy("the weights of a cause were moved"),
}
