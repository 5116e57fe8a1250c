"""The template we hand out is a file that we take back."""

import csv
import io

import pytest

from crm.formats import causes, examples, french, own
from crm.formats.registry import read_causes, read_influencers


@pytest.mark.parametrize(
    ("subject", "read", "language", "header"),
    [
        ("influencers", read_influencers, "en", list(own.COLUMNS)),
        ("influencers", read_influencers, "fr", [french.INFLUENCER_TITLES[name] for name in own.COLUMNS]),
        ("causes", read_causes, "en", list(causes.COLUMNS)),
        ("causes", read_causes, "fr", [french.CAUSE_TITLES[name] for name in causes.COLUMNS]),
    ],
)
def test_a_template_has_every_column_and_its_row_is_taken_without_a_remark(subject, read, language, header):
    text = examples.template(subject, language)
    assert next(csv.reader(io.StringIO(text), delimiter=";" if language == "fr" else ",")) == header
    reading = read(io.BytesIO(f"\ufeff{text}".encode()), "template.csv")
    assert (reading.format, reading.unknown_columns) == ("own", ())
    [parsed] = reading.rows
    assert parsed.row is not None
    assert (parsed.errors, parsed.notes) == ((), ())


def test_both_languages_say_the_same_of_the_same_person():
    english, french_row = (
        next(read_influencers(io.BytesIO(examples.template("influencers", language).encode()), "t.csv").rows).row
        for language in ("en", "fr")
    )
    told = ("external_id", "kind", "email_kind", "basis", "languages", "country", "email")
    assert {name: getattr(english, name) for name in told} == {name: getattr(french_row, name) for name in told}


def test_nobody_real_stands_in_it():
    row = next(csv.DictReader(io.StringIO(examples.template("influencers"))))
    assert row["email"].endswith(".example")
    assert row["handle"].endswith(".example")
