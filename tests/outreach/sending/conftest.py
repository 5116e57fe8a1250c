"""A mail server, and senders that are processes of their own."""

from collections.abc import Iterator

import pytest

from tests.fakes import Sink
from tests.outreach.sending.nursery import Nursery


@pytest.fixture
def nursery(sink: Sink, organisation) -> Iterator[Nursery]:
    made = Nursery(sink.port)
    yield made
    made.close()
