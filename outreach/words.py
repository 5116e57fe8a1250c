"""What outreach's codes mean to a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from babel.numbers import format_currency, get_currency_precision
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, to_locale
from django.utils.translation import gettext as _

from crm.models import ActionKind
from outreach.models import Link

ERRORS: Mapping[str, str | Promise] = {
    "slug_taken": gettext_lazy("The short name “%(slug)s” is taken. Choose another one."),
    "dates_reversed": gettext_lazy("The campaign ends before it starts. Correct one of the two dates."),
    "destination_invalid": gettext_lazy("This is not a web address. Write it in full, beginning with https://."),
    "utm_invalid": gettext_lazy("The short name of the campaign cannot stand in a link (%(field)s)."),
    "email_url_invalid": gettext_lazy(
        "EMAIL_URL is not a mail server. Write it as smtp://, smtps:// or smtp+tls://user:password@host:port."
    ),
    "envelope_malformed": gettext_lazy("The message cannot be addressed (%(field)s)."),
    "template_taken": gettext_lazy("There is a template “%(name)s” in this language (%(language)s) already."),
    "text_blank": gettext_lazy("A message needs a subject and a text."),
    "template_too_long": gettext_lazy("The text is too long: at most %(limit)s bytes."),
    "placeholders_too_many": gettext_lazy("The text has too many placeholders: at most %(limit)s."),
    "rendered_too_long": gettext_lazy("The text is too long: at most %(limit)s characters."),
    "footer_incomplete": gettext_lazy(
        "The message must say where we have the address from, who writes, and how to stop it. Missing: %(field)s."
    ),
    "placeholder_unknown": gettext_lazy("There is no placeholder “%(name)s”. Choose among: %(known)s."),
    "placeholder_malformed": gettext_lazy(
        "Line %(line)s has double braces that are not a placeholder. Write a placeholder as {{ first_name }}."
    ),
    "placeholder_value_missing": gettext_lazy(
        "Nothing is known for “%(name)s”, so the message would have a hole. "
        "Fill it in on the profile, or choose a template without it."
    ),
    "person_said_no": gettext_lazy("This person asked not to be written to."),
    "message_not_by_hand": gettext_lazy("This message is a mail: it goes out by itself."),
    "message_not_planned": gettext_lazy("This message is not waiting to be sent (%(state)s)."),
    "message_held": gettext_lazy("Do not send this message now (%(reason)s)."),
    "no_usable_address": gettext_lazy(
        "There is no address we may write to: record where it comes from and on which ground, or contact them by hand."
    ),
    "message_not_draft": gettext_lazy(
        "This message was approved already and cannot be changed (%(state)s). Cancel it first."
    ),
    "message_already_gone": gettext_lazy("This message is on its way or settled and cannot be cancelled."),
    "message_without_person": gettext_lazy("The person this message was for has been erased."),
    "postal_address_missing": gettext_lazy(
        "Every first message says who writes and where they are. Set POSTAL_ADDRESS before approving messages."
    ),
    "stage_move_not_allowed": gettext_lazy("A conversation cannot go from “%(current)s” to “%(new)s”."),
    "link_unknown": gettext_lazy("There is no such link."),
    "kind_unknown": gettext_lazy("“%(kind)s” is not an action. Choose among: %(known)s."),
    "amount_missing": gettext_lazy("A donation needs its amount, in minor units such as cents."),
    "amount_not_positive": gettext_lazy("An amount is greater than zero. Refunds are told as refunds."),
    "currency_missing": gettext_lazy("An amount needs its currency, as three letters such as EUR."),
    "external_id_missing": gettext_lazy(
        "Where there is money, the id at the source is required: it is what keeps a gift from counting twice."
    ),
    "occurs_in_future": gettext_lazy("This action lies in the future. Check the date and its time zone."),
    "conversion_conflict": gettext_lazy("“%(external_id)s” of “%(source)s” is stored already, with other content."),
}

_HELD: Mapping[str, str | Promise] = {
    "already_in_campaign": gettext_lazy("is in this campaign already"),
    "vetting_refused": gettext_lazy("was refused at vetting"),
    "said_no": gettext_lazy("asked not to be written to"),
    "not_contactable": gettext_lazy("has neither an address we may write to nor an account"),
    "cooling_off": gettext_lazy("was asked recently; free again on %(until)s"),
}

_MESSAGE: Mapping[str, str | Promise] = {
    "expired": gettext_lazy("its time had passed"),
    "keyring_foreign": gettext_lazy(
        "this database was filled with another keyring, so nobody can tell who said no: restore the file of KEYRING"
    ),
    "person_erased": gettext_lazy("the person was erased"),
    "said_no": gettext_lazy("they asked not to be written to"),
    "address_not_usable": gettext_lazy("the address has no stated ground, or its owner said no"),
    "not_vetted": gettext_lazy("nobody has cleared this person for the cause yet"),
    "conversation_closed": gettext_lazy("the conversation is closed or paused"),
    "cap_person": gettext_lazy("they had a message in the last 24 hours"),
    "cap_sender": gettext_lazy("the daily limit is reached"),
    "sender_died": gettext_lazy("the sending process stopped before the mail server answered"),
    "no_answer_from_server": gettext_lazy("the mail server took the message but did not confirm"),
    "cancelled_by_staff": gettext_lazy("taken back by staff"),
    "reserved_domain": gettext_lazy("the address is a fictional one"),
    "envelope_malformed": gettext_lazy("no mail can be addressed to them"),
}


def held_reason(reason: str, params: Mapping[str, object]) -> str:
    return str(_HELD[reason]) % params


def message_reason(code: str) -> str:
    if not code:
        return ""
    return str(_MESSAGE.get(code) or _("the mail server refused it (%(code)s)") % {"code": code})


@dataclass(frozen=True)
class ActionTotalWords:
    kind: str
    number: float
    amount: str


def action_total(*, kind: str, currency: str, number: float, amount_minor: int | None) -> ActionTotalWords:
    return ActionTotalWords(
        kind=str(ActionKind(kind).label),
        number=number,
        amount=money(amount_minor, currency) if amount_minor is not None else "",
    )


def money(amount_minor: int, currency: str) -> str:
    """An amount as the reader's locale writes it: 1 234,50 € or €1,234.50."""
    amount = Decimal(amount_minor).scaleb(-get_currency_precision(currency))
    return format_currency(amount, currency, locale=to_locale(get_language() or "en"))


def link_url(link: Link) -> str:
    return f"{settings.BASE_URL}/r/{link.code}"
