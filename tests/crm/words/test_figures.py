"""How long something has lasted, as the reader says it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from crm.words import lasting

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lasted", "english", "french"),
    [
        (timedelta(seconds=59), "just now", "à l’instant"),
        (timedelta(hours=-3), "just now", "à l’instant"),  # a clock that was set back
        (timedelta(minutes=18), "for 18 minutes", "depuis 18 minutes"),
        (timedelta(hours=23), "for 23 hours", "depuis 23 heures"),
        (timedelta(days=1), "for 1 day", "depuis 1 jour"),
        (timedelta(days=12, hours=23), "for 12 days", "depuis 12 jours"),
        (timedelta(days=60), "for 60 days", "depuis 60 jours"),
        (timedelta(days=61), "for 2 months", "depuis 2 mois"),
        (timedelta(days=800), "for 2 years", "depuis 2 ans"),
    ],
)
def test_in_days_for_two_months_then_by_the_largest_unit(lasted, english, french):
    said = []
    for language in ("en", "fr"):
        with translation.override(language):
            said.append(lasting(NOW - lasted, now=NOW).replace("\u00a0", " "))
    assert said == [english, french]
