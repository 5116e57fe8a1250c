from outreach.models.campaign import Campaign, MessageTemplate
from outreach.models.conversion import AttributionCredit, Click, Conversion
from outreach.models.inbound import InboundMessage, MailEvent
from outreach.models.limits import Limits
from outreach.models.mailbox import Mailbox
from outreach.models.message import Message
from outreach.models.outreach import Link, Outreach
from outreach.models.publication import Publication, PublicationMetric
from outreach.models.sequence import Enrolment, Sequence, Step

__all__ = [
    "AttributionCredit",
    "Campaign",
    "Click",
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
    "Publication",
    "PublicationMetric",
    "Sequence",
    "Step",
]
