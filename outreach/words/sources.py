"""What is said of sources: how each is set up, what came of what they sent, and why something was refused."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.errors import DomainError
from crm.words import say
from outreach.models import Conversion, Source, SourceEvent
from outreach.sources.events import Event
from outreach.words.actions import action_total

SOURCES: Mapping[str, str | Promise] = {
    "refund_of_itself": gettext_lazy("A taking back has an id of its own, and names that of the action."),
    "source_name_taken": gettext_lazy("There is a source “%(name)s” already. Choose another name."),
    "source_label_invalid": gettext_lazy(
        "“%(label)s” cannot be its name in the ledger: another kind of source bears it, or it is too long."
    ),
    "source_kind_stays": gettext_lazy("The kind of a source cannot be changed. Add another one."),
    "source_not_theirs": gettext_lazy(
        "This speaks for “%(source)s”, which is a source of its own. Nothing was counted."
    ),
    "secret_unsigned": gettext_lazy("This kind of source does not sign what it sends: leave the secret empty."),
    "secret_malformed": gettext_lazy(
        "This is no signing secret of Standard Webhooks: it is base64, often after “whsec_”."
    ),
    "taking_back_has_nobody": gettext_lazy("A refund belongs to its gift, and is given to nobody."),
    "assigning_reason_blank": gettext_lazy("Say why it is theirs: it stands beside the action for good."),
    "assigning_reason_too_long": gettext_lazy("Say why in fewer words: at most %(limit)s characters."),
    "settling_reason_blank": gettext_lazy("Say why what stands in the ledger is right."),
    "settling_reason_too_long": gettext_lazy("Say why in fewer words: at most %(limit)s characters."),
    "pixel_too_fast": gettext_lazy(
        "Its pixel was called more often in one minute than a page is visited. What was too much was not counted."
    ),
    "settled_already": gettext_lazy("Somebody has settled this already."),
}

_KEYS = gettext_lazy("What its page shows as its address is the key as well: whoever knows it can tell of actions.")
_STEPS: Mapping[str, tuple[str | Promise, ...]] = {
    "stripe": (
        gettext_lazy("In Stripe, open Developers › Webhooks and add an endpoint with the address below."),
        gettext_lazy(
            "Choose the events checkout.session.completed, checkout.session.async_payment_succeeded, invoice.paid, "
            "charge.refunded, charge.dispute.funds_withdrawn and charge.dispute.funds_reinstated; with a form of your "
            "own payment_intent.succeeded as well."
        ),
        gettext_lazy("Copy the endpoint’s signing secret (whsec_…) into the settings of this source."),
        gettext_lazy(
            "Pass on the click: client_reference_id is the click id, or “cw-” and the spoken code; or put cw_click and "
            "cw_code into the metadata."
        ),
    ),
    "helloasso": (
        gettext_lazy(
            "In HelloAsso, open My account › Integrations and API and enter the address below for notifications."
        ),
        gettext_lazy("Partners of HelloAsso get a signature key: copy it into the settings of this source."),
        gettext_lazy(
            "Add a field called cw_code to your forms; with Checkout, put cw_click and cw_code into metadata."
        ),
    ),
    "donorbox": (
        gettext_lazy(
            "In Donorbox, open API & Zapier Integration and add a custom webhook, version v1, with the address below."
        ),
        gettext_lazy("Copy its signing key into the settings of this source."),
        gettext_lazy(
            "UTM parameters come along by themselves; “cw-” and the click id or code go into utm_term or utm_content."
        ),
    ),
    "givewp": (
        gettext_lazy(
            "Have a plugin or script post each donation of the REST API v3 to the address below, with sensitive data."
        ),
        gettext_lazy("Add hidden fields labelled cw_click and cw_code to your form."),
    ),
    "action_network": (
        gettext_lazy("In Action Network, open Details › API & Sync › Webhooks and add the address below."),
        gettext_lazy("Share pages with ?source=cw-CODE at the end of their address, with the partner’s code."),
    ),
    "osdi": (
        gettext_lazy("Have a script post the pages of each OSDI collection to the address below."),
        gettext_lazy("Share pages with ?source=cw-CODE at the end of their address, with the partner’s code."),
    ),
    "mobilize": (
        gettext_lazy("Have a script post the pages of /attendances to the address below."),
        gettext_lazy("Share events with utm_content=cw-CODE in their address, with the partner’s code."),
    ),
    "generic": (
        gettext_lazy("Post JSON to the address below, as to POST /api/v1/conversions/: one object, or a list."),
        gettext_lazy(
            "Sign it as Standard Webhooks do, if you can, and type the secret into the settings of this source."
        ),
        gettext_lazy("Send click_ids or code along: they say whom the action is thanks to."),
    ),
    "csv": (
        gettext_lazy(
            "Post a table to the address below, with external_id, kind, amount, currency and occurred_at as columns."
        ),
        gettext_lazy("Columns cw_click and cw_code say whom an action is thanks to."),
    ),
}


def steps(source: Source) -> tuple[str, ...]:
    """What to do at the source, in order."""
    return (*(str(step) for step in _STEPS[source.kind]), str(_KEYS))


def source_trouble(source: Source) -> str:
    """Why the last thing that was refused was; blank where something good has come since."""
    if not source.error or (source.last_at and source.error_at and source.last_at > source.error_at):
        return ""
    return refusal(source.error)


def refusal(code: str) -> str:
    """Why something was refused, without what it said."""
    known = {"field": "…", "kind": "…", "known": "", "limit": "1048576", "minutes": "5", "line": "…", "source": "…"}
    return say(DomainError(code, **known | {"external_id": "…", "currency": "…", "years": "20"}))


def would_count(event: Event) -> str:
    """What an event would be counted as, in words."""
    told = action_total(
        kind=event.kind, currency=event.currency, number=float(event.quantity), amount_minor=event.amount_minor
    )
    marks = [_("a click id")] if event.click_ids else []
    marks += [_("the code %(code)s") % {"code": event.code}] if event.code else []
    marks += [_("UTM parameters")] if event.utm else []
    came = (
        _("with %(marks)s") % {"marks": ", ".join(marks)} if marks else _("without anything that says thanks to whom")
    )
    return f"{told.sentence} · {event.external_id} · {came}"


def said_of(row: Conversion | SourceEvent) -> str:
    """What was done, and for how much: "1 donation (€25.00)"."""
    if not row.kind:
        return ""
    number = 1.0 if row.quantity is None else float(row.quantity)
    told = action_total(kind=row.kind, currency=row.currency, number=number, amount_minor=row.amount_minor)
    ledger_row = row.conversion if isinstance(row, SourceEvent) else row
    if ledger_row is not None and ledger_row.is_restoration:
        return _("stands after all: %(what)s") % {"what": told.sentence}
    return _("taken back: %(what)s") % {"what": told.sentence} if row.refund_of else told.sentence
