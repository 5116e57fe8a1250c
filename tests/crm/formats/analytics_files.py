"""What the tests of statistics exports share: a file read by one of them, and its posts and days."""

import io
from pathlib import Path

from crm.formats.tables import open_table

FILES = Path(__file__).with_name("files")


def walk(export, content, *, is_header=None):
    """The rows of a file in `files`, or of a text, and what was not understood of its header."""
    data = (FILES / content).read_bytes() if content.endswith(".csv") else content.encode()
    table = open_table(io.BytesIO(data), is_header)
    assert export.matches(frozenset(table.keys))
    return list(export.read(table, "export.csv")), export.unknown_columns(table)


def keys_of(file, *, is_header=None):
    return open_table(io.BytesIO((FILES / file).read_bytes()), is_header).keys


def account(parsed):
    assert parsed.errors == ()
    [reading] = parsed.row.accounts
    return reading


def post(parsed):
    [reading] = account(parsed).published
    return reading


def day(parsed):
    [reading] = account(parsed).days
    return reading


def wrong(parsed):
    assert parsed.row is None
    return [(error.line, error.column, error.code) for error in parsed.errors]
