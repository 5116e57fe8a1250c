"""People who read letters and answer them: one of every class in both languages, as a mailbox would bring it."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime
from zoneinfo import ZoneInfo

from django.conf import settings

PERSONAL = ("interested", "question", "fee", "later", "manager", "declines", "unsubscribe", "other")
MACHINES = ("out_of_office", "bounce_hard", "bounce_soft", "complaint", "automatic")
PAGE, NO_SUCH_USER = "page", "no_such_user"
ANSWERED = {"interested", "question", "fee"}  # in writing, by an officer
NOES = {"declines", "unsubscribe", "complaint", "bounce_hard", PAGE}
PLACES = (
    *(("FR", "Europe/Paris", "fr"), ("ES", "Europe/Madrid", "en"), ("GB", "Europe/London", "en")),
    *(("CA", "America/Montreal", "fr"), ("US", "America/Los_Angeles", "en"), ("IN", "Asia/Kolkata", "en")),
    *(("SN", "Africa/Dakar", "fr"), ("NZ", "Pacific/Auckland", "en")),
)
_WORDS = re.compile(r"(?:Hello|Bonjour) ([^,]+),\s+(First|Second|Third) for ([\w ]+):")

# What cannot be misread: how well the rest is read is what `evaluate_replies` tells.
WORDS = {
    "en": {
        "interested": "Yes, I would love to take part. Let us talk about the dates.",
        "question": "Before I decide: how many posts would it be, and who approves the text?",
        "fee": "My rate for one post is 400 EUR. Does that fit your budget?",
        "later": "Not now, please ask me again in March 2027.",
        "manager": "Please contact my manager for all requests: desk@agents.example",
        "declines": "Thank you, but no, I am not interested in this.",
        "unsubscribe": "Please unsubscribe me and do not write to me again.",
        "other": "I gave your letter to the neighbours.",
        "out_of_office": "I am out of the office until {until} and will read your message when I am back.",
        "automatic": "We have received your message. Your ticket number is 4711.",
    },
    "fr": {
        "interested": "Oui, je participerais avec grand plaisir. Parlons des dates.",
        "question": "Avant de décider : combien de publications, et qui valide le texte ?",
        "fee": "Mon tarif pour une publication est de 400 EUR. Est-ce dans votre budget ?",
        "later": "Pas maintenant, relancez-moi en mars 2027.",
        "manager": "Merci de contacter mon agent pour toute demande : desk@agents.example",
        "declines": "Merci, mais non, cela ne m’intéresse pas.",
        "unsubscribe": "Merci de me désinscrire et de ne plus m’écrire.",
        "other": "J’ai donné votre lettre aux voisins.",
        "out_of_office": "Je suis absente jusqu’au {until} et lirai votre message à mon retour.",
        "automatic": "Nous avons bien reçu votre message. Votre numéro de ticket est 4711.",
    },
}
_MONTHS = {"en": {11: "November", 12: "December"}, "fr": {11: "novembre", 12: "décembre"}}


@dataclass(frozen=True)
class Sent:
    """A letter that arrived, as whoever opened it reads it. `who`, `step`, `cause`: blank of what asks for nothing."""

    at: datetime
    to: str
    name: str  # its Message-ID
    answers: str
    text: str
    is_ask: bool
    who: str = ""
    step: str = ""
    cause: str = ""


@dataclass
class Said:
    """What somebody answered, and when an officer looked at it: never, if they never did."""

    at: datetime
    kind: str
    to: Sent
    name: str = ""
    until: date | None = None
    seen_at: datetime | None = None


@dataclass
class Correspondent:
    """Somebody who reads letters: what they answer, to which ask, and what they say to the answer they get."""

    email: str
    zone: ZoneInfo
    country: str
    language: str
    kind: str = ""  # blank: they never answer
    to: int = 1
    then: str = ""
    has_headers: bool = True
    is_left: bool = False  # nobody of the team looks at what they wrote
    got: list[Sent] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    @property
    def asks(self) -> list[Sent]:
        return [sent for sent in self.got if sent.is_ask]


def correspondents() -> list[Correspondent]:
    """Of each class two in each language, one of whom answers the second letter; some unsubscribe by the page, one of
    them after a question; two addresses that the mail server knows nothing of; the others are silent.
    """
    wanted = {
        language: [
            *((kind, 1 + number % 2, "") for kind in (*PERSONAL, *MACHINES) for number in range(2)),
            *(("question", 1, "declines"), ("question", 1, PAGE), ("fee", 2, "interested")),
            *((PAGE, 1, ""), (PAGE, 2, ""), (NO_SUCH_USER, 1, "")),
        ]
        for language in ("en", "fr")
    }
    found = []
    for number in range(200):
        country, zone, language = PLACES[number % len(PLACES)]
        kind, to, then = wanted[language].pop(0) if wanted[language] and number % 5 else ("", 1, "")
        one = Correspondent(f"p{number}@creators.lan", ZoneInfo(zone), country, language, kind, to, then)
        one.has_headers = kind in MACHINES or number % 4 != 0
        one.is_left = kind in ANSWERED and to == 2 and not then
        found.append(one)
    assert not any(wanted.values())
    return found


def opened(raw: bytes, at: datetime) -> Sent:
    mail = message_from_bytes(raw, policy=policy.default)
    text = mail.get_body(("plain",)).get_content()
    is_ask = mail["List-Unsubscribe"] is not None
    who, step, cause = _WORDS.search(text).groups() if is_ask else ("", "", "")
    to = mail["To"].addresses[0].addr_spec
    return Sent(at, to, str(mail["Message-ID"]), str(mail["In-Reply-To"] or ""), text, is_ask, who, step, cause)


def letter(*, kind: str, language: str, sender: str, answers: str, at: datetime, until: date | None = None) -> bytes:
    """An answer to the message `answers` (its Message-ID; blank: their mail program names none), as it comes in."""
    if kind in {"bounce_hard", "bounce_soft"}:
        return _report(sender=sender, answers=answers, at=at, status="5.1.1" if kind == "bounce_hard" else "4.2.2")
    if kind == "complaint":
        return _complaint(sender=sender, answers=answers, at=at)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, settings.SENDER_ADDRESS, "Re: Clean beaches"
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{at.timestamp():.0f}.{kind}.{sender}>"
    if answers:
        mail["In-Reply-To"] = mail["References"] = answers
    if kind in MACHINES:
        mail["Auto-Submitted"] = "auto-replied"
    if kind == "out_of_office":
        mail.replace_header("Subject", "Out of office" if language == "en" else "Absence du bureau")
    when = f"{until.day} {_MONTHS[language][until.month]} {until.year}" if until else ""
    mail.set_content(WORDS[language][kind].format(until=when))
    return mail.as_bytes(policy=policy.SMTP)


def _report(*, sender: str, answers: str, at: datetime, status: str) -> bytes:
    action = "failed" if status.startswith("5") else "delayed"
    return (
        f"From: MAILER-DAEMON@mx.example\r\nTo: {settings.SENDER_ADDRESS}\r\nSubject: Delivery status\r\n"
        f"Date: {format_datetime(at)}\r\nMessage-ID: <dsn.{at.timestamp():.0f}.{sender}>\r\n"
        "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
        f"Final-Recipient: rfc822; {sender}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {answers}\r\n\r\n--b--\r\n"
    ).encode()


def _complaint(*, sender: str, answers: str, at: datetime) -> bytes:
    return (
        f"From: feedback@mx.example\r\nTo: {settings.SENDER_ADDRESS}\r\nSubject: Complaint\r\n"
        f"Date: {format_datetime(at)}\r\nMessage-ID: <arf.{at.timestamp():.0f}.{sender}>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is a complaint.\r\n"
        "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: Desk/1.0\r\n"
        f"Version: 1\r\nOriginal-Rcpt-To: {sender}\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {answers}\r\nTo: {sender}\r\nSubject: Clean beaches\r\n\r\n"
        "Hello\r\n--b--\r\n"
    ).encode()
