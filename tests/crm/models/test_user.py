"""A colleague is called by their name, and by what they sign in with where nobody wrote it down."""

import pytest

from crm.models import User


@pytest.mark.parametrize(
    ("names", "called"),
    [(("Léa", "Martin"), "Léa Martin"), (("Léa", ""), "Léa"), (("", ""), "lea")],
)
def test_how_a_colleague_is_called(names, called):
    assert User(username="lea", first_name=names[0], last_name=names[1]).called == called
