"""First names: told by a whole name, or not at all."""

import pytest

from crm.handles import first_name


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("Amina Diallo", "Amina"),
        ("  Zoé   Petit ", "Zoé"),
        ("DIALLO Amina", "Amina"),
        ("Diallo, Amina", "Amina"),
        ("AMINA DIALLO", "Amina"),
        ("jean-marc dupont", "Jean-Marc"),
        ("Dr. Amina Diallo", "Amina"),
        ("Mme Diallo-Roy", "Diallo-Roy"),
        ("Squeezie", "Squeezie"),
        ("O’Brien", "O’Brien"),
        ("李小明", "李小明"),
        *(
            (unknown, "")
            for unknown in ("", " ", "A. Diallo", "amina.dives", "amina_d", "squeezie", "@amina", "42 Rue")
        ),
        *((unknown, "") for unknown in ("The Reef Diaries", "La Petite Rivière", "les marées", "{{ first_name }}")),
    ],
)
def test_a_first_name_is_told_by_a_whole_name_or_not_at_all(name, first):
    assert first_name(name) == first
