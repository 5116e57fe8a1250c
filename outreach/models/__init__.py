from outreach.models.attribution import AttributionRun, Comparison
from outreach.models.campaign import Campaign, MessageTemplate
from outreach.models.click import PEOPLE, Click, ClickSpool, ClickVerdict
from outreach.models.conversion import AttributionCredit, Conversion, ConversionId, Door
from outreach.models.cost import Cost, ExchangeRate
from outreach.models.inbound import InboundMessage, MailEvent
from outreach.models.ledger import Assignment, Balance, ConversionMark
from outreach.models.limits import Limits
from outreach.models.link import Link
from outreach.models.mailbox import Mailbox
from outreach.models.message import Message
from outreach.models.outreach import Outreach
from outreach.models.publication import Publication, PublicationMetric
from outreach.models.sequence import Enrolment, Sequence, Step
from outreach.models.source import Source, SourceEvent
from outreach.models.weekly import WeeklyChoice, WeeklyMail

__all__ = [
    "PEOPLE",
    "Assignment",
    "AttributionCredit",
    "AttributionRun",
    "Balance",
    "Campaign",
    "Click",
    "ClickSpool",
    "ClickVerdict",
    "Comparison",
    "Conversion",
    "ConversionId",
    "ConversionMark",
    "Cost",
    "Door",
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
    "Source",
    "SourceEvent",
    "Step",
    "WeeklyChoice",
    "WeeklyMail",
]
