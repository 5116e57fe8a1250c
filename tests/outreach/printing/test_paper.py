"""A report on paper: nothing lost in silence, headings that never stand alone, the same bytes for the same report."""

import re
from datetime import UTC, datetime

from outreach.printing.paper import paper
from outreach.printing.tables import Bar, Book, Column, Money, Part, Series, Table, flat

AT = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


def book(*, rows: int = 3, title: str = "Été", **said) -> Book:
    table = Table(
        "people",
        "Par profil",
        (Column("Profil", "text", 3), Column("Clics"), Column("Montant", "money")),
        tuple((f"Élodie {number}", number, Money(1250, "EUR")) for number in range(rows)),
    )
    given = {
        "lead": ("Plages",),
        "funnel": (Bar("Clics", "12", 0.5, "des contacts"), Bar("Portée", "inconnue", None, "aucun chiffre")),
        "parts": (Part("Coûts", ("Inconnus.",)),),
        "series": (Series("Clics", ("1 juin", "2 juin"), (3.0, 0.0)),),
    } | said
    return Book(title=title, funnel_title="Résultats", tables=(table,), language="fr", **given)


def printed(one: Book) -> bytes:
    return paper(
        one, at=AT, say=lambda cell, kind: "12,50 €" if kind == "money" else str(cell), page_words="{page} / {pages}"
    )


def pages(content: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", content))


def test_the_same_report_is_the_same_bytes():
    assert printed(book()) == printed(book())
    assert printed(book()) != printed(book(rows=4))


def test_a_long_table_goes_on_over_pages_with_its_heading():
    assert pages(printed(book(rows=3))) == 1
    assert pages(printed(book(rows=120))) == 4


def test_it_says_in_which_language_it_is():
    assert b"/Lang (fr)" in printed(book())


def test_signs_that_the_font_lacks_are_marked_and_logged_nowhere(caplog):
    printed(book(title="漢字 🌊 Élodie \u202f: œuvre"))
    assert [record for record in caplog.records if "漢" in record.getMessage() or "glyph" in record.getMessage()] == []


def test_a_report_of_nothing_is_a_page():
    assert pages(printed(Book("x", (), "", (), (), (Series("x", (), ()),), (), "en"))) == 1


def test_money_takes_two_columns_where_machines_read():
    titles, rows = flat(book(rows=1).tables[0], "devise")
    assert titles == ["Profil", "Clics", "Montant", "Montant (devise)"]
    assert [str(cell) for cell in rows[0]] == ["Élodie 0", "0", "12.50", "EUR"]
    assert [Money(500, "JPY").amount, str(Money(1234, "TND").amount)] == [500, "1.234"]
