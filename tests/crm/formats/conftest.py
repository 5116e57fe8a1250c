"""What the tests of readers share: a file out of a text, and the real files that lie beside the repository."""

import io
from pathlib import Path

import pytest
from hypothesis import settings

from crm.formats.registry import read_causes, read_influencers

settings.register_profile("formats", deadline=None)  # the machine's cores are shared with others
settings.load_profile("formats")

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


@pytest.fixture
def influencers():
    """Read a text (or bytes) as influencers: the reading, its rows walked."""

    def read(content, filename="people.csv", **options):
        stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
        reading = read_influencers(stream, filename, **options)
        return reading, list(reading.rows)

    return read


@pytest.fixture
def causes():
    def read(content, filename="causes.csv", **options):
        stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
        reading = read_causes(stream, filename, **options)
        return reading, list(reading.rows)

    return read


@pytest.fixture
def shared_file():
    """A file of ../shared/data, which the repository must not hold; the test is skipped aloud where it is absent."""

    def find(name: str) -> Path:
        path = SHARED / name
        if not path.is_file():
            pytest.skip(f"{path} is not here: nothing was checked against real data")
        return path

    return find
