"""Causes are found again by their short name, completed, and never blanked."""

import pytest

from crm.errors import DomainError
from crm.formats.rows import AudienceShare, CauseRow, GoalReading
from crm.models import Cause, Goal
from crm.services import causes, importing
from tests.factories import NOW, CauseFactory

pytestmark = pytest.mark.django_db

ROW = CauseRow(
    line=2,
    slug="beaches",
    name="Clean beaches",
    description="We clear beaches.",
    topics=("sdg-14",),
    languages=("en", "fr"),
    audience=(AudienceShare("country", "GB", 0.6), AudienceShare("age", "18-24", 0.3)),
    goals=(GoalReading("donation", None, 2_000_000, "EUR"), GoalReading("signature", 5_000)),
)


def test_a_cause_is_stored_with_what_it_asks_and_of_whom():
    stored = causes.store(row=ROW)
    assert stored.verdict == "created"
    assert [topic.slug for topic in stored.cause.topics.all()] == ["sdg-14"]
    assert set(stored.cause.targets.values_list("dimension", "key", "share")) == {
        ("country", "GB", 0.6),
        ("age", "18-24", 0.3),
    }
    assert set(Goal.objects.values_list("kind", "quantity", "amount_minor", "currency")) == {
        ("donation", None, 2_000_000, "EUR"),
        ("signature", 5_000, None, ""),
    }


def test_the_same_again_changes_nothing():
    causes.store(row=ROW)
    assert causes.store(row=ROW).verdict == "unchanged"


def test_what_is_left_blank_stays():
    causes.store(row=ROW)
    stored = causes.store(row=CauseRow(line=2, slug="beaches", website="https://beaches.example"))
    assert (stored.verdict, sorted(stored.changes)) == ("updated", ["website"])
    assert stored.cause.name == "Clean beaches"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (CauseRow(line=2, slug="new"), "cause_name_missing"),
        (CauseRow(line=2, slug="new", name="New", topics=("sdg-14", "sdg-99")), "topic_unknown"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(row, code):
    with pytest.raises(DomainError, match=code):
        causes.store(row=row)
    assert not Cause.objects.exists()


def test_neither_a_text_nor_a_topic_cannot_be_ranked():
    with pytest.raises(DomainError, match="cause_says_nothing"):
        causes.check_rankable(CauseFactory(description=" "))
    causes.check_rankable(CauseFactory(description="", topics=["sdg-14"]))
    causes.check_rankable(CauseFactory(description="We clear beaches."))


def test_a_file_of_causes_goes_the_way_of_every_file():
    text = "slug,name,topics\nbeaches,Clean beaches,sdg-14\nghost,,\n"
    batch = importing.upload(subject="causes", filename="c.csv", content=text.encode(), max_bytes=10**6, at=NOW)
    importing.analyse(batch=batch, at=NOW)
    importing.accept(batch=batch)
    importing.commit(batch=batch, at=NOW)
    batch.refresh_from_db()
    assert (batch.state, batch.created_count, batch.rejected_count) == ("committed", 1, 1)
    assert batch.rows.get(verdict="rejected").errors[0]["code"] == "cause_name_missing"
