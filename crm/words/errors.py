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

ERRORS: Mapping[str, str | Promise] = {
    "token_invalid": gettext_lazy("This key is not valid: it is unknown, expired or revoked."),
    "scope_unknown": gettext_lazy("There is no such scope: %(scopes)s. Choose among: %(known)s."),
    "scopes_missing": gettext_lazy("Say what the token may do: choose at least one line."),
    "token_made_already": gettext_lazy(
        "This token was made already, and its text was shown once. If you did not copy it, revoke it and make another."
    ),
    "somebody_is_here": gettext_lazy("The first administrator has been made in the meantime. Please sign in."),
    "username_taken": gettext_lazy("Somebody signs in as “%(username)s” already. Choose another user name."),
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
    "idempotency_key_invalid": gettext_lazy("An Idempotency-Key has between 1 and 200 visible characters."),
    "idempotency_key_reused": gettext_lazy("This Idempotency-Key was used with another request. Use a new one."),
    "reason_missing": gettext_lazy("Say why: the reason is kept with the decision."),
    "verdict_unknown": gettext_lazy("“%(verdict)s” is not a verdict. Choose among: %(known)s."),
    "address_taken": gettext_lazy("This e-mail address already belongs to another profile."),
    "email_invalid": gettext_lazy("This is not an e-mail address. Write it as name@domain."),
    "identity_conflict": gettext_lazy(
        "This row names two different profiles, by %(columns)s. Correct the row, or merge the two profiles first."
    ),
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
    "topics_as_interests": gettext_lazy("Kept as interests, since no topic is called so: %(words)s."),
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
    "filter_unknown": gettext_lazy("There is no filter “%(name)s”. Choose among: %(known)s."),
    "filter_value_invalid": gettext_lazy("“%(name)s” cannot be filtered by this value."),
    # Files
    "format_unknown": gettext_lazy(
        "These columns are not known: %(columns)s. Start from our template, or name the format."
    ),
    "format_not_offered": gettext_lazy("There is no such format. Choose among: %(known)s."),
    "format_mismatch": gettext_lazy("The file is not of the format “%(format)s”. Its columns are: %(columns)s."),
    "mapping_unknown": gettext_lazy(
        "The mapping leads to columns that do not exist: %(columns)s. There are: %(known)s."
    ),
    "mapping_missing": gettext_lazy("The mapping names columns that the file does not have: %(columns)s."),
    "file_not_text": gettext_lazy("The file is not a table (%(kind)s). Save it as CSV, in UTF-8."),
    "columns_too_many": gettext_lazy("The file has more than %(limit)s columns. Remove those that are not needed."),
    "header_unreadable": gettext_lazy(
        "The header in line %(line)s cannot be read (%(problem)s). Check its quotation marks."
    ),
    "json_invalid": gettext_lazy("The file is not valid JSON: see line %(line)s."),
    "json_without_list": gettext_lazy("The file holds no list of causes."),
    "item_not_an_object": gettext_lazy("This entry is not an object with names and values."),
    # Rows
    "row_repeated": gettext_lazy("The file says the same in line %(first_line)s already."),
    "row_ragged": gettext_lazy(
        "The row has another number of cells than the header. Check its separators and quotation marks."
    ),
    "row_too_long": gettext_lazy("The row is too long. Check whether a quotation mark is missing."),
    "quote_unclosed": gettext_lazy("A quotation mark is opened and never closed."),
    "quote_misplaced": gettext_lazy("A quotation mark stands where none may be. Double it, or remove it."),
    "account_repeated": gettext_lazy("Line %(first_line)s speaks of the same account and says something else."),
    "slug_repeated": gettext_lazy("Line %(first_line)s has the same short name. Give each cause its own."),
    "identity_missing": gettext_lazy(
        "Nothing says who this is. Give a name, a handle, an e-mail address or an external id."
    ),
    "figures_disagree": gettext_lazy("Two columns give different figures for the same thing. Keep the right one."),
    # Cells
    "cell_too_long": gettext_lazy("This cell is too long: at most %(limit)s characters."),
    "cell_nul": gettext_lazy("This cell holds a character that no text has (NUL). Save the file again as text."),
    "cell_undecodable": gettext_lazy("This cell cannot be read as %(encoding)s. Save the file in UTF-8."),
    "text_too_long": gettext_lazy("This text is too long: at most %(limit)s characters."),
    "value_invalid": gettext_lazy("This value is not of the kind this column holds."),
    "choice_unknown": gettext_lazy("This is not one of the choices: %(known)s."),
    "list_too_long": gettext_lazy("This list is too long: at most %(limit)s entries."),
    "country_unknown": gettext_lazy(
        "This country is not known. Write its name in English or French, or two letters such as FR."
    ),
    "language_unknown": gettext_lazy("This language is not known. Write its name, or its code such as fr."),
    "timezone_unknown": gettext_lazy("This time zone is not known. Write it as Europe/Paris."),
    "date_invalid": gettext_lazy("This is not a date. Write it as 2026-11-24."),
    "date_ambiguous": gettext_lazy("This date can be read in two ways: day or month first. Write it as 2026-11-24."),
    "slug_invalid": gettext_lazy("A short name has small letters, digits and hyphens only."),
    "hashtag_invalid": gettext_lazy("This is not a hashtag."),
    "url_invalid": gettext_lazy("This is not a web address. Write it in full, beginning with https://."),
    "url_scheme": gettext_lazy("Only web addresses that begin with http:// or https:// are kept."),
    "url_too_long": gettext_lazy("This web address is too long: at most %(limit)s characters."),
    "url_other_account": gettext_lazy(
        "The link leads to another account than the handle names. Correct one of the two."
    ),
    "website_ignored": gettext_lazy("The website was left out: it is not a web address."),
    "theme_ignored": gettext_lazy("A theme was left out: it is none of the topics."),
    "platform_unknown": gettext_lazy("This platform is not known. Choose among: %(known)s."),
    "platform_missing": gettext_lazy("A handle needs its platform. Choose among: %(known)s."),
    "handle_missing": gettext_lazy("This row gives figures of an account without saying which. Add the handle."),
    "handle_invalid": gettext_lazy("This cannot be a handle on %(platform)s."),
    "handle_other_platform": gettext_lazy("The link leads to %(found)s, not to %(platform)s. Correct one of the two."),
    "id_scientific": gettext_lazy(
        "A spreadsheet has shortened this id (such as 1.2E+17) and its digits are lost. "
        "Export the file again and do not open it in a spreadsheet before."
    ),
    "count_invalid": gettext_lazy("This is not a number."),
    "count_negative": gettext_lazy("This number cannot be below zero."),
    "count_not_whole": gettext_lazy("This must be a whole number."),
    "count_too_big": gettext_lazy("This number is too large to be true."),
    "count_scientific": gettext_lazy(
        "A spreadsheet has shortened this number (such as 1.2E+17). Write all its digits."
    ),
    "count_ambiguous": gettext_lazy("This number can be read in two ways. Write it without separators."),
    "rate_invalid": gettext_lazy("This is not a rate. Write it between 0 and 1, or with a %% sign."),
    "rate_out_of_range": gettext_lazy("A rate lies between 0 and 1, or has a %% sign."),
    "share_invalid": gettext_lazy("This is not a share. Write it between 0 and 1, or with a %% sign."),
    "share_out_of_range": gettext_lazy("A share lies between 0 and 1, or has a %% sign."),
    "audience_key_invalid": gettext_lazy("This is not a group of an audience (%(dimension)s)."),
    "audience_repeated": gettext_lazy("The same group of the audience stands twice (%(dimension)s)."),
    "audience_over_one": gettext_lazy("The shares of the audience add up to more than 100 %% (%(dimension)s)."),
    "goal_invalid": gettext_lazy("A goal is written as donation:20000 EUR or signature:5000."),
    "goal_repeated": gettext_lazy("The same kind of goal stands twice (%(kind)s)."),
    "goal_kind_unknown": gettext_lazy("This is not an action. Choose among: %(known)s."),
    "amount_invalid": gettext_lazy("This is not an amount."),
    "amount_ambiguous": gettext_lazy("This amount can be read in two ways. Write it without separators."),
    "currency_unknown": gettext_lazy("This is not a currency in use. Write three letters such as EUR."),
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
