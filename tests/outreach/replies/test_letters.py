"""Letters as clients and mail systems write them (letters/*.eml), and what is to be read in each (letters.toml)."""

import tomllib
from dataclasses import astuple
from pathlib import Path

import pytest

from outreach.replies.letter import Letter
from outreach.replies.reading import read

HERE = Path(__file__).parent
EXPECTED = tomllib.loads((HERE / "letters.toml").read_text())


def told(letter: Letter, key: str) -> object:
    """What the file says of it, in the file's types."""
    value = getattr(letter, key)
    if key == "reports":
        return [
            {"action": r.action, "status": r.status, "recipient": r.recipient, "message_id": r.message_id}
            for r in value
        ]
    if key == "attachments":
        return [list(astuple(attachment)[:4]) for attachment in value]
    if key == "date":
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else str(value)


def test_every_letter_is_told_of():
    assert sorted(path.stem for path in (HERE / "letters").glob("*.eml")) == sorted(EXPECTED)


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("name", EXPECTED)
def test_a_letter_is_read_as_its_writer_meant_it(name, line_end):
    raw = (HERE / "letters" / f"{name}.eml").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", line_end)
    letter = read(raw)
    expected = EXPECTED[name]
    if line_end == b"\r\n":  # what is sent as it is has longer lines then
        expected = {key: value for key, value in expected.items() if key != "attachments"}
    assert {key: told(letter, key) for key in expected} == expected
