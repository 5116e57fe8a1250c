from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.errors import DomainError
from crm.formats.goals import parse_amount, parse_goals
from crm.formats.rows import GoalReading


@pytest.mark.parametrize(
    ("text", "goals"),
    [
        (
            "donation:20000 EUR|signature:5000",
            (GoalReading("donation", amount_minor=2_000_000, currency="EUR"), GoalReading("signature", quantity=5000)),
        ),
        ("Sign-up: 1,200 | volunteer hours:300", (GoalReading("sign_up", 1200), GoalReading("volunteer_hours", 300))),
        ("donation:150", (GoalReading("donation", 150),)),
        (
            "don:20 000 EUR avant le 31/12/2026|signature:5000 by 2027-03-01|sign_up:7 d’ici le 03/04/2027",
            (
                GoalReading("donation", amount_minor=2_000_000, currency="EUR", due_date=date(2026, 12, 31)),
                GoalReading("signature", 5000, due_date=date(2027, 3, 1)),
                GoalReading("sign_up", 7, due_date=date(2027, 4, 3)),
            ),
        ),
        (
            "donation:10 EUR|donation:10 USD|donation:3",
            (
                GoalReading("donation", None, 1000, "EUR"),
                GoalReading("donation", None, 1000, "USD"),
                GoalReading("donation", 3),
            ),
        ),
    ],
)
def test_goals_as_files_write_them(text, goals):
    assert parse_goals(text) == goals


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        *(
            ("20000", "EUR", 2_000_000),
            ("20 000,50", "EUR", 2_000_050),
            ("20,000.5", "EUR", 2_000_050),
            ("0.01", "EUR", 1),
        ),
        *(("20,000", "EUR", 2_000_000), ("20.000", "EUR", 2_000_000), ("500", "JPY", 500), ("500.00", "JPY", 500)),
        *(("20", "TND", 20_000), ("20.5", "TND", 20_500), ("2k", "EUR", 200_000)),
    ],
)
def test_amounts_in_minor_units(text, currency, minor):
    assert parse_amount(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "code", "params"),
    [
        ("donation", "goal_invalid", {}),
        ("donation:", "goal_invalid", {}),
        ("donation:many EUR", "goal_invalid", {}),
        ("donation:EUR 5 USD", "goal_invalid", {}),
        ("donation:0 EUR", "goal_invalid", {}),
        ("signature:5 by 2026-13-01", "date_invalid", {}),
        ("signature:5 by 03/04/2026", "date_ambiguous", {}),
        ("signature:5 by soon", "goal_invalid", {}),
        ("signature:5000 EUR", "goal_invalid", {}),
        ("donation:5 XXX", "currency_unknown", {}),
        ("donation:5.25 JPY", "amount_invalid", {}),
        ("donation:1.234.5 EUR", "amount_invalid", {}),
        ("donation:20.000 TND", "amount_ambiguous", {}),
        ("donation:1e5 EUR", "count_scientific", {}),
        ("signature:12.5", "count_not_whole", {}),
        ("signature:5|signatures:6", "goal_repeated", {"kind": "signature"}),
    ],
)
def test_what_is_no_goal_is_refused(text, code, params):
    with pytest.raises(DomainError) as caught:
        parse_goals(text)
    assert (caught.value.code, caught.value.params) == (code, params)


def test_an_unknown_action_is_refused_with_the_known_ones():
    with pytest.raises(DomainError) as caught:
        parse_goals("like:5")
    assert caught.value.code == "goal_kind_unknown"
    assert caught.value.params["known"] == [
        "donation",
        "sign_up",
        "signature",
        "attendance",
        "volunteer_hours",
        "other",
    ]


@given(
    st.text(st.characters(exclude_categories=()))
    | st.from_regex(r"(donation|signature):[0-9., ]{0,9}( ?[A-Z]{3})?", fullmatch=True)
)
def test_a_goal_is_a_number_or_a_sum_and_nothing_else_is_raised(text):
    with suppress(DomainError):
        for goal in parse_goals(text):
            assert (goal.quantity is None) == bool(goal.currency) == (goal.amount_minor is not None)
            assert (goal.quantity or goal.amount_minor) > 0
