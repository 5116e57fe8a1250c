"""Every code that a person may meet has a sentence."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

from crm.errors import DomainError
from crm.words import money, say

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = {"post_id"}  # of a file, where a row fails
RAISERS = {"DomainError", "RowError", "fail", "_fail"}


def codes() -> set[str]:
    """Texts like a code that are handed to whatever makes an error, outside the pure ranker (whose errors are bugs)."""
    found: set[str] = set()
    for app in ("crm", "outreach", "matching"):
        for path in (ROOT / app).rglob("*.py"):
            if "ranking" in path.parts and path.name != "scorecard.py":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in RAISERS:
                    texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                    found |= {text for text in texts if re.fullmatch(r"[a-z]+(_[a-z]+)+", text)} - COLUMNS
    return found


def test_every_code_has_a_sentence():
    found = codes()
    assert {"person_erased", "row_repeated", "platform_missing", "stage_move_not_allowed"} <= found
    known = set().union(*(import_module(f"{app}.words").ERRORS for app in ("crm", "matching", "outreach")))
    assert found - known == set()


def test_a_sentence_never_fails_for_want_of_a_detail():
    assert "…" in say(DomainError("text_too_long"))


def test_a_code_without_a_sentence_is_said_as_it_is():
    assert say(DomainError("never_heard_of")) == "Refused (never_heard_of)."


@pytest.mark.parametrize(
    ("minor", "currency", "said"),
    [
        (123_450, "EUR", "€1,234.50"),
        (100_000, "RSD", "RSD1,000"),
        (1_500, "JPY", "¥1,500"),
        (1_500, "KWD", "KWD1.500"),
    ],
)
def test_money_is_shown_in_the_digits_it_is_stored_in(minor, currency, said):
    assert money(minor, currency) == said
