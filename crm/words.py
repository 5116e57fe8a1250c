"""What codes mean to a person. Rules and services speak in codes; the words, in the reader's language, are said here.

Every app has such a module with an ERRORS table; `say` finds the words of any of them.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from babel import Locale
from babel.dates import format_timedelta
from babel.numbers import (
    format_compact_decimal,
    format_currency,
    format_decimal,
    format_percent,
    get_currency_precision,
)
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

from crm.errors import DomainError
from crm.models import (
    ActionKind,
    Activity,
    Address,
    Goal,
    Influencer,
    Platform,
    SocialAccount,
    Suppression,
    VettingCheck,
)

_THOUSAND = 1000
_SMALL_SHARE = 0.1

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
    "language_unknown": gettext_lazy("This language is not known. Write its code, such as fr."),
    "timezone_unknown": gettext_lazy("This time zone is not known. Write it as Europe/Paris."),
    "date_invalid": gettext_lazy("This is not a date. Write it as 2026-11-24."),
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

# What tools may read and change, as the pages call it.
RESOURCES: Mapping[str, Promise] = {
    "influencers": gettext_lazy("Influencers"),
    "causes": gettext_lazy("Causes"),
    "topics": gettext_lazy("Topics"),
    "imports": gettext_lazy("Imports"),
    "match-lists": gettext_lazy("Match lists"),
    "rankers": gettext_lazy("Rankers"),
    "vettings": gettext_lazy("Vetting"),
    "campaigns": gettext_lazy("Campaigns"),
    "outreaches": gettext_lazy("Outreach"),
    "templates": gettext_lazy("Message templates"),
    "messages": gettext_lazy("Messages"),
    "suppressions": gettext_lazy("Who said no"),
    "links": gettext_lazy("Tracked links"),
    "clicks": gettext_lazy("Clicks"),
    "conversions": gettext_lazy("Concrete actions"),
    "credits": gettext_lazy("Credit"),
}


def may(scopes: Iterable[str]) -> list[str]:
    """What a token may do, one sentence per resource."""
    verbs: dict[str, set[str]] = {}
    for scope in scopes:
        resource, _colon, verb = scope.partition(":")
        verbs.setdefault(resource, set()).add(verb)
    said = {"read": _("%(what)s: read"), "write": _("%(what)s: change"), "both": _("%(what)s: read and change")}
    return [
        said["both" if len(verbs[resource]) > 1 else next(iter(verbs[resource]))] % {"what": label}
        for resource, label in RESOURCES.items()
        if resource in verbs
    ]


def say(error: DomainError) -> str:
    """The sentence for a code, with its parameters filled in; the code itself where nobody wrote a sentence yet."""
    return say_code(error.code, error.params)


def say_code(code: str, params: Mapping[str, object]) -> str:
    for app in apps.get_app_configs():
        text = _table_of(app.name, "ERRORS").get(code)
        if text is not None:
            codes = _table_of(app.name, "CODES")
            return str(text) % _Said({key: codes.get(f"{code}.{key}", _plain)(value) for key, value in params.items()})
    return _("Refused (%(code)s).") % {"code": code}


class _Said(dict[str, str]):
    """A sentence never fails for want of a detail."""

    def __missing__(self, key: str) -> str:
        return "…"


def _table_of(app: str, name: str) -> Mapping[str, Any]:
    """A table of an app's words, such as ERRORS or CODES; empty where there is none."""
    if "." in app or find_spec(f"{app}.words") is None:
        return {}
    table: Mapping[str, Any] = getattr(import_module(f"{app}.words"), name, {})
    return table


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple | set | frozenset) else str(value)


# Numbers and names, as the reader's language writes them -------------------------------------------------------------


def reader() -> Locale:
    """The reader's locale."""
    return Locale.parse(to_locale(get_language() or "en"))


def number(value: float) -> str:
    return str(format_decimal(value, locale=reader()))


def short_number(value: float) -> str:
    """12.4K or 12,4 k: for figures that nobody needs to the last digit."""
    return str(format_compact_decimal(value, locale=reader(), fraction_digits=1 if value >= _THOUSAND else 0))


def percent(share: float) -> str:
    """Of a share between 0 and 1; with a decimal where it would otherwise say 0 %."""
    pattern = "#,##0.0%" if 0 < share < _SMALL_SHARE else None
    return str(format_percent(share, format=pattern, locale=reader()))


def distance(at: datetime, *, now: datetime) -> str:
    """ "3 days ago" or "in 2 hours", by the largest unit."""
    if abs(at - now) < timedelta(minutes=1):
        return _("just now")
    return str(format_timedelta(at - now, granularity="minute", threshold=1, add_direction=True, locale=reader()))


def country(code: str) -> str:
    return str(reader().territories.get(code, code))


def language(code: str) -> str:
    return str(reader().languages.get(code, code))


def unknown() -> str:
    return _("unknown")


def money(amount_minor: int, currency: str) -> str:
    """An amount as the reader's locale writes it: 1 234,50 € or €1,234.50."""
    amount = Decimal(amount_minor).scaleb(-get_currency_precision(currency))
    return str(format_currency(amount, currency, locale=reader()))


def currency(code: str) -> str:
    return str(reader().currencies.get(code, code))


# People and causes, in words ------------------------------------------------------------------------------------------

GENDERS: Mapping[str, Promise] = {
    "female": gettext_lazy("women"),
    "male": gettext_lazy("men"),
    "other": gettext_lazy("other genders"),
    "unknown": gettext_lazy("unknown"),
}


AUDIENCES: Mapping[str, Promise] = {
    "country": gettext_lazy("Countries"),
    "age": gettext_lazy("Ages"),
    "gender": gettext_lazy("Genders"),
    "language": gettext_lazy("Languages"),
    "interest": gettext_lazy("Interests"),
}


def trait(dimension: str, key: str) -> str:
    """Who in an audience: "France", "18–24", "women"."""
    said: Mapping[str, Callable[[str], str]] = {
        "country": country,
        "language": language,
        "gender": gender,
        "age": lambda age: age.replace("-", "–"),
    }
    return said.get(dimension, str)(key)


def gender(code: str) -> str:
    return str(GENDERS.get(code, code))


_GOALS: Mapping[str, tuple[Promise, Promise]] = {
    "donation": (gettext_lazy("%(amount)s in donations"), gettext_lazy("%(amount)s donations")),
    "sign_up": (gettext_lazy("%(amount)s from sign-ups"), gettext_lazy("%(amount)s sign-ups")),
    "signature": (gettext_lazy("%(amount)s from signatures"), gettext_lazy("%(amount)s signatures")),
    "attendance": (gettext_lazy("%(amount)s from events"), gettext_lazy("%(amount)s people who come")),
    "volunteer_hours": (gettext_lazy("%(amount)s from volunteers"), gettext_lazy("%(amount)s volunteer hours")),
    "other": (gettext_lazy("%(amount)s from other actions"), gettext_lazy("%(amount)s other actions")),
}


# Actions, several of each.
ACTIONS: Mapping[str, Promise] = {
    "donation": gettext_lazy("Donations"),
    "sign_up": gettext_lazy("Sign-ups"),
    "signature": gettext_lazy("Petition signatures"),
    "attendance": gettext_lazy("People who come"),
    "volunteer_hours": gettext_lazy("Volunteer hours"),
    "other": gettext_lazy("Other actions"),
}


def goal(wanted: Goal) -> str:
    """ "€20,000.00 in donations", "5,000 signatures"."""
    as_sum, as_number = _GOALS[wanted.kind]
    return str(as_number if wanted.amount_minor is None else as_sum) % {"amount": goal_figure(wanted)}


def goal_figure(wanted: Goal) -> str:
    if wanted.amount_minor is not None:
        return money(wanted.amount_minor, wanted.currency)
    return number(wanted.quantity or 0)


# What a cause leaves unsaid, and what that costs.
UNSAID: Mapping[str, tuple[Promise, Promise]] = {
    "description": (
        gettext_lazy("No description"),
        gettext_lazy("Influencers are compared with your cause by its name, hashtags and topics only."),
    ),
    "topics": (
        gettext_lazy("No topics"),
        gettext_lazy("Those who share your concern without using your words are not found."),
    ),
    "languages": (
        gettext_lazy("No languages"),
        gettext_lazy("Whether an audience reads your language weighs for nobody."),
    ),
    "countries": (
        gettext_lazy("No countries"),
        gettext_lazy("Where an audience lives weighs for nobody."),
    ),
    "goals": (
        gettext_lazy("No goals"),
        gettext_lazy("The ranking does not need them, but campaigns have nothing to be measured against."),
    ),
}

MAY_WRITE: Mapping[str, tuple[Promise, Promise]] = {
    "yes": (gettext_lazy("Yes, by e-mail"), gettext_lazy("There is an address we may write to.")),
    "by_hand": (
        gettext_lazy("By hand only"),
        gettext_lazy("There is no address we may write to. You can write by hand, from their account."),
    ),
    "nowhere": (gettext_lazy("No"), gettext_lazy("Neither an address we may write to nor an account is known.")),
    "no": (gettext_lazy("No"), gettext_lazy("They said no: nothing goes out to them.")),
}

# What speaks against writing to one address.
OBJECTIONS: Mapping[str, Promise] = {
    "said_no": gettext_lazy("Its owner said no."),
    "no_basis": gettext_lazy("No legal basis is recorded."),
    "needs_consent": gettext_lazy("It is a personal address, and consent is not recorded."),
    "no_source": gettext_lazy("It is not recorded where we have it from."),
}


def may_write(code: str, objections: Iterable[str]) -> str:
    """Why one may write to somebody, or may not, as one text."""
    reasons = [] if code in {"yes", "no"} else [str(OBJECTIONS[objection]) for objection in objections]
    return " ".join([str(MAY_WRITE[code][1]), *reasons])


# What happened to somebody, for their timeline. Every app has such a table for the kinds that it records.
HAPPENED: Mapping[str, str | Promise] = {
    "imported": gettext_lazy("Imported from %(source)s"),
    "updated": gettext_lazy("Updated from %(source)s: %(fields)s"),
    "added": gettext_lazy("Added by hand"),
    "edited": gettext_lazy("Changed by hand: %(fields)s"),
    "vetted": gettext_lazy("Vetted for %(cause)s: %(verdict)s"),
    "suppressed": gettext_lazy("Not to be written to any more: %(reason)s"),
    "address_corrected": gettext_lazy("Corrected about an address: %(fields)s"),
    "consent_recorded": gettext_lazy("Consent recorded: %(proof)s"),
}


def happened(activity: Activity) -> str:
    """One line of a timeline."""
    params = {"cause": activity.cause.name if activity.cause else "", **activity.params}
    for app in apps.get_app_configs():
        table = _table_of(app.name, "HAPPENED")
        if activity.kind in table:
            codes = _table_of(app.name, "CODES")
            said = {name: codes.get(f"{activity.kind}.{name}", _plain)(value) for name, value in params.items()}
            return str(table[activity.kind]) % _Said(said)
    return activity.kind.replace("_", " ").capitalize()


def _fields(names: Iterable[str]) -> str:
    """What changed: "name, Instagram: followers"."""
    return ", ".join(dict.fromkeys(_field(name) for name in names))


def _field(name: str) -> str:
    """A code such as "country", "instagram.followers" or "tiktok.audience.age"."""
    whose, _dot, what = name.rpartition(".")
    if whose.partition(".")[0] in Platform.values:
        platform = Platform(whose.partition(".")[0]).label
        is_audience = whose.endswith(".audience")
        return f"{platform}: {_('audience') if is_audience else _field_of(what, SocialAccount)}"
    return _field_of(name, Influencer, Address)


def _field_of(name: str, *models: type[Model]) -> str:
    if name in {"snapshot", "addresses"}:
        return _("figures") if name == "snapshot" else _("e-mail address")
    for model in models:
        with suppress(FieldDoesNotExist):
            return str(getattr(model._meta.get_field(name), "verbose_name", name))
    return name


# Parameters that are codes themselves: {"error or kind.parameter": what says it}.
CODES: Mapping[str, Callable[[Any], str]] = {
    "updated.fields": _fields,
    "edited.fields": _fields,
    "address_corrected.fields": _fields,
    "vetted.verdict": lambda code: str(dict(VettingCheck.Verdict.choices).get(code, code)),
    "suppressed.reason": lambda code: str(dict(Suppression.Reason.choices).get(code, code)),
    "goal_repeated.kind": lambda code: str(dict(ActionKind.choices).get(code, code)),
}
