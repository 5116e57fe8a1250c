import ast
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.errors import DomainError
from crm.formats.goals import CURRENCIES, minor_digits
from outreach.sources import donorbox, generic, money, stripe
from tests.outreach.sources import payloads
from tests.outreach.sources.payloads import body

SOURCES = Path(__file__).resolve().parents[3] / "outreach/sources"


def refused(call, *args, **kwargs) -> str:
    with pytest.raises(DomainError) as caught:
        call(*args, **kwargs)
    return caught.value.code


@pytest.mark.parametrize(
    ("said", "currency", "minor"),
    [
        ("12.50", "EUR", 1250),
        ("12.5", "EUR", 1250),
        ("12", "EUR", 1200),
        ("1234.00", "JPY", 1234),
        ("1234", "JPY", 1234),
        ("1.5", "KWD", 1500),
        ("1.234", "BHD", 1234),
        ("5", "MGA", 500),
        ("0.01", "EUR", 1),
        (12, "EUR", 1200),
        (Decimal("12.5"), "EUR", 1250),
        (Decimal("1e3"), "EUR", 100_000),
        ("90071992547409.92", "EUR", 2**53),
    ],
)
def test_an_amount_is_counted_in_the_digits_of_its_currency(said, currency, minor):
    assert money.from_major(said, currency) == minor


@pytest.mark.parametrize(
    ("said", "currency", "code"),
    [
        ("0", "EUR", "amount_not_positive"),
        ("-1", "EUR", "amount_not_positive"),
        ("-0.00", "EUR", "amount_not_positive"),
        ("NaN", "EUR", "amount_invalid"),
        (Decimal("NaN"), "EUR", "amount_invalid"),
        (Decimal("sNaN"), "EUR", "amount_invalid"),
        (Decimal("Infinity"), "EUR", "amount_invalid"),
        (Decimal("0.30000000000000004"), "EUR", "amount_invalid"),  # 0.1 + 0.2
        ("12.505", "EUR", "amount_invalid"),
        ("1234.5", "JPY", "amount_invalid"),
        ("1.2345", "BHD", "amount_invalid"),
        ("1,234.50", "EUR", "amount_invalid"),
        ("1e3", "EUR", "amount_invalid"),
        ("1_000", "EUR", "amount_invalid"),
        ("١٢", "EUR", "amount_invalid"),
        (" 12", "EUR", "amount_invalid"),
        ("€12", "EUR", "amount_invalid"),
        ("90071992547409.93", "EUR", "amount_invalid"),
        ("9" * 5000, "EUR", "amount_invalid"),
        (10**400, "EUR", "amount_invalid"),
        (Decimal("1e999999999"), "EUR", "amount_invalid"),
        (Decimal("1e-999999999"), "EUR", "amount_invalid"),
        (True, "EUR", "amount_invalid"),
        (12.5, "EUR", "amount_invalid"),
        ([12], "EUR", "amount_invalid"),
        ({}, "EUR", "amount_invalid"),
        (None, "EUR", "amount_missing"),
        ("", "EUR", "amount_missing"),
    ],
)
def test_what_is_no_exact_amount_is_refused_and_never_rounded(said, currency, code):
    assert refused(money.from_major, said, currency) == code


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (0, "amount_not_positive"),
        (-1, "amount_not_positive"),
        (2**53 + 1, "amount_invalid"),
        (10**400, "amount_invalid"),
        (True, "amount_invalid"),
        ("2500", "amount_invalid"),
        (Decimal("25.0"), "amount_invalid"),
        (25.0, "amount_invalid"),
        (None, "amount_missing"),
    ],
)
def test_minor_units_are_whole_numbers_and_nothing_else(said, code):
    assert money.minor_units(2**53) == 2**53
    assert refused(money.minor_units, said) == code


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (None, "currency_missing"),
        ("", "currency_missing"),
        ("ZZZ", "currency_unknown"),
        ("EURO", "currency_unknown"),
        ("€", "currency_unknown"),
        ("EU R", "currency_unknown"),
        ("ıqd", "currency_unknown"),
        ("BTC", "currency_unknown"),
        (978, "currency_unknown"),
        (["EUR"], "currency_unknown"),
    ],
)
def test_a_currency_is_one_of_iso_4217(said, code):
    assert [money.currency_code(each) for each in ("EUR", "eur", "Jpy")] == ["EUR", "EUR", "JPY"]
    assert refused(money.currency_code, said) == code


@pytest.mark.parametrize(
    ("text", "decimal_comma", "plain"),
    [
        ("1,234.50", False, "1234.50"),
        ("1,234,567.5", False, "1234567.5"),
        ("1,234.50", True, "1234.50"),
        ("1.234,50", True, "1234.50"),
        ("1 234,50", True, "1234.50"),
        ("1\u202f234,50", True, "1234.50"),
        ("12,50", True, "12.50"),
        ("12.50", False, "12.50"),
    ],
)
def test_a_table_may_have_groups_of_thousands(text, decimal_comma, plain):
    assert money.plain(text, decimal_comma=decimal_comma) == plain


@pytest.mark.parametrize("text", ["1,234", "12,50", "1,23,4.50", "1.234,50", "12,345,67.5", "1,234.5.6"])
def test_what_could_be_read_in_two_ways_is_refused(text):
    assert refused(money.from_major, money.plain(text, decimal_comma=False), "EUR") == "amount_invalid"


@pytest.mark.parametrize(
    ("currency", "stripes", "minor"),
    [
        ("eur", 2500, 2500),
        ("jpy", 2500, 2500),
        ("kwd", 2500, 2500),
        ("bhd", 2510, 2510),
        ("mga", 5, 500),  # no decimals with Stripe, two in ISO 4217
        ("isk", 500, 5),  # two decimals with Stripe, always 00; none in ISO 4217
        ("ugx", 500, 5),
        ("huf", 50_000, 50_000),
        ("twd", 50_000, 50_000),
    ],
)
def test_what_stripe_counts_in_other_digits_is_counted_in_ours(currency, stripes, minor):
    [event] = stripe.read(body(payloads.session(currency=currency, amount_total=stripes)), {})
    assert (event.amount_minor, event.currency) == (minor, currency.upper())


def test_a_fraction_of_what_has_none_is_refused():
    assert refused(stripe.read, body(payloads.session(currency="isk", amount_total=550)), {}) == "amount_invalid"


@pytest.mark.parametrize(("currency", "minor"), [("EUR", 150), ("JPY", None), ("KWD", 1500), ("bhd", 1500)])
def test_the_same_text_is_another_sum_in_another_currency(currency, minor):
    given_ = body([payloads.donorbox(currency=currency, amount="1.5")])
    if minor is None:
        assert refused(donorbox.read, given_, {}) == "amount_invalid"
    else:
        assert [event.amount_minor for event in donorbox.read(given_, {})] == [minor]


@pytest.mark.parametrize(
    "number", ["NaN", "Infinity", "-Infinity", "1e400", "25.0", "-25", "0", "true", '"25"', "[25]"]
)
def test_numbers_that_json_allows_or_tolerates_are_no_cents(number):
    raw = body(payloads.generic(amount_minor=123)).replace(b"123,", number.encode() + b",")
    code = refused(generic.read, raw, {})
    assert code in {"amount_invalid", "amount_not_positive", "event_malformed"}


@given(minor=st.integers(1, 2**53), currency=st.sampled_from(sorted(CURRENCIES)))
def test_what_is_written_out_is_read_back_to_the_last_unit(minor, currency):
    digits = minor_digits(currency)
    assert money.from_major(format(Decimal(minor).scaleb(-digits), "f"), currency) == minor
    assert money.from_major(Decimal(minor).scaleb(-digits), currency) == minor


def test_no_amount_ever_is_a_float():
    """Neither a conversion nor a literal: in the whole room."""
    guilty = []
    for path in sorted(SOURCES.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
            if is_literal or (isinstance(node, ast.Name) and node.id in {"float", "round"}):
                guilty.append((path.name, node.lineno))
    assert guilty == []
