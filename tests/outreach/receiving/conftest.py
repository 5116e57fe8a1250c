"""Processes of their own that take letters in."""

from collections.abc import Iterator

import pytest

from tests.factories import at_any_hour
from tests.outreach.sending.nursery import Nursery


@pytest.fixture(autouse=True)
def any_hour(db):
    """What is tried here is something else: it may be night, or a Sunday."""
    at_any_hour()


@pytest.fixture
def nursery(organisation) -> Iterator[Nursery]:
    made = Nursery(port=1)  # no mail server is asked for anything
    yield made
    made.close()
