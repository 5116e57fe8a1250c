"""Processes of their own that take letters in."""

from collections.abc import Iterator

import pytest

from tests.outreach.sending.nursery import Nursery


@pytest.fixture
def nursery(organisation) -> Iterator[Nursery]:
    made = Nursery(port=1)  # no mail server is asked for anything
    yield made
    made.close()
