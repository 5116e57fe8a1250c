"""Bounces of servers that send no delivery status notification: qmail, Exim, Exchange, Gmail, Yahoo and others.

Words alone make no bounce: only what a mail system sent is looked at, so that a person may quote one.
"""

import re
from typing import Final

from outreach.replies.headers import MAX_ADDRESSES, Head, addresses_in, identifiers
from outreach.replies.letter import Report
from outreach.replies.parts import Part
from outreach.replies.reports import returned_id, status_in

_LOOKED_AT: Final = 20_000  # characters of the text
_SAYS_SO = re.compile(
    r"this is the qmail-send program"
    r"|(?:could|can)(?:\s?not|n['’]t) be delivered|could not deliver|unable to deliver|wasn['’]t able to deliver"
    r"|was(?:n['’]t| not) delivered|delivery to the following recipients? failed|delivery (?:has )?failed"
    r"|did not reach (?:some or all of )?the (?:intended|following) recipient|undeliver(?:able|ed)|returned mail"
    r"|delivery failure|failure notice|message bounced|delivery status notification|delayed mail|address not found"
    r"|(?:still )?not (?:yet )?been delivered|returned to sender"
    r"|n['’]a pas (?:pu )?(?:être|été) (?:remis|distribué|délivré|livré)"
    r"|échec de (?:la )?(?:remise|distribution|livraison)"
    r"|adresse introuvable|non[ -](?:remis|distribué|délivré)|impossible de (?:remettre|distribuer|délivrer|livrer)",
    re.IGNORECASE,
)
_NOT_YET = re.compile(
    r"delay|retard|will (?:be retried|retry|keep trying|continue)|do not need to (?:resend|do anything)|still trying"
    r"|not yet been delivered|warning: (?:message|could not)|nouvelles? tentatives?|temporary",
    re.IGNORECASE,
)
_COPY = re.compile(
    r"^[-=_ >]*(?:below this line is a copy|this is a copy of|original message|the header of the original"
    r"|message header|undelivered message|copy of the message|returned message|message d['’]origine|en-têtes? d)",
    re.IGNORECASE | re.MULTILINE,
)
_LINE_OF = re.compile(
    r"""^[ \t]*(?:(?:to:|recipient:|destinataire ?:)[ \t]*)?['"<(‘«]*([^\s<>'"(),;:]{1,64}@[^\s<>'"(),;:]{1,255})""",
    re.IGNORECASE | re.MULTILINE,
)
_RETURNED_ID = re.compile(r"^[> \t]*Message-ID:[ \t]*(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE)


def read_bounce(root: Part, text: str, subject: str, *, is_by_system: bool) -> tuple[Report, ...]:
    """What a mail says of recipients that could not be reached; empty where it speaks of no such thing.

    Of a mail that no system sent, only from nobody (answers of the absent are, too), the text proves nothing.
    """
    text = text[:_LOOKED_AT]
    failed = addresses_in(" ".join(root.head.all("x-failed-recipients")))
    copied = _COPY.search(text)
    told = text[: copied.start()] if copied else text
    if not failed and not _SAYS_SO.search(f"{subject}\n{told}" if is_by_system else subject):
        return ()
    recipients = _recipients(failed, told, root.head)
    action = "delayed" if _NOT_YET.search(f"{subject}\n{told}") and not _is_final(told) else "failed"
    message_id = _message_id(root, text)
    reports = (Report(action, status_in(part), recipient, message_id) for recipient, part in recipients)
    return tuple(reports) or (Report(action, status_in(told), "", message_id),)


def _recipients(failed: list[str], told: str, head: Head) -> list[tuple[str, str]]:
    """Each recipient with what is said from its line to the next one's."""
    matches = ((match.start(), addresses_in(match[1])) for match in _LINE_OF.finditer(told))
    lines = [(start, address) for start, addresses in matches for address in addresses]
    stops = [start for start, _ in lines[1:]] + [len(told)] * bool(lines)
    found: dict[str, str] = {}
    for (start, address), stop in zip(lines, stops, strict=True):
        found.setdefault(address, told[start:stop])
    ours = set(addresses_in(" ".join(head.all("to"))))
    named = dict.fromkeys(failed) or dict.fromkeys(address for _, address in lines if address not in ours)
    if not named:
        named = dict.fromkeys(address for address in addresses_in(told) if address not in ours)
    return [(address, found.get(address, told)) for address in list(named)[:MAX_ADDRESSES]]


def _is_final(told: str) -> bool:
    return bool(re.search(r"permanent|given up|giving up|définiti", told, re.IGNORECASE))


def _message_id(root: Part, text: str) -> str:
    written = _RETURNED_ID.search(text)
    told = identifiers(written[1] if written else root.head.get("in-reply-to"))
    return returned_id(root.children) or next(iter(told), "")
