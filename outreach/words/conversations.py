"""Where a conversation stands, what comes next, what happened in it, and who is held back from one."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from crm.models import VettingCheck
from outreach.models import Outreach

_HELD: Mapping[str, str | Promise] = {
    "already_in_campaign": gettext_lazy("is in this campaign already"),
    "never_again": gettext_lazy("is never to be asked again"),
    "never_for_cause": gettext_lazy("is never to be asked for this cause"),
    "vetting_refused": gettext_lazy("was refused at vetting"),
    "said_no": gettext_lazy("asked not to be written to"),
    "not_contactable": gettext_lazy("has neither an address we may write to nor an account"),
    "cooling_off": gettext_lazy("was asked recently; free again on %(until)s"),
    "asked_enough": gettext_lazy("was asked as often in a year as we ask anybody; free again on %(until)s"),
}

# The same after a number: "2 asked not to be written to".
_HELD_TOGETHER: Mapping[str, str | Promise] = {
    "already_in_campaign": gettext_lazy("in this campaign already"),
    "never_again": gettext_lazy("never to be asked again"),
    "never_for_cause": gettext_lazy("never to be asked for this cause"),
    "vetting_refused": gettext_lazy("refused at vetting"),
    "said_no": gettext_lazy("asked not to be written to"),
    "not_contactable": gettext_lazy("without an address we may write to, and without an account"),
    "cooling_off": gettext_lazy("asked recently"),
    "asked_enough": gettext_lazy("asked often enough this year"),
}


def held_reason(reason: str, params: Mapping[str, object]) -> str:
    said = dict(params)
    if until := said.get("until"):
        said["until"] = formats.date_format(date.fromisoformat(str(until)))
    return str(_HELD[reason]) % said


def held_together(reasons: Iterable[str]) -> list[tuple[int, str]]:
    """How many are held back for which reason, most first."""
    return [(number, str(_HELD_TOGETHER[reason])) for reason, number in Counter(reasons).most_common()]


# Where a conversation stands, and what comes next: what to say, and the button that does it.
_NEXT: Mapping[str, tuple[str | Promise, str | Promise]] = {
    "erased": (gettext_lazy("This person was erased at their request. What came of the conversation stays."), ""),
    "said_no": (gettext_lazy("They asked not to be written to. Nothing more goes out to them."), ""),
    "barred": (gettext_lazy("It was decided never to ask them for this. Nothing goes out to them."), ""),
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
    "write_by_hand": (
        gettext_lazy("The text could not be filled in for this person. Write it by hand, or choose another text."),
        gettext_lazy("Write it by hand"),
    ),
    "write_again": (
        gettext_lazy("Your last message did not go out. You can write another one."),
        gettext_lazy("Write another message"),
    ),
    "approve": (gettext_lazy("A message is waiting to be read and approved."), gettext_lazy("Read and approve")),
    "with_manager": (
        gettext_lazy("The first message lies before a manager, who approves it or sends it back."),
        gettext_lazy("See the message"),
    ),
    "send_by_hand": (
        gettext_lazy("The message is approved. Send it by hand, as a direct message."),
        gettext_lazy("Copy and send"),
    ),
    "goes_out": (gettext_lazy("The message is approved and goes out by itself."), gettext_lazy("See the message")),
    "by_hand_later": (
        gettext_lazy("The next message is for a person to send, and its time has not come yet."),
        gettext_lazy("See the message"),
    ),
    "settle": (
        gettext_lazy("The message was perhaps sent: nobody knows whether it arrived."),
        gettext_lazy("Settle it"),
    ),
    "contacted": (gettext_lazy("They were written to. An answer is awaited."), gettext_lazy("They answered")),
    "chase": (
        gettext_lazy("They were written to more than 7 days ago, and no answer is known."),
        gettext_lazy("They answered"),
    ),
    "captured": (
        gettext_lazy(
            "The message was captured: no mail server was set, so it was sent to nobody. "
            "If you reach them another way, note their answer here."
        ),
        "",
    ),
    "captured_long": (
        gettext_lazy(
            "The message was captured more than 7 days ago: no mail server was set, so it was sent to nobody. "
            "Reach them another way, or close the conversation."
        ),
        gettext_lazy("Reach them another way"),
    ),
    "in_conversation": (
        gettext_lazy("They answered. It is your turn: write back, then note whether they agree or decline."),
        gettext_lazy("Write back, or note what they decided"),
    ),
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
_MOVES: Mapping[str, str | Promise] = {
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
_THEY_BEGAN = gettext_lazy("They wrote to us first")
_NO_LONGER = gettext_lazy("They withdrew")
# The same where it means something else, by the stage one comes from.
_MOVES_FROM: Mapping[tuple[str, str], str | Promise] = {
    ("prospect", "in_conversation"): _THEY_BEGAN,
    ("prospect", "shortlisted"): gettext_lazy("Put on the shortlist"),
    ("shortlisted", "in_conversation"): _THEY_BEGAN,
    ("approved", "in_conversation"): _THEY_BEGAN,
    ("agreed", "in_conversation"): gettext_lazy("It is still being discussed"),
    ("agreed", "declined"): _NO_LONGER,
    ("live", "agreed"): gettext_lazy("Their post is not out yet"),
    ("live", "declined"): _NO_LONGER,
    ("completed", "live"): gettext_lazy("Open it again"),
    ("declined", "in_conversation"): gettext_lazy("They want to talk after all"),
    ("declined", "agreed"): gettext_lazy("They agreed after all"),
    ("no_answer", "in_conversation"): gettext_lazy("They answered after all"),
    ("no_answer", "agreed"): gettext_lazy("They agreed after all"),
}
TAKE_UP_AGAIN = gettext_lazy("Take it up again")


def move(stage: str, to: str) -> str:
    """The button that takes a conversation from one stage to another."""
    return str(_MOVES_FROM.get((stage, to)) or _MOVES[to])


def next_step(code: str) -> tuple[str, str]:
    """Where the conversation stands, and the words of the button that takes it further; blank where there is none."""
    sentence, button = _NEXT[code]
    return str(sentence), str(button)


# What outreach writes on a person's timeline (crm.words.happened).
HAPPENED: Mapping[str, str | Promise] = {
    "outreach_started": gettext_lazy("Chosen for the campaign “%(campaign)s”"),
    "stage_moved": gettext_lazy("“%(campaign)s”: from “%(before)s” to “%(after)s”"),
    "taken_over": gettext_lazy("The conversation about “%(campaign)s” was taken over"),
    "handed_over": gettext_lazy("The conversation about “%(campaign)s” was given to a colleague"),
    "let_go": gettext_lazy("Nobody looks after the conversation about “%(campaign)s” any more"),
    "message_sent": gettext_lazy("A message for “%(campaign)s” went out"),
    "message_captured": gettext_lazy("A message for “%(campaign)s” was captured: it was sent to nobody"),
    "message_settled": gettext_lazy("Found out whether the message for “%(campaign)s” arrived"),
    "notice_sent": gettext_lazy("A message about what was agreed for “%(campaign)s” went out"),
    "notice_captured": gettext_lazy(
        "A message about what was agreed for “%(campaign)s” was captured: it was sent to nobody"
    ),
    "rest_waived": gettext_lazy("Let be asked for “%(campaign)s” although they rest: %(reason)s"),
    "sent_back": gettext_lazy("A manager sent the first message for “%(campaign)s” back to be changed"),
    "sequence_started": gettext_lazy("“%(campaign)s”: the sequence “%(sequence)s” was begun"),
    "sequence_paused": gettext_lazy("“%(campaign)s”: the sequence “%(sequence)s” was paused"),
    "sequence_resumed": gettext_lazy("“%(campaign)s”: the sequence “%(sequence)s” went on"),
    "sequence_stopped": gettext_lazy("“%(campaign)s”: the sequence “%(sequence)s” was stopped"),
    "sequence_finished": gettext_lazy("“%(campaign)s”: the sequence “%(sequence)s” came to its end"),
    "answered": gettext_lazy("Answered about “%(campaign)s”"),  # what they wrote is shown in the conversation alone
}

# What happened in a conversation, for its timeline.
_ACTIVITIES: Mapping[str, str | Promise] = {
    "outreach_started": gettext_lazy("Chosen for “%(campaign)s”"),
    "stage_moved": gettext_lazy("From “%(before)s” to “%(after)s”"),
    "taken_over": gettext_lazy("Took over the conversation"),
    "handed_over": gettext_lazy("Given to %(owner)s"),
    "let_go": gettext_lazy("Looked after by nobody from now on"),
    "message_sent": gettext_lazy("A message went out"),
    "message_captured": gettext_lazy("A message was captured: it was sent to nobody"),
    "message_settled": gettext_lazy("Found out whether the message arrived"),
    "notice_sent": gettext_lazy("A message about what was agreed went out"),
    "notice_captured": gettext_lazy("A message about what was agreed was captured: it was sent to nobody"),
    "rest_waived": gettext_lazy("A manager let them be asked all the same: %(reason)s"),
    "sent_back": gettext_lazy("A manager sent the first message back to be changed"),
    "sequence_started": gettext_lazy("The sequence “%(sequence)s” was begun"),
    "sequence_paused": gettext_lazy("The sequence “%(sequence)s” was paused"),
    "sequence_resumed": gettext_lazy("The sequence “%(sequence)s” went on"),
    "sequence_stopped": gettext_lazy("The sequence “%(sequence)s” was stopped"),
    "sequence_finished": gettext_lazy("The sequence “%(sequence)s” came to its end"),
    "answered": gettext_lazy("An answer came"),
    "vetted": gettext_lazy("Vetted: %(verdict)s"),
    "suppressed": gettext_lazy("Asked not to be written to"),
    "unsuppressed": gettext_lazy("Took back that they had unsubscribed"),
    "address_bounced": gettext_lazy("An address of theirs does not exist"),
    "never_again": gettext_lazy("Never to be asked again, it was decided"),
    "never_again_lifted": gettext_lazy("May be asked again"),
    "never_for_cause": gettext_lazy("Never to be asked for this cause, it was decided"),
    "never_for_cause_lifted": gettext_lazy("May be asked for this cause again"),
}


def activity(kind: str, params: Mapping[str, object]) -> str:
    """One line of a conversation's timeline; blank where its kind says nothing there."""
    if kind not in _ACTIVITIES:
        return ""
    said = {name: _ACTIVITY_CODES[name](str(v)) if name in _ACTIVITY_CODES else str(v) for name, v in params.items()}
    return str(_ACTIVITIES[kind]) % said


def stage(code: str) -> str:
    return str(dict(Outreach.Stage.choices).get(code, code))


_ACTIVITY_CODES: Mapping[str, Callable[[str], str]] = {
    "before": stage,
    "after": stage,
    "verdict": lambda code: str(dict(VettingCheck.Verdict.choices).get(code, code)),
}
