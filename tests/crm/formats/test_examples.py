"""The template we hand out is a file that we take back."""

import csv
import io

import pytest

from crm.formats import causes, examples, own
from crm.formats.registry import read_causes, read_influencers


@pytest.mark.parametrize(
    ("subject", "read", "columns"),
    [("influencers", read_influencers, own.COLUMNS), ("causes", read_causes, causes.COLUMNS)],
)
def test_a_template_has_every_column_and_its_row_is_taken_without_a_remark(subject, read, columns):
    text = examples.template(subject)
    assert next(csv.reader(io.StringIO(text))) == list(columns)
    reading = read(io.BytesIO(f"\ufeff{text}".encode()), "template.csv")
    assert (reading.format, reading.unknown_columns) == ("own", ())
    [parsed] = reading.rows
    assert parsed.row is not None
    assert (parsed.errors, parsed.notes) == ((), ())


def test_nobody_real_stands_in_it():
    row = next(csv.DictReader(io.StringIO(examples.template("influencers"))))
    assert row["email"].endswith(".example")
    assert row["handle"].endswith(".example")
