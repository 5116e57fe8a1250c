"""What decides before any number does: headers, then phrases that mean one thing only. Quoted text decides nothing."""

import re
from datetime import date
from typing import Final

from outreach.replies import dates, phrases
from outreach.replies.classes import Reading, ReplyClass
from outreach.replies.letter import Letter, Nature, Report
from outreach.replies.wording import ADDRESS, folded

_SURE: Final = 0.99  # that a phrase means what it says
_ARRIVED: Final = frozenset({"delivered", "relayed", "expanded"})
# Enhanced status codes (RFC 3463, 5248, 7293, 7504, 7505) of a permanent failure that say nothing of the address: our
# own sender, a full mailbox, the size or kind of the message, a system or a route in trouble, a policy.
_NOT_THE_ADDRESS: Final = re.compile(r"5\.(?:1\.[789]|2\.[2345]|3\.\d+|4\.\d+|5\.\d+|6\.\d+|7\.\d+)")
# ... among them those by which large hosts say that there is nobody: no such host, Exchange's "recipient address
# rejected", Outlook's "mailbox unavailable", an account disabled, a mailbox with a new owner.
_NOBODY_THERE: Final = re.compile(r"5\.(?:3\.0|4\.[14]|5\.0|7\.13|7\.17)")


def by_headers(letter: Letter, *, language: str = "") -> Reading | None:
    """What the nature of a letter decides; None of what a person may have written."""
    match letter.nature:
        case Nature.BOUNCE:
            return Reading(_bounce(letter.reports), 1.0, "headers")
        case Nature.COMPLAINT:
            return Reading(ReplyClass.COMPLAINT, 1.0, "headers")
        case Nature.RECEIPT:
            return Reading(ReplyClass.AUTOMATIC, 1.0, "headers")
        case Nature.AUTOMATIC:
            return _automatic(letter, language)
        case Nature.PERSONAL:
            return None


def _bounce(reports: tuple[Report, ...]) -> ReplyClass:
    """Hard where all that failed did so for good: an address that passes on to two may have one dead end."""
    if reports and all(report.action in _ARRIVED for report in reports):
        return ReplyClass.AUTOMATIC
    return ReplyClass.BOUNCE_HARD if reports and all(map(is_hard, reports)) else ReplyClass.BOUNCE_SOFT


def is_hard(report: Report) -> bool:
    """The address cannot be written to: of class 5 and failed, and for the address's own sake."""
    if report.action not in {"failed", ""} or not report.status.startswith("5."):
        return False
    return not _NOT_THE_ADDRESS.fullmatch(report.status) or bool(_NOBODY_THERE.fullmatch(report.status))


def _automatic(letter: Letter, language: str) -> Reading:
    if _wants_out(letter):  # mail programs write so for whoever presses "unsubscribe"
        return Reading(ReplyClass.UNSUBSCRIBE, _SURE, "words")
    if phrases.tells_absence(folded(f"{letter.subject}\n{letter.said}")):
        return Reading(ReplyClass.OUT_OF_OFFICE, 1.0, "headers", until=until_away(letter, language))
    return Reading(ReplyClass.AUTOMATIC, 1.0, "headers")


def by_words(letter: Letter, *, language: str = "") -> Reading | None:
    """What unmistakable phrases decide; None where there are none, or something beside them says otherwise."""
    said, subject = folded(letter.said), folded(letter.subject)
    if _wants_out(letter):
        return Reading(ReplyClass.UNSUBSCRIBE, _SURE, "words")
    if phrases.is_away(said, subject):
        return Reading(ReplyClass.OUT_OF_OFFICE, _SURE, "words", until=until_away(letter, language))
    contact = contact_in(letter)
    if contact and phrases.MANAGER.search(said):
        return Reading(ReplyClass.MANAGER, _SURE, "words", contact=contact)
    if phrases.says_no(said):
        return Reading(ReplyClass.DECLINES, _SURE, "words")
    return None


def _wants_out(letter: Letter) -> bool:
    return phrases.wants_out(folded(letter.said)) or bool(phrases.OUT_ALONE.fullmatch(folded(letter.subject)))


def is_contradicted(reply_class: ReplyClass, letter: Letter) -> bool:
    """Whether the words beside it forbid a reading by numbers, where a wrong one would cost most."""
    said = folded(letter.said)
    match reply_class:
        case ReplyClass.DECLINES:
            return phrases.is_hedged(said)
        case ReplyClass.UNSUBSCRIBE:
            is_about_mail = phrases.ABOUT_MAIL.search(said) and not phrases.has_foot(said)
            return phrases.asks_beside(said) or not is_about_mail
        case ReplyClass.OUT_OF_OFFICE:
            return not phrases.may_be_notice(said)
        case _:
            return False


def until_away(letter: Letter, language: str) -> date | None:
    """The last day away, from what it says; else from a subject of its own, which does not repeat ours."""
    if letter.date is None:
        return None
    written = letter.date.date()
    told = dates.last_day_away(letter.said, written=written, language=language)
    if told is None and not phrases.ANSWERS.match(folded(letter.subject)):
        told = dates.last_day_away(letter.subject, written=written, language=language)
    return told


def until_asked(letter: Letter, language: str) -> date | None:
    """The first day on which they may be asked again."""
    return letter.date and dates.ask_again(letter.said, written=letter.date.date(), language=language)


def contact_in(letter: Letter) -> str:
    """The first e-mail address it tells that is neither its writer's nor one it was sent to; else blank."""
    known = {letter.from_address, letter.reply_to, *letter.to}
    return next((one for one in ADDRESS.findall(folded(letter.said)) if one not in known), "")
