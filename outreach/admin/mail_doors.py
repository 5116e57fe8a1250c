"""How a mail service, or a pipe, hands over answers and what became of letters: each address, to be copied, and what to
do with it there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from django.conf import settings
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.admin.base import PageAdmin
from outreach import words
from outreach.models import InboundMessage, MailEvent

# What a door is called, and what to do with its address: the reader copies it there.
_SAID: Final[Mapping[str, tuple[Promise | str, Promise]]] = MappingProxyType(
    {
        "postmark": (
            gettext_lazy("Postmark: answers"),
            gettext_lazy(
                "In Postmark, open the inbound stream of your server, then Settings. Paste the address as the webhook, "
                "and switch on “Include raw email content in JSON payload”."
            ),
        ),
        "postmark-events": (
            gettext_lazy("Postmark: what became of letters"),
            gettext_lazy(
                "In the stream that you send with, open Webhooks and add one with this address for Delivery, Bounce, "
                "Spam complaint and Subscription change."
            ),
        ),
        "mailgun": (
            gettext_lazy("Mailgun: answers"),
            gettext_lazy(
                "In Mailgun, open Receiving and create a route that forwards to this address. It has to end in ?mime, "
                "as it does here."
            ),
        ),
        "mailgun-events": (
            gettext_lazy("Mailgun: what became of letters"),
            gettext_lazy(
                "Open Sending, then Webhooks, and add this address for Delivered, Permanent failure, "
                "Temporary failure, Spam complaints and Unsubscribes."
            ),
        ),
        "raw": (
            gettext_lazy("Your own mail server"),
            gettext_lazy(
                "Let it post every letter, as it came, to this address: with curl --data-binary @- from procmail, a "
                "Postfix pipe or a script."
            ),
        ),
    }
)


@dataclass(frozen=True)
class Door:
    name: str
    title: str
    steps: str
    address: str
    is_shut: bool  # its service signs what it hands over, and the key to check with is missing


class MailDoors(PageAdmin):
    """This list step of the mailboxes. It only shows."""

    list_steps = {"services": "outreach.change_mailbox"}

    def services(self, request: HttpRequest) -> HttpResponse:
        return self.render(
            request,
            "outreach/mail_doors.html",
            title=_("Answers by a mail service"),
            doors=[_door(name) for name in _SAID],
            letter_at=_last_letter(),
            event_at=MailEvent.objects.aggregate(last=Max("at"))["last"],
        )


def _door(name: str) -> Door:
    title, steps = _SAID[name]
    query = "?mime" if name == "mailgun" else ""
    return Door(
        name,
        str(title),
        str(steps),
        f"{words.hook_address(name)}{query}",
        is_shut=name.startswith("mailgun") and not settings.MAILGUN_SIGNING_KEY,
    )


def _last_letter() -> datetime | None:
    doors = [InboundMessage.Door.WEBHOOK, InboundMessage.Door.FORWARDED]
    last: datetime | None = InboundMessage.objects.filter(door__in=doors).aggregate(last=Max("received_at"))["last"]
    return last
