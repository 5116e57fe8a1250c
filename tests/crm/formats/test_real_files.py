"""The real files beside the repository (../shared/data), to the row. Skipped aloud where they are absent."""

from collections import Counter

import pytest

from crm.formats.registry import read_causes, read_influencers
from crm.handles import handle_key


@pytest.mark.parametrize(
    ("name", "rows", "last_line", "notes", "errors", "accounts", "placeless"),
    [
        ("instagram-dec-2022.csv", 1000, 1001, 7, 2, 991, 1),
        ("instagram-nov-2022.csv", 1000, 1002, 2, 0, 998, 4),
        ("youtube-dec-2022.csv", 1003, 1006, 3, 1, 999, 177),
    ],
)
def test_the_ranked_lists(shared_file, name, rows, last_line, notes, errors, accounts, placeless):
    with shared_file(f"instagram-influencers/{name}").open("rb") as stream:
        reading = read_influencers(stream, name)
        parsed = list(reading.rows)
    assert (reading.format, reading.unknown_columns) == (f"ranked-{name.partition('-')[0]}", ())
    assert (len(parsed), parsed[-1].line) == (rows, last_line)
    assert [error.code for p in parsed for error in p.errors] == ["account_repeated"] * errors
    assert [note.code for p in parsed for note in p.notes] == ["row_repeated"] * notes
    accepted = [p.row for p in parsed if p.row]
    assert len(accepted) == rows - errors
    assert len({handle_key(row.accounts[0].platform, row.accounts[0].handle) for row in accepted}) == accounts
    assert sum(not row.accounts[0].audience for row in accepted) == placeless
    assert all(row.accounts[0].followers > 1_000_000 and row.accounts[0].observed_at.year == 2022 for row in accepted)


def test_the_organisations(shared_file):
    with shared_file("globalgiving-ngo/ngos.json").open("rb") as stream:
        reading = read_causes(stream, "ngos.json")
        parsed = list(reading.rows)
    assert (reading.format, reading.unknown_columns, len(parsed)) == ("globalgiving", (), 6550)
    assert [p.errors for p in parsed if p.errors] == []
    assert Counter(note.code for p in parsed for note in p.notes) == {"website_ignored": 152, "row_repeated": 8}
    assert len({p.row.slug for p in parsed}) == 6542
    assert len({p.line for p in parsed}) == 6550
    assert sum(not p.row.topics for p in parsed) == 50
    assert sum(not p.row.countries for p in parsed) == 29
