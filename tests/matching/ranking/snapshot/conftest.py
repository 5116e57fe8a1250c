import pytest

from matching.ranking.snapshot.store import Store


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "snapshot")
