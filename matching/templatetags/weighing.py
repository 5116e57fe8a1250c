"""Weights that one cause has of its own, and what they carry, in words."""

from collections.abc import Mapping

from django import template

from crm.words import percent
from matching import words

register = template.Library()

_LEAST = 0.001


@register.filter
def moved_weights(weights: Mapping[str, float]) -> list[str]:
    return words.moved_weights(weights)


@register.filter
def sparse_percent(share: float) -> str:
    """A share of which a tenth of a per cent is the least that is worth telling."""
    return f"< {percent(_LEAST)}" if 0 < share < _LEAST else percent(share)
