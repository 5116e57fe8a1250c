"""What is said when somebody is erased, and of the receipt that is left."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.apps import apps
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm.models import ErasureReceipt
from crm.words.figures import labelled, number

# Tables whose rows no page shows by themselves.
TABLES: Mapping[str, Promise] = {
    "crm.accounthandle": gettext_lazy("former handles"),
    "crm.accountsnapshot": gettext_lazy("figures of accounts"),
    "crm.accountday": gettext_lazy("days of statistics"),
    "crm.audienceshare": gettext_lazy("audience shares"),
    "crm.activity": gettext_lazy("lines of the timeline"),
    "crm.importrow": gettext_lazy("rows of imports"),
    "crm.stagedrow": gettext_lazy("rows of waiting files"),
    "crm.stagedaccount": gettext_lazy("accounts of waiting files"),
    "crm.idempotencykey": gettext_lazy("answers kept for tools"),
    "crm.goal": gettext_lazy("goals"),
}
PRIVACY: Mapping[str, str | Promise] = {
    "person_unknown": gettext_lazy("Nobody has this address or id."),
    "person_busy": gettext_lazy(
        "A message to them is being handed over at this moment. Wait five minutes, then erase them."
    ),
    "person_erased_before": gettext_lazy(
        "This person was erased on %(on)s: they are not stored. If they came back themselves, "
        "an administrator can allow it under Settings, Erasures."
    ),
    "file_held_erased": gettext_lazy(
        "Somebody in this file was erased while it waited, so the file was let go. Bring it again without them."
    ),
    "receipt_lifted": gettext_lazy("They may be stored again already."),
    "receipt_of_another": gettext_lazy("This is not an address, profile or id of the person whose receipt this is."),
}


def on_day(iso: Any) -> str:
    return formats.date_format(date.fromisoformat(str(iso)), "DATE_FORMAT")


def receipt_lines(receipt: ErasureReceipt) -> list[str]:
    """The receipt, line by line: its number, when and why, what went, what stays."""
    when = formats.date_format(timezone.localtime(receipt.at), "DATETIME_FORMAT")
    head = [
        _("Receipt %(number)s") % {"number": receipt.public_id},
        _("Erased on %(when)s: %(why)s.") % {"when": when, "why": receipt.get_reason_display()},
    ]
    return [*head, *("  " + labelled(what, how) for what, how in receipt_counts(receipt)), receipt_hashes(receipt)]


def receipt_counts(receipt: ErasureReceipt) -> list[tuple[str, str]]:
    """(kind of row, what became of how many)."""
    return [(_kind_of(label), ", ".join(_done(counts))) for label, counts in sorted(receipt.counts.items())]


def receipt_hashes(receipt: ErasureReceipt) -> str:
    kept = len(receipt.digests)
    return ngettext(
        "%(count)s keyed hash is kept, so that they are neither written to nor stored again.",
        "%(count)s keyed hashes are kept, so that they are neither written to nor stored again.",
        kept,
    ) % {"count": number(kept)}


def _kind_of(label: str) -> str:
    if "." not in label:
        return _("logs and messages of the staff interface")
    return str(TABLES.get(label) or apps.get_model(label)._meta.verbose_name_plural)


def _done(counts: Mapping[str, int]) -> Iterator[str]:
    for how, found in counts.items():
        said = {"count": number(found)}
        if how == "removed":
            yield ngettext("%(count)s removed", "%(count)s removed", found) % said
        elif how == "cleared":
            yield ngettext("%(count)s emptied", "%(count)s emptied", found) % said
        else:
            yield ngettext("%(count)s emptied by search", "%(count)s emptied by search", found) % said
