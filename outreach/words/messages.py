"""Where a message stands, and why it was held back."""

from collections.abc import Mapping
from datetime import time

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.words import number
from outreach.channels.base import says_nobody_there
from outreach.hours.habits import Suggestion
from outreach.models import Message

_MESSAGE: Mapping[str, str | Promise] = {
    "expired": gettext_lazy("its time had passed"),
    "keyring_foreign": gettext_lazy(
        "this database was filled with another keyring, so nobody can tell who said no: restore the file of KEYRING"
    ),
    "person_erased": gettext_lazy("the person was erased"),
    "said_no": gettext_lazy("they asked not to be written to"),
    "never_again": gettext_lazy("it was decided never to ask them again"),
    "never_for_cause": gettext_lazy("it was decided never to ask them for this cause"),
    "address_not_usable": gettext_lazy("the address has no stated ground, or its owner said no"),
    "address_bounced": gettext_lazy("the address does not exist: a mail server said so"),
    "colleague_left": gettext_lazy("they may not sign in any more"),
    "colleague_unreachable": gettext_lazy("their account has no e-mail address that a message can go to"),
    "not_vetted": gettext_lazy("nobody has cleared this person for the cause yet"),
    "conversation_closed": gettext_lazy("the conversation is closed or paused"),
    "they_answered": gettext_lazy("they have answered in the meantime"),
    "reply_waits": gettext_lazy("they wrote, and nobody has looked at it yet"),
    "reply_ended": gettext_lazy("taken back: they have answered"),
    "reply_away": gettext_lazy("they are away"),
    "written_already": gettext_lazy("they had a first message of this campaign already"),
    "merged": gettext_lazy("the conversation goes on in another one with the same person"),
    "cap_person": gettext_lazy("they had a message only a short time ago"),
    "cap_sender": gettext_lazy("the daily limit is reached"),
    "cap_cause": gettext_lazy("the daily limit of the cause is reached"),
    "paused": gettext_lazy("a colleague paused sending"),
    "outside_hours": gettext_lazy("it is not an hour at which we write to them"),
    "window_never_opens": gettext_lazy("within a year there is no hour at which we write to them"),
    "cooling_off": gettext_lazy("they were asked recently, for this cause or another"),
    "asked_enough": gettext_lazy("they were asked as often in a year as we ask anybody"),
    "needs_manager": gettext_lazy("for this cause a manager approves every first message"),
    "sender_died": gettext_lazy("the sending process stopped before the mail server answered"),
    "no_answer_from_server": gettext_lazy("the mail server took the message but did not confirm"),
    "cancelled_by_staff": gettext_lazy("taken back by staff"),
    "reserved_domain": gettext_lazy("the address is a fictional one"),
    "envelope_malformed": gettext_lazy("no mail can be addressed to them"),
    "sequence_paused": gettext_lazy("its sequence is paused"),
    "sequence_stopped": gettext_lazy("its sequence was stopped"),
    "did_not_arrive": gettext_lazy("staff found out that it did not arrive"),
}


_NO_LINE = ("connect_", "hello_", "tls_", "auth_")  # says nothing of the message

# Of a message that a person sends: no machine claims it or puts it on the wire.
_BY_HAND: Mapping[str, str | Promise] = {
    Message.State.DRAFT: gettext_lazy("to be read, then sent by hand"),
    Message.State.PLANNED: gettext_lazy("to send by hand"),
    Message.State.SENT: gettext_lazy("sent by hand"),
}


def message_reason(code: str) -> str:
    if not code:
        return ""
    if says_nobody_there(code):
        code = "address_bounced"
    if code.startswith(_NO_LINE):
        return _("the mail server cannot be reached, or will not have us (%(code)s)") % {"code": code}
    return str(_MESSAGE.get(code) or _("the mail server refused it (%(code)s)") % {"code": code})


def message_state(code: str) -> str:
    return str(dict(Message.State.choices).get(code, code))


def state_of(message: Message) -> str:
    """Where a message stands. One that was captured is not called sent: nobody got it. What goes by hand says so."""
    if message.was_captured:
        return _("captured, sent to nobody")
    if message.channel == Message.Channel.MANUAL and message.state in _BY_HAND:
        return str(_BY_HAND[message.state])
    return str(message.get_state_display())


def answering_hour(found: Suggestion) -> str:
    """When they answer, by their clock, and how many answers say so; blank where nothing stands out."""
    if found.hour is None:
        return ""
    hour = formats.time_format(time(found.hour), "TIME_FORMAT")
    said = {"hour": hour, "number": number(found.own if found.basis == "own" else found.peers)}
    if found.basis == "own":
        return _("They mostly answer about %(hour)s, by their clock (from %(number)s answers of theirs).") % said
    return _("People of their country mostly answer about %(hour)s, by their clock (from %(number)s answers).") % said
