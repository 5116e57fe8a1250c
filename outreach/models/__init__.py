from outreach.models.campaign import Campaign, MessageTemplate
from outreach.models.conversion import AttributionCredit, Click, Conversion
from outreach.models.message import Message
from outreach.models.outreach import Link, Outreach

__all__ = [
    "AttributionCredit",
    "Campaign",
    "Click",
    "Conversion",
    "Link",
    "Message",
    "MessageTemplate",
    "Outreach",
]
