"""What must be true of a mail server and a database whatever happened to the senders between them."""

import re
from collections import Counter

from outreach.models import Message
from outreach.services import delivery
from tests.fakes import Sink
from tests.outreach.sending.nursery import Nursery

LEASE = delivery.LEASE.total_seconds() + 1
ENDED = ("sent", "refused", "cancelled", "expired", "uncertain")


def arrived(sink: Sink) -> Counter:
    """How often each Message-ID was taken by the mail server."""
    return Counter(re.search(rb"\r\nMessage-ID: (\S+)\r\n", mail.content)[1].decode() for mail in sink.messages)


def states() -> Counter:
    return Counter(Message.objects.values_list("state", flat=True))


def is_open() -> bool:
    return Message.objects.exclude(state__in=ENDED).exists()


def recover(nursery: Nursery, *, later: float = 0) -> None:
    """What senders do that come after the leases of the dead have run out, until nothing is left to do."""
    for _round in range(20):
        if not is_open():
            return
        later += LEASE
        nursery.start(later=later)
        assert nursery.wait() == 0
    raise AssertionError(states())


def account(sink: Sink, *, planned: int) -> Counter:
    """Each message was taken at most once, and what is `sent` exactly once; every one has come to an end."""
    copies, found = arrived(sink), states()
    assert [number for number in copies.values() if number > 1] == []
    sent = set(Message.objects.filter(state="sent").values_list("message_id", flat=True))
    perhaps = set(Message.objects.filter(state="uncertain").values_list("message_id", flat=True))
    assert sent <= set(copies) <= sent | perhaps
    assert found.total() == sum(found[state] for state in ENDED) == planned
    return found
