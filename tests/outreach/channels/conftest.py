"""Servers that speak SMTP properly."""

import pytest

from tests.fakes import Sink


@pytest.fixture
def start():
    """Starts sinks that stop with the test."""
    sinks = []

    def start(**options):
        sinks.append(Sink(**options))
        return sinks[-1]

    yield start
    for sink in sinks:
        sink.close()


@pytest.fixture
def sink(start):
    return start()
