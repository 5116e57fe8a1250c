"""The sentence for every code that crm refuses something with, and the way to find the sentence of any app's code.

Every app's words have an ERRORS table; `say` finds the words of any of them.
"""

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.errors import DomainError
from crm.words.files import FILES
from crm.words.identity import ERRORS as IDENTITY
from crm.words.privacy import PRIVACY

ERRORS: Mapping[str, str | Promise] = {
    **FILES,
    **PRIVACY,
    "token_invalid": gettext_lazy("This key is not valid: it is unknown, expired or revoked."),
    "scope_unknown": gettext_lazy("There is no such scope: %(scopes)s. Choose among: %(known)s."),
    "scopes_missing": gettext_lazy("Say what the token may do: choose at least one line."),
    "token_made_already": gettext_lazy(
        "This token was made already, and its text was shown once. If you did not copy it, revoke it and make another."
    ),
    "somebody_is_here": gettext_lazy("The first administrator has been made in the meantime. Please sign in."),
    "username_taken": gettext_lazy("Somebody signs in as “%(username)s” already. Choose another user name."),
    "password_link_invalid": gettext_lazy(
        "This link does not lead to a new password: it was used already, it is older than an hour, or it is not whole."
    ),
    "role_unknown": gettext_lazy("There is no role “%(role)s”. Choose among: %(known)s."),
    "account_above": gettext_lazy(
        "This account was made on the command line and has every right. It is changed there, or by another such one."
    ),
    "last_administrator": gettext_lazy(
        "Somebody must be able to let others in. Make another person administrator first."
    ),
    "postal_address_missing": gettext_lazy(
        "Every first message says who writes and where they are. Write the postal address under Settings."
    ),
    "keyring_unreadable": gettext_lazy(
        "The keyring cannot be read. Restore the file that KEYRING names from your backup."
    ),
    "seal_broken": gettext_lazy(
        "A secret was sealed with keys that this installation does not have. Restore the keyring, or type it anew."
    ),
    "host_unknown": gettext_lazy("There is no server of this name. Check how it is written."),
    "host_denied": gettext_lazy(
        "This server is on a private network. If it is yours, whoever installed Causeway names it in PRIVATE_HOSTS."
    ),
    "host_port_denied": gettext_lazy("This port is not one for mail. Choose among: %(ports)s."),
    "host_unreachable": gettext_lazy("The server does not answer. Check its name and port, or try again later."),
    "host_untrusted": gettext_lazy(
        "The server cannot prove who it is: nothing was handed over. Check its name, or its certificate."
    ),
    "host_lost": gettext_lazy("The server broke off. It will be asked again."),
    "url_denied": gettext_lazy("This is not an address that can be asked. Write it in full, beginning with https://."),
    "idempotency_key_invalid": gettext_lazy("An Idempotency-Key has between 1 and 200 visible characters."),
    "idempotency_key_reused": gettext_lazy("This Idempotency-Key was used with another request. Use a new one."),
    "reason_missing": gettext_lazy("Say why: the reason is kept with the decision."),
    "verdict_unknown": gettext_lazy("“%(verdict)s” is not a verdict. Choose among: %(known)s."),
    "address_taken": gettext_lazy("This e-mail address already belongs to another profile."),
    "note_names_address": gettext_lazy(
        "A note with an e-mail address would keep what is not kept: say it without the address."
    ),
    "email_invalid": gettext_lazy("This is not an e-mail address. Write it as name@domain."),
    "identity_conflict": gettext_lazy(
        "This row names two different profiles, by %(columns)s. Correct the row, or merge the two profiles first."
    ),
    **IDENTITY,
    "name_missing": gettext_lazy(
        "Nobody we know has this id, and somebody new needs a name or a handle. Add one of the two."
    ),
    "consent_not_imported": gettext_lazy(
        "Consent is not taken from a file. Record it on the profile, with its proof; "
        "until then a personal address is not written to."
    ),
    "address_without_email_source": gettext_lazy(
        "Nobody can be written to at this address before you say where you have it from, in the file or on the profile."
    ),
    "address_without_basis": gettext_lazy(
        "Nobody can be written to at this address before you say on which legal basis, in the file or on the profile."
    ),
    "topics_as_interests": gettext_lazy("Not among our topics, so kept as interests: %(words)s."),
    "topic_unknown": gettext_lazy("There is no such topic: %(topics)s. Choose among the topics listed under Causes."),
    "cause_name_missing": gettext_lazy("There is no cause with this short name yet, and a new one needs a name."),
    "cause_says_nothing": gettext_lazy(
        "This cause has neither a description nor topics, so there is nothing to rank by. Add one of the two."
    ),
    "cause_slug_taken": gettext_lazy("Another cause has the short name “%(slug)s”. Choose another one."),
    "name_blank": gettext_lazy("Give a name."),
    "person_erased": gettext_lazy("This person was erased at their request."),
    "account_taken": gettext_lazy("This account belongs to another profile."),
    "consent_proof_missing": gettext_lazy("Say how they consented: when, where, in which words. It is kept as proof."),
    "file_empty": gettext_lazy("The file is empty."),
    "file_too_large": gettext_lazy(
        "The file is too large: at most %(megabytes)s MB. Split it, or use the command line."
    ),
    "subject_unknown": gettext_lazy("“%(subject)s” cannot be imported. Choose among: %(known)s."),
    "import_not_waiting": gettext_lazy("Somebody has decided about this import already."),
    "representation_of_oneself": gettext_lazy("Nobody is their own agent. Choose another profile."),
    "representation_known": gettext_lazy("We know already that they represent them there."),
    "date_to_come": gettext_lazy("This day is still to come. Note it when it has come."),
    "dates_crossed": gettext_lazy("It cannot have ended before it began."),
    "view_asks_nothing": gettext_lazy("There is nothing to save: search or filter the list first."),
    "view_parameter_unknown": gettext_lazy(
        "The list cannot be asked this: %(names)s. Open it anew, and save from there."
    ),
    "view_too_long": gettext_lazy("This asks for too much at once. Use fewer filters."),
    "view_name_taken": gettext_lazy("You have a view called “%(name)s” already. Choose another name."),
    "view_not_yours": gettext_lazy("Only who made a view may change it. Managers may remove those that are shared."),
    "filter_unknown": gettext_lazy("There is no filter “%(name)s”. Choose among: %(known)s."),
    "ordering_unknown": gettext_lazy(
        "This cannot be ordered by “%(name)s”. Choose among: %(known)s; with a minus in front, the other way round."
    ),
    "filter_value_invalid": gettext_lazy("“%(name)s” cannot be filtered by this value."),
}


def say(error: DomainError) -> str:
    """The sentence for a code, with its parameters filled in; the code itself where nobody wrote a sentence yet."""
    return say_code(error.code, error.params)


def say_code(code: str, params: Mapping[str, object]) -> str:
    for app in apps.get_app_configs():
        text = table_of(app.name, "ERRORS").get(code)
        if text is not None:
            codes = table_of(app.name, "CODES")
            return str(text) % Said({key: codes.get(f"{code}.{key}", plain)(value) for key, value in params.items()})
    return _("Refused (%(code)s).") % {"code": code}


class Said(dict[str, str]):
    """A sentence never fails for want of a detail."""

    def __missing__(self, key: str) -> str:
        return "…"


def table_of(app: str, name: str) -> Mapping[str, Any]:
    """A table of an app's words, such as ERRORS or CODES; empty where there is none."""
    if "." in app or find_spec(f"{app}.words") is None:
        return {}
    table: Mapping[str, Any] = getattr(import_module(f"{app}.words"), name, {})
    return table


def plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple | set | frozenset) else str(value)
