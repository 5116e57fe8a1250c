"""The one order in which rows are held: addresses, colleagues, then the person, the conversation, and the message.

Whoever holds several takes them in this order, here and in crm.services.addresses: so no two ever wait for each other.
"""

from django.db.models import Q

from crm.models import Address, Influencer, Representation, User
from crm.services import addresses
from outreach.models import Message, Outreach


def conversation(pk: int, *, with_addresses: bool = False) -> Outreach:
    """The conversation as it is now, held with its person, and with their addresses, or their agent's, where needed."""
    if with_addresses:
        agents = Representation.objects.current().filter(influencer__outreaches=pk).values("agent")
        whose = Q(influencer__in=Influencer.objects.filter(outreaches=pk)) | Q(influencer__in=agents)
        list(Address.objects.select_for_update(of=("self",)).filter(whose).order_by("pk"))
    _hold_person(pk)
    locked = Outreach.objects.select_for_update(of=("self",)).select_related("campaign__cause", "influencer")
    return locked.get(pk=pk)


def _hold_person(pk: int) -> None:
    """Whoever the conversation is with: asked again where it changed hands, by a merge, while one waited."""
    while True:
        person = Influencer.objects.select_for_update(of=("self",)).filter(outreaches=pk).first()
        now = Outreach.objects.values_list("influencer_id", flat=True).get(pk=pk)
        if now == (person.pk if person else None):
            return


def message(pk: int) -> Message:
    """The message as it is now, held with its address, its person and its conversation, or with the member of staff."""
    return _all_at_once(pk) or _one_by_one(pk)


# Postgres holds the rows of one question in the order in which its tables are named here.
_IN_ORDER = ("address", "outreach__influencer", "outreach", "self")


def _all_at_once(pk: int) -> Message | None:
    """In one question. None where something is missing, or changed hands while one waited."""
    whole = Q(
        address__email_key__isnull=False, outreach__influencer__sort_name__isnull=False
    )  # so that both are joined
    related = ("address__influencer", "outreach__influencer", "outreach__campaign__cause", "approved_by")
    return Message.objects.select_for_update(of=_IN_ORDER).select_related(*related).filter(whole, pk=pk).first()


def _one_by_one(pk: int) -> Message:
    known = Message.objects.only("address", "outreach", "user").get(pk=pk)
    if known.user_id is not None:
        addresses.hold_mailbox(User.objects.values_list("email", flat=True).get(pk=known.user_id))
        User.objects.select_for_update(no_key=True).filter(pk=known.user_id).first()
    if known.address_id is not None:
        Address.objects.select_for_update().filter(pk=known.address_id).first()
    outreach = conversation(known.outreach_id) if known.outreach_id is not None else None
    rows = Message.objects.select_for_update(of=("self",)).select_related("address__influencer", "approved_by", "user")
    locked = rows.get(pk=pk)
    locked.outreach = outreach
    return locked
