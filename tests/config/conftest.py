import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.config.instances import Instance
from tests.config.servers import wipe


@pytest.fixture
def state() -> Iterator[Path]:
    """The state directory of a cluster, not yet made, in an installation of its own; nothing of it stays."""
    with tempfile.TemporaryDirectory(prefix="causeway-test-") as folder:
        yield Path(folder) / "state" / "pg"
        for left in Path(folder).glob("*/*"):
            wipe(left)


@pytest.fixture
def start(state) -> Iterator[Callable[..., Instance]]:
    """Starts instances that end with the test."""
    instances = []

    def start(port: int = 0, **settings: str) -> Instance:
        instances.append(Instance(state, port, **settings))
        return instances[-1]

    yield start
    for instance in instances:
        for pid in instance.children():
            os.kill(pid, signal.SIGKILL)
        instance.process.kill()
        instance.process.communicate()
