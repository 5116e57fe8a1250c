import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.config.servers import wipe


@pytest.fixture
def state() -> Iterator[Path]:
    """The state directory of a cluster, not yet made, in an installation of its own; nothing of it stays."""
    with tempfile.TemporaryDirectory(prefix="causeway-test-") as folder:
        yield Path(folder) / "state" / "pg"
        for left in Path(folder).glob("*/*"):
            wipe(left)
