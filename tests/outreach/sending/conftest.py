"""A mail server, and senders that are processes of their own."""

from collections.abc import Iterator

import pytest

from tests.factories import at_any_hour
from tests.fakes import Sink
from tests.outreach.sending.nursery import Nursery


@pytest.fixture
def nursery(sink: Sink, organisation) -> Iterator[Nursery]:
    at_any_hour()
    made = Nursery(sink.port)
    yield made
    made.close()
