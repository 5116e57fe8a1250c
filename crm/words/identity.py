"""Profiles that may be one person's, what speaks for it, and what merging them does."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext_lazy

from crm.models import Influencer
from crm.words.figures import number

ERRORS: Mapping[str, Promise] = {
    "merge_with_itself": gettext_lazy("These are the same profile. Choose two."),
    "person_gone": gettext_lazy(
        "One of the two profiles is not there any more: somebody merged or removed it meanwhile."
    ),
    "keep_unknown": gettext_lazy(
        "“%(value)s” cannot be kept of “%(field)s”. Say “winner” or “loser”; of lists and notes also “both”."
    ),
    "import_under_way": gettext_lazy("A file is being stored at this moment. Try again when it is done."),
    "merge_undone": gettext_lazy("These profiles were taken apart already."),
    "merge_too_old": gettext_lazy(
        "Profiles can be taken apart for %(days)s days after they were merged. That time is over."
    ),
    "merge_not_last": gettext_lazy("Another profile was merged into this one later. Take that one out first."),
    "duplicate_decided": gettext_lazy("Somebody has decided about these two already."),
}

_REASONS: Mapping[str, Promise] = {
    "email": gettext_lazy("Same e-mail address: %(values)s"),
    "handle": gettext_lazy("Same name, and handles alike: %(values)s"),
    "link": gettext_lazy("Same link: %(values)s"),
    "import": gettext_lazy("A row of an import named both: by %(values)s"),
}
_NAMED_BY: Mapping[str, Promise] = {
    "external_id": gettext_lazy("external id"),
    "email": gettext_lazy("e-mail address"),
    "platform_id": gettext_lazy("platform id"),
    "handle": gettext_lazy("handle"),
}
_EMAIL_HIDDEN = gettext_lazy("Same e-mail address")


def reasons(found: Iterable[Mapping[str, str]], *, with_addresses: bool) -> list[str]:
    """Why two profiles may be one person's, a sentence per kind. Addresses only for those who may see them."""
    by_rule: dict[str, list[str]] = {}
    for reason in found:
        by_rule.setdefault(reason["rule"], []).append(reason["value"])
    return [_reason(rule, by_rule[rule], with_addresses) for rule in _REASONS if rule in by_rule]


def _reason(rule: str, values: list[str], with_addresses: bool) -> str:
    if rule == "email" and not with_addresses:
        return str(_EMAIL_HIDDEN)
    if rule == "import":
        names = sorted({name for value in values for name in value.split()})
        values = [str(_NAMED_BY.get(name, name)) for name in names]
    return str(_REASONS[rule]) % {"values": ", ".join(dict.fromkeys(values))}


def field(name: str) -> str:
    return str(getattr(Influencer._meta.get_field(name), "verbose_name", name))


def consequences(numbers: Mapping[str, int]) -> list[str]:
    """What becomes one person's when two profiles are merged: "2 accounts". `numbers`: rows by the label of a model."""
    return [
        str(said % {"count": numbers[label], "number": number(numbers[label])})
        for label, said in _COUNTED.items()
        if numbers.get(label)
    ]


_COUNTED: Mapping[str, Any] = {
    "crm.socialaccount": ngettext_lazy("%(number)s account", "%(number)s accounts", "count"),
    "crm.address": ngettext_lazy("%(number)s e-mail address", "%(number)s e-mail addresses", "count"),
    "crm.vettingcheck": ngettext_lazy("%(number)s vetting verdict", "%(number)s vetting verdicts", "count"),
    "crm.activity": ngettext_lazy("%(number)s line of their history", "%(number)s lines of their history", "count"),
}
