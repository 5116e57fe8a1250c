"""Who may let a first message go: for some causes a manager alone, before whom an officer puts it."""

from typing import Final

from crm.models import User
from outreach.models import Message, Outreach

MAY_APPROVE_FIRST: Final = "outreach.approve_first_contact"


def is_for_a_manager(message: Message, outreach: Outreach | None) -> bool:
    """Whether this is a first message for a cause that leaves those to managers."""
    return outreach is not None and message.is_first and outreach.campaign.cause.asks_approval


def may_approve(message: Message, user: User | None) -> bool:
    """Whether the word of this user lets it go, as far as the cause is concerned."""
    is_theirs = not is_for_a_manager(message, message.outreach)
    return is_theirs or (user is not None and user.has_perm(MAY_APPROVE_FIRST))
