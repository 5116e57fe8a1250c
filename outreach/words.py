"""What outreach's codes mean to a person."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crm import words as crm_words
from crm.models import ActionKind, VettingCheck
from crm.words import number as say_number
from outreach.models import Link, Message, Outreach

ERRORS: Mapping[str, str | Promise] = {
    "slug_taken": gettext_lazy("The short name “%(slug)s” is taken. Choose another one."),
    "dates_reversed": gettext_lazy("The campaign ends before it starts. Correct one of the two dates."),
    "destination_invalid": gettext_lazy("This is not a web address. Write it in full, beginning with https://."),
    "utm_invalid": gettext_lazy("The short name of the campaign cannot stand in a link (%(field)s)."),
    "email_url_invalid": gettext_lazy(
        "EMAIL_URL is not a mail server. Write it as smtp://, smtps:// or smtp+tls://user:password@host:port."
    ),
    "envelope_malformed": gettext_lazy("The message cannot be addressed (%(field)s)."),
    "campaign_under_way": gettext_lazy(
        "People were chosen for this campaign’s cause already. Make another campaign for the other cause."
    ),
    "message_not_uncertain": gettext_lazy("Whether this message arrived is settled already (%(state)s)."),
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
    "occurs_too_early": gettext_lazy("This action lies more than %(years)s years back. Check the year."),
    "receipt_taken": gettext_lazy(
        "Receipt number “%(receipt)s” is recorded already, with another amount, day or person. Check the number."
    ),
    "conversion_conflict": gettext_lazy("“%(external_id)s” of “%(source)s” is stored already, with other content."),
}

_HELD: Mapping[str, str | Promise] = {
    "already_in_campaign": gettext_lazy("is in this campaign already"),
    "vetting_refused": gettext_lazy("was refused at vetting"),
    "said_no": gettext_lazy("asked not to be written to"),
    "not_contactable": gettext_lazy("has neither an address we may write to nor an account"),
    "cooling_off": gettext_lazy("was asked recently; free again on %(until)s"),
}

# The same after a number: "2 asked not to be written to".
_HELD_TOGETHER: Mapping[str, str | Promise] = {
    "already_in_campaign": gettext_lazy("in this campaign already"),
    "vetting_refused": gettext_lazy("refused at vetting"),
    "said_no": gettext_lazy("asked not to be written to"),
    "not_contactable": gettext_lazy("without an address we may write to, and without an account"),
    "cooling_off": gettext_lazy("asked recently"),
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
    "they_answered": gettext_lazy("they have answered in the meantime"),
    "cap_person": gettext_lazy("they had a message in the last 24 hours"),
    "cap_sender": gettext_lazy("the daily limit is reached"),
    "sender_died": gettext_lazy("the sending process stopped before the mail server answered"),
    "no_answer_from_server": gettext_lazy("the mail server took the message but did not confirm"),
    "cancelled_by_staff": gettext_lazy("taken back by staff"),
    "reserved_domain": gettext_lazy("the address is a fictional one"),
    "envelope_malformed": gettext_lazy("no mail can be addressed to them"),
    "did_not_arrive": gettext_lazy("staff found out that it did not arrive"),
}

# Where a conversation stands, and what comes next: what to say, and the button that does it.
_NEXT: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "erased": (gettext_lazy("This person was erased at their request. What came of the conversation stays."), ""),
    "said_no": (gettext_lazy("They asked not to be written to. Nothing more goes out to them."), ""),
    "vet": (
        gettext_lazy("Nobody has looked at this person for this cause yet. Until somebody does, nothing goes out."),
        gettext_lazy("Vet this person"),
    ),
    "refused_at_vetting": (
        gettext_lazy("They were refused at vetting for this cause, so nothing goes out."),
        gettext_lazy("Read why"),
    ),
    "write": (
        gettext_lazy("Cleared at vetting. Nobody has written to them yet."),
        gettext_lazy("Write the first message"),
    ),
    "write_again": (
        gettext_lazy("Your last message did not go out. You can write another one."),
        gettext_lazy("Write another message"),
    ),
    "approve": (gettext_lazy("A message is waiting to be read and approved."), gettext_lazy("Read and approve")),
    "send_by_hand": (
        gettext_lazy("The message is approved. Send it by hand, as a direct message."),
        gettext_lazy("Copy and send"),
    ),
    "goes_out": (gettext_lazy("The message is approved and goes out by itself."), gettext_lazy("See the message")),
    "settle": (
        gettext_lazy("The message was perhaps sent: nobody knows whether it arrived."),
        gettext_lazy("Settle it"),
    ),
    "contacted": (gettext_lazy("They were written to. An answer is awaited."), gettext_lazy("They answered")),
    "chase": (
        gettext_lazy("They were written to more than 7 days ago, and no answer is known."),
        gettext_lazy("They answered"),
    ),
    "in_conversation": (gettext_lazy("They answered. It is your turn."), gettext_lazy("They agreed")),
    "agreed": (
        gettext_lazy("They agreed. Give them their link, and note when their post is out."),
        gettext_lazy("Their post is out"),
    ),
    "live": (gettext_lazy("Their post is out. What comes of it is counted below."), gettext_lazy("Close as completed")),
    "completed": (gettext_lazy("Completed. What came of it stays here."), ""),
    "declined": (gettext_lazy("They declined."), ""),
    "no_answer": (gettext_lazy("They never answered, and the conversation was closed."), ""),
    "paused": (gettext_lazy("Paused. Nothing goes out until somebody takes it up again."), ""),
    "conflict": (gettext_lazy("A conflict of interest was noted. Nothing goes out."), ""),
    "merged": (gettext_lazy("Continued in another conversation with the same person."), ""),
}

# Buttons that take a conversation to a stage.
MOVES: Mapping[str, str | Promise] = {
    "in_conversation": gettext_lazy("They answered"),
    "agreed": gettext_lazy("They agreed"),
    "live": gettext_lazy("Their post is out"),
    "completed": gettext_lazy("Close as completed"),
    "declined": gettext_lazy("They declined"),
    "no_answer": gettext_lazy("Close without an answer"),
    "paused": gettext_lazy("Pause"),
    "conflict": gettext_lazy("Note a conflict of interest"),
    "contacted": gettext_lazy("Wait for an answer again"),
    "approved": gettext_lazy("Approve for this campaign"),
    "shortlisted": gettext_lazy("Put back on the shortlist"),
    "prospect": gettext_lazy("Put back among the prospects"),
}

PLACEHOLDERS: Mapping[str, str | Promise] = {
    "placeholder_first_name": gettext_lazy("Their first name"),
    "placeholder_full_name": gettext_lazy("Their whole name"),
    "placeholder_why_you": gettext_lazy("The strongest reason why they fit, from the match list"),
    "placeholder_cause_name": gettext_lazy("The name of the cause"),
    "placeholder_cause_summary": gettext_lazy("The first paragraph of the cause’s description"),
    "placeholder_campaign_name": gettext_lazy("The name of the campaign"),
    "placeholder_tracked_link": gettext_lazy("The link that is theirs alone"),
    "placeholder_sender_name": gettext_lazy("Your name"),
    "placeholder_organisation": gettext_lazy("The organisation that signs"),
}


def held_reason(reason: str, params: Mapping[str, object]) -> str:
    said = dict(params)
    if until := said.get("until"):
        said["until"] = formats.date_format(date.fromisoformat(str(until)))
    return str(_HELD[reason]) % said


def held_together(reasons: Iterable[str]) -> list[tuple[int, str]]:
    """How many are held back for which reason, most first."""
    return [(number, str(_HELD_TOGETHER[reason])) for reason, number in Counter(reasons).most_common()]


def message_reason(code: str) -> str:
    if not code:
        return ""
    return str(_MESSAGE.get(code) or _("the mail server refused it (%(code)s)") % {"code": code})


def message_state(code: str) -> str:
    return str(dict(Message.State.choices).get(code, code))


def next_step(code: str) -> tuple[str, str]:
    """Where the conversation stands, and the words of the button that takes it further; blank where there is none."""
    sentence, button = _NEXT[code]
    return str(sentence), str(button)


def _stage(code: str) -> str:
    return str(dict(Outreach.Stage.choices).get(code, code))


def _placeholder(name: str) -> str:
    """ "Their first name ({{ first_name }})"."""
    said = PLACEHOLDERS.get(f"placeholder_{name}")
    hole = f"{{{{ {name} }}}}"
    return f"{said} ({hole})" if said else hole


# Parameters of errors that are codes themselves: {"error or kind.parameter": what says it}.
CODES: Mapping[str, Callable[[str], str]] = {
    "message_held.reason": message_reason,
    "message_not_planned.state": message_state,
    "message_not_draft.state": message_state,
    "message_not_uncertain.state": message_state,
    "placeholder_value_missing.name": _placeholder,
    "stage_move_not_allowed.current": _stage,
    "stage_move_not_allowed.new": _stage,
    "stage_moved.before": _stage,
    "stage_moved.after": _stage,
}


# What outreach writes on a person's timeline (crm.words.happened).
HAPPENED: Mapping[str, str | Promise] = {
    "outreach_started": gettext_lazy("Chosen for the campaign “%(campaign)s”"),
    "stage_moved": gettext_lazy("“%(campaign)s”: from “%(before)s” to “%(after)s”"),
    "message_sent": gettext_lazy("A message for “%(campaign)s” went out"),
    "message_settled": gettext_lazy("Found out whether the message for “%(campaign)s” arrived"),
}

# What happened in a conversation, for its timeline.
_ACTIVITIES: Mapping[str, str | Promise] = {
    "outreach_started": gettext_lazy("Chosen for “%(campaign)s”"),
    "stage_moved": gettext_lazy("From “%(before)s” to “%(after)s”"),
    "message_sent": gettext_lazy("A message went out"),
    "message_settled": gettext_lazy("Found out whether the message arrived"),
    "vetted": gettext_lazy("Vetted: %(verdict)s"),
    "suppressed": gettext_lazy("Asked not to be written to"),
}


def activity(kind: str, params: Mapping[str, object]) -> str:
    """One line of a conversation's timeline; blank where its kind says nothing there."""
    if kind not in _ACTIVITIES:
        return ""
    said = {name: _ACTIVITY_CODES[name](str(v)) if name in _ACTIVITY_CODES else str(v) for name, v in params.items()}
    return str(_ACTIVITIES[kind]) % said


_ACTIVITY_CODES: Mapping[str, Callable[[str], str]] = {
    "before": _stage,
    "after": _stage,
    "verdict": lambda code: str(dict(VettingCheck.Verdict.choices).get(code, code)),
}


@dataclass(frozen=True)
class ActionTotalWords:
    kind: str
    number: float
    amount: str
    counted: str  # "6 donations"

    @property
    def sentence(self) -> str:
        """ "6 donations (€102.00)"."""
        return f"{self.counted} ({self.amount})" if self.amount else self.counted


def action_total(*, kind: str, currency: str, number: float, amount_minor: int | None) -> ActionTotalWords:
    return ActionTotalWords(
        kind=str(ActionKind(kind).label),
        number=number,
        amount=money(amount_minor, currency) if amount_minor is not None else "",
        counted=_counted(kind, number),
    )


def _counted(kind: str, number: float) -> str:
    """ "6 donations"; a part of an action takes the plural, as in "0.5 donations"."""
    n = 1 if number == 1 else 2
    said = {
        ActionKind.DONATION: ngettext("%(number)s donation", "%(number)s donations", n),
        ActionKind.SIGN_UP: ngettext("%(number)s sign-up", "%(number)s sign-ups", n),
        ActionKind.SIGNATURE: ngettext("%(number)s petition signature", "%(number)s petition signatures", n),
        ActionKind.ATTENDANCE: ngettext("%(number)s attendance", "%(number)s attendances", n),
        ActionKind.VOLUNTEER_HOURS: ngettext("%(number)s volunteer hour", "%(number)s volunteer hours", n),
        ActionKind.OTHER: ngettext("%(number)s other action", "%(number)s other actions", n),
    }
    return said[ActionKind(kind)] % {"number": say_number(number)}


def dates(start: date, end: date | None) -> str:
    """ "24 November 2026 – 31 March 2027", or "from 24 November 2026"."""
    first = formats.date_format(start, "DATE_FORMAT")
    if end is None:
        return _("from %(day)s") % {"day": first}
    return f"{first} – {formats.date_format(end, 'DATE_FORMAT')}"


def state_of(message: Message) -> str:
    """Where a message stands. One that was captured is not called sent: nobody got it."""
    if message.is_captured and message.state == Message.State.SENT:
        return _("captured, sent to nobody")
    return str(message.get_state_display())


def money(amount_minor: int, currency: str) -> str:
    """An amount as the reader's locale writes it: 1 234,50 € or €1,234.50."""
    return crm_words.money(amount_minor, currency)


def link_url(link: Link) -> str:
    return f"{settings.BASE_URL}/r/{link.code}"
