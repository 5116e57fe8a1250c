"""People who answer: a letter of every class in both languages, as a mailbox would bring it."""

from datetime import date, datetime
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from django.conf import settings

PERSONAL = ("interested", "question", "fee", "later", "manager", "declines", "unsubscribe", "other")
MACHINES = ("out_of_office", "bounce_hard", "bounce_soft", "complaint", "automatic")

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
