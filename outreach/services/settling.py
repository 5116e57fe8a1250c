"""What became of messages that were perhaps sent. Nothing is sent again by any of this."""

from datetime import datetime

from django.db import transaction

from crm.errors import DomainError
from crm.models import User
from crm.services import activity
from outreach.models import Message
from outreach.services import delivery, locks, reply_desk


@transaction.atomic
def settle(*, message: Message, has_arrived: bool, by: User, at: datetime) -> Message:
    """A person found out whether a message that was perhaps sent arrived.

    One that did not arrive is settled as never sent, so that another may be written; the letter that it answers lies
    open again. Raises DomainError:
    message_not_uncertain (state).
    """
    locked = locks.message(message.pk)
    if locked.state != Message.State.UNCERTAIN:
        raise DomainError("message_not_uncertain", state=locked.state)
    return _settled(locked, has_arrived=has_arrived, by=by, at=at)


@transaction.atomic
def settle_by_event(*, message_id: str, has_arrived: bool, at: datetime) -> bool:
    """The mail service told of a message under our Message-ID: delivered or bounced. Whether that settled anything.

    What is known already stays as it is: the same event twice, or one that tells of a message that is on the wire at
    this moment, changes nothing.
    """
    if not (pk := Message.objects.filter(message_id=message_id).values_list("pk", flat=True).first()):
        return False
    locked = locks.message(pk)
    if locked.state != Message.State.UNCERTAIN or locked.message_id != message_id:
        return False
    _settled(locked, has_arrived=has_arrived, by=None, at=at)
    return True


def _settled(locked: Message, *, has_arrived: bool, by: User | None, at: datetime) -> Message:
    is_noted = locked.reason != "sender_died"  # else nobody was left to note that the person was written to
    locked.state = Message.State.SENT if has_arrived else Message.State.REFUSED
    locked.reason = "" if has_arrived else "did_not_arrive"
    locked.save(update_fields=["state", "reason", "updated_at"])
    if not has_arrived:
        reply_desk.open_again(reference=locked.reference, at=at)
    outreach = locked.outreach
    if outreach and outreach.influencer:
        person, cause, name = outreach.influencer, outreach.campaign.cause, outreach.campaign.name
        happened = {"campaign": name, "has_arrived": has_arrived}
        activity.record(influencer=person, cause=cause, kind="message_settled", at=at, by=by, **happened)
        if has_arrived and not is_noted:
            noted_at = max(filter(None, [locked.dispatched_at or at, person.last_contacted_at]))
            delivery.note_contact(locked, at=noted_at)
    return locked
