"""What happened to somebody, line by line."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.models import (
    ActionKind,
    Activity,
    Address,
    Influencer,
    Platform,
    SocialAccount,
    Suppression,
    VettingCheck,
)
from crm.words.columns import column
from crm.words.errors import Said, plain, say_code, table_of
from crm.words.privacy import on_day

# What happened to somebody, for their timeline. Every app has such a table for the kinds that it records.
HAPPENED: Mapping[str, str | Promise] = {
    "imported": gettext_lazy("Imported from %(source)s"),
    "updated": gettext_lazy("Updated from %(source)s: %(fields)s"),
    "import_undone": gettext_lazy("What %(source)s brought was taken back"),
    "merged": gettext_lazy("Another profile of the same person was merged into this one"),
    "unmerged": gettext_lazy("Two profiles that had been merged were taken apart again"),
    "added": gettext_lazy("Added by hand"),
    "edited": gettext_lazy("Changed by hand: %(fields)s"),
    "vetted": gettext_lazy("Vetted for %(cause)s: %(verdict)s"),
    "represented": gettext_lazy("Represented by an agent from now on"),
    "representation_ended": gettext_lazy("Not represented by this agent any more"),
    "suppressed": gettext_lazy("Not to be written to any more: %(reason)s"),
    "address_bounced": gettext_lazy("An address of theirs does not exist: nothing goes there any more"),
    "unsuppressed": gettext_lazy("Took back, by the link in a message, that they had unsubscribed"),
    "address_corrected": gettext_lazy("Corrected about an address: %(fields)s"),
    "consent_recorded": gettext_lazy("Consent recorded: %(proof)s"),
    "exported": gettext_lazy("Everything known about them was exported"),
}
# The same for those who may not see addresses: what somebody wrote to us is quoted there, with where it came from.
_WITHOUT_ADDRESSES: Mapping[str, str | Promise] = {
    "consent_recorded": gettext_lazy("Consent recorded"),
}


def happened(activity: Activity, *, with_addresses: bool) -> str:
    """One line of a timeline. `with_addresses`: for somebody who may see addresses and what came from them."""
    if not with_addresses and activity.kind in _WITHOUT_ADDRESSES:
        return str(_WITHOUT_ADDRESSES[activity.kind])
    params = {"cause": activity.cause.name if activity.cause else "", **activity.params}
    for app in apps.get_app_configs():
        table = table_of(app.name, "HAPPENED")
        if activity.kind in table:
            codes = table_of(app.name, "CODES")
            said = {name: codes.get(f"{activity.kind}.{name}", plain)(value) for name, value in params.items()}
            return str(table[activity.kind]) % Said(said)
    return activity.kind.replace("_", " ").capitalize()


# What an import brings that is no field of a profile.
_BROUGHT: Mapping[str, Promise] = {
    "snapshot": gettext_lazy("figures"),
    "past_figures": gettext_lazy("earlier figures"),
    "addresses": gettext_lazy("e-mail address"),
    "email_source": gettext_lazy("where we have it from"),
    "posts": gettext_lazy("posts"),
    "days": gettext_lazy("days of statistics"),
}


def _fields(names: Iterable[str]) -> str:
    """What changed: "name, Instagram: followers"."""
    return ", ".join(dict.fromkeys(_field(name) for name in names))


def _field(name: str) -> str:
    """A code such as "country", "instagram.followers" or "tiktok.audience.age"."""
    whose, _dot, what = name.rpartition(".")
    if whose.partition(".")[0] in Platform.values:
        platform = Platform(whose.partition(".")[0]).label
        is_audience = whose.endswith(".audience")
        said = _("audience") if is_audience else _field_of(what, SocialAccount)
        return _("%(platform)s: %(what)s") % {"platform": platform, "what": said}
    return _field_of(name, Influencer, Address)


def _field_of(name: str, *models: type[Model]) -> str:
    if name in _BROUGHT:
        return str(_BROUGHT[name])
    for model in models:
        with suppress(FieldDoesNotExist):
            return str(getattr(model._meta.get_field(name), "verbose_name", name))
    return name


def _choice(code: str) -> str:
    """A value that a column of our file may have, as the reader would write it there."""
    known = {**dict(Influencer.Kind.choices), **dict(Address.Kind.choices), **dict(Address.Basis.choices)}
    return str(known.get(code, code))


# Parameters that are codes themselves: {"error or kind.parameter": what says it}.
CODES: Mapping[str, Callable[[Any], str]] = {
    "updated.fields": _fields,
    "edited.fields": _fields,
    "address_corrected.fields": _fields,
    "vetted.verdict": lambda code: str(dict(VettingCheck.Verdict.choices).get(code, code)),
    "suppressed.reason": lambda code: str(dict(Suppression.Reason.choices).get(code, code)),
    "import_built_upon.what": lambda labels: ", ".join(
        str(apps.get_model(label)._meta.verbose_name_plural) for label in labels
    ),
    "handle_invalid.platform": lambda code: str(dict(Platform.choices).get(code, code)),
    "mapping_twice.field": column,
    "mapping_constant_invalid.field": column,
    "mapping_constant_invalid.reason": lambda code: say_code(code, {}),
    "choice_unknown.known": lambda codes: ", ".join(_choice(code) for code in codes),
    "person_erased_before.on": on_day,
    "owner_other_platform.platform": lambda code: str(Platform(code).label),
    "owner_other_platform.named": lambda code: str(Platform(code).label),
    "goal_repeated.kind": lambda code: str(dict(ActionKind.choices).get(code, code)),
}
