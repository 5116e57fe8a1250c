from outreach.models.campaign import Campaign, MessageTemplate
from outreach.models.conversion import AttributionCredit, Click, Conversion
from outreach.models.cost import Cost, ExchangeRate
from outreach.models.inbound import InboundMessage, MailEvent
from outreach.models.limits import Limits
from outreach.models.mailbox import Mailbox
from outreach.models.message import Message
from outreach.models.outreach import Link, Outreach
from outreach.models.publication import Publication, PublicationMetric
from outreach.models.sequence import Enrolment, Sequence, Step
from outreach.models.weekly import WeeklyChoice, WeeklyMail

__all__ = [
    "AttributionCredit",
    "Campaign",
    "Click",
    "Conversion",
    "Cost",
    "Enrolment",
    "ExchangeRate",
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
    "WeeklyChoice",
    "WeeklyMail",
]
