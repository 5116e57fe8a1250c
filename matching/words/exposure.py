"""Kinds of people, as who is shown is told by them."""

from itertools import pairwise

from django.utils.translation import gettext as _

from crm import words as crm_words
from crm.models import Platform


def size(key: str, bounds: tuple[int, ...]) -> str:
    """ "10K to 100K followers"; `key` is the lower bound, "" where nobody counted them."""
    if not key:
        return _("followers unknown")
    for low, high in pairwise(bounds):
        if key == str(low):
            said = {"low": crm_words.short_number(low), "high": crm_words.short_number(high)}
            return _("%(low)s to %(high)s followers") % said if low else _("below %(high)s followers") % said
    return _("%(low)s followers and more") % {"low": crm_words.short_number(int(key))}


def platform(key: str) -> str:
    return str(Platform(key).label)
