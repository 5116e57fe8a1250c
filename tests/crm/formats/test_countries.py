import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.errors import DomainError
from crm.formats import countries
from crm.formats.countries import CODES, country_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *(("FR", "FR"), ("fr", "FR"), (" fra ", "FR"), ("France", "FR"), ("uk", "GB"), ("UK", "GB"), ("GB", "GB")),
        *(
            ("United Kingdom", "GB"),
            ("Royaume-Uni", "GB"),
            ("royaume uni", "GB"),
            ("ÉTATS-UNIS", "US"),
            ("U.S.A.", "US"),
        ),
        *(("The Netherlands", "NL"), ("Pays Bas", "NL"), ("Gambia, The", "GM"), ("Tanzania, United Republic of", "TZ")),
        *(
            ("Côte d’Ivoire", "CI"),
            ("cote d'ivoire", "CI"),
            ("Ivory Coast", "CI"),
            ("DE", "DE"),
            ("LA", "LA"),
            ("ET", "ET"),
        ),
        *(
            ("Bosnia & Herzegovina", "BA"),
            ("St. Lucia", "LC"),
            ("Corée du Sud", "KR"),
            ("Kosovo", "XK"),
            ("Türkiye", "TR"),
        ),
        *(("Congo, Democratic Republic of the", "CD"), ("Republic of the Congo", "CG"), ("Virgin Islands", "VI")),
    ],
)
def test_countries_as_files_write_them(text, code):
    assert country_code(text) == code


@pytest.mark.parametrize("text", ["", "Korea", "Europe", "ZZ", "QQQ", "Atlantis", "the", "-", "x" * 1000, "Frances"])
def test_what_may_be_no_country_or_two_is_refused(text):
    with pytest.raises(DomainError, match=r"^country_unknown$"):
        country_code(text)


def test_no_two_countries_share_a_name():
    for line in countries._TABLE.strip().splitlines():
        code, code3, names = line.split(" ", 2)
        for name in (code, code3, *re.split(r"[/|]", names)):
            assert country_code(name) == code, name


def test_every_country_of_the_standard_is_there_in_its_usual_english_name():
    table = Path("/usr/share/zoneinfo/iso3166.tab")
    if not table.is_file():
        pytest.skip(f"{table} is not here: the table of countries was not checked against the standard")
    rows = [line.split("\t") for line in table.read_text().splitlines() if not line.startswith("#")]
    assert {code for code, _ in rows} | {"XK"} == CODES
    assert [name for code, name in rows if country_code(name) != code] == []


@given(st.text(st.characters(exclude_categories=())))
def test_nothing_else_is_raised(text):
    try:
        assert country_code(text) in CODES
    except DomainError as error:
        assert error.code == "country_unknown"
