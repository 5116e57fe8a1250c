from outreach.models.campaign import Campaign, MessageTemplate
from outreach.models.conversion import AttributionCredit, Click, Conversion, ConversionId, Door
from outreach.models.inbound import InboundMessage, MailEvent
from outreach.models.ledger import Assignment, Balance, ConversionMark
from outreach.models.limits import Limits
from outreach.models.mailbox import Mailbox
from outreach.models.message import Message
from outreach.models.outreach import Link, Outreach
from outreach.models.sequence import Enrolment, Sequence, Step
from outreach.models.source import Source, SourceEvent

__all__ = [
    "Assignment",
    "AttributionCredit",
    "Balance",
    "Campaign",
    "Click",
    "Conversion",
    "ConversionId",
    "ConversionMark",
    "Door",
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
    "Source",
    "SourceEvent",
    "Step",
]
