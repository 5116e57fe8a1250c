"""What a list was asked to be limited to, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm import words as crm_words
from crm.models import Platform


def asked(filters: Mapping[str, Any]) -> list[str]:
    """One phrase for each limit; from a list's stored filters (services.match_lists.Filters)."""
    return [*_of_the_person(filters), *_of_the_audience(filters), *_of_us(filters)]


def _of_the_person(filters: Mapping[str, Any]) -> Iterator[str]:
    if platform := filters.get("platform"):
        yield str(Platform(platform).label)
    low, high = filters.get("min_followers"), filters.get("max_followers")
    numbers = {"low": crm_words.number(low or 0), "high": crm_words.number(high or 0)}
    if low is not None and high is not None:
        yield _("%(low)s to %(high)s followers") % numbers
    elif low is not None:
        yield _("%(low)s followers or more") % numbers
    elif high is not None:
        yield _("%(high)s followers at most") % numbers
    if (share := filters.get("min_engagement")) is not None:
        yield _("engagement of %(share)s or more") % {"share": crm_words.percent(share)}
    if country := filters.get("country"):
        yield _("profiles of this country: %(country)s") % {"country": crm_words.country(country)}
    if language := filters.get("language"):
        yield _("posting in this language: %(language)s") % {"language": crm_words.language(language)}


def _of_the_audience(filters: Mapping[str, Any]) -> Iterator[str]:
    for dimension in ("country", "age", "gender"):
        key, share = filters.get(f"audience_{dimension}"), filters.get(f"audience_{dimension}_share")
        if not key:
            continue
        said = {"audience": _trait(dimension, key), "share": crm_words.percent(share or 0)}
        yield (_("audience: %(audience)s") if share is None else _("audience: %(audience)s, %(share)s or more")) % said


def _trait(dimension: str, key: str) -> str:
    return crm_words.country(key) if dimension == "country" else str(crm_words.trait(dimension, key))


def _of_us(filters: Mapping[str, Any]) -> Iterator[str]:
    if filters.get("is_cleared"):
        yield _("cleared at vetting for this cause")
    if (days := filters.get("rested_days")) is not None:
        yield ngettext("not contacted for a day", "not contacted for %(days)s days", days) % {
            "days": crm_words.number(days)
        }
    if filters.get("is_new"):
        yield _("not in the list before")
