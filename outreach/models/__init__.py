from outreach.models.campaign import Campaign, MessageTemplate
from outreach.models.click import PEOPLE, Click, ClickSpool, ClickVerdict
from outreach.models.conversion import AttributionCredit, Conversion
from outreach.models.inbound import InboundMessage, MailEvent
from outreach.models.limits import Limits
from outreach.models.link import Link
from outreach.models.mailbox import Mailbox
from outreach.models.message import Message
from outreach.models.outreach import Outreach
from outreach.models.sequence import Enrolment, Sequence, Step

__all__ = [
    "PEOPLE",
    "AttributionCredit",
    "Campaign",
    "Click",
    "ClickSpool",
    "ClickVerdict",
    "Conversion",
    "Enrolment",
    "InboundMessage",
    "Limits",
    "Link",
    "MailEvent",
    "Mailbox",
    "Message",
    "MessageTemplate",
    "Outreach",
    "Sequence",
    "Step",
]
