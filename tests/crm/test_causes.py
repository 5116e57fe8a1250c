"""Causes are found again by their short name, completed, and never blanked."""

import io

import pytest
from django.db import IntegrityError

from crm.errors import DomainError
from crm.formats.registry import read_causes
from crm.formats.rows import AudienceShare, CauseRow, GoalReading
from crm.models import Cause, Goal
from crm.services import cause_rows, causes
from tests.factories import NOW, CauseFactory, analysed, imported, uploaded

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
    batch = imported("slug,name,topics\nbeaches,Clean beaches,sdg-14\nghost,,\n", subject="causes")
    assert (batch.created_count, batch.rejected_count) == (1, 1)
    assert batch.rows.get(verdict="rejected").errors[0]["code"] == "cause_name_missing"


def test_of_a_table_of_causes_that_is_not_ours_nobody_is_asked():
    batch = analysed("Organisation,Theme\nClear Shores,sea\n", subject="causes")
    assert (batch.state, batch.error["code"]) == ("failed", "format_unknown")


def test_a_long_file_of_causes_says_how_far_it_is():
    text = "slug,name,topics\n" + "".join(f"c{n},Cause {n},sdg-14\n" for n in range(120))
    batch = uploaded(text, subject="causes")
    stream, told = io.BytesIO(text.encode()), []
    rows = read_causes(stream, "c.csv").rows
    judged = cause_rows.judge(batch=batch, rows=rows, is_kept=True, told=told.append)
    assert (len(judged), told) == (120, [50, 100])


BRIEF = CauseRow(
    line=0,
    slug="beaches",
    name="Clean beaches",
    description="We clear beaches.",
    topics=("sdg-14",),
    languages=("en",),
    hashtags=("sea",),
    website="https://beaches.example",
    conflicts=("alcohol",),
    transparency="82 cents of each euro pay for gloves.",
    transparency_source="Report 2025, page 12",
    audience=(AudienceShare("country", "GB", 0.6), AudienceShare("age", "18-24")),
    goals=(
        GoalReading("donation", amount_minor=2_000_000, currency="EUR", due_date=NOW.date()),
        GoalReading("signature", 5_000),
    ),
)


def test_a_brief_is_written_as_it_is_said_and_what_it_leaves_blank_is_cleared():
    cause = causes.write(cause=None, brief=BRIEF).cause
    assert Goal.objects.get(kind="donation").due_date == NOW.date()
    stored = causes.write(
        cause=cause,
        brief=CauseRow(
            line=0,
            slug="",
            name="Clean beaches",
            audience=(AudienceShare("age", "65+"),),
            goals=(GoalReading("signature", 10),),
        ),
    )
    cause.refresh_from_db()
    assert stored.verdict == "updated"
    assert (cause.slug, cause.description, cause.website) == ("beaches", "", "")
    assert (cause.languages, cause.hashtags, list(cause.topics.all())) == ([], [], [])
    assert list(cause.targets.values_list("dimension", "key")) == [("age", "65+")]
    assert list(cause.goals.values_list("kind", "quantity")) == [("signature", 10)]


def test_the_same_brief_again_changes_nothing():
    cause = causes.write(cause=None, brief=BRIEF).cause
    assert causes.write(cause=cause, brief=BRIEF).verdict == "unchanged"


def test_a_short_name_is_made_from_the_name_and_never_taken_from_another():
    slugs = [causes.write(cause=None, brief=CauseRow(line=0, slug="", name="Été sûr")).cause.slug for _ in range(3)]
    assert slugs == ["ete-sur", "ete-sur-2", "ete-sur-3"]


@pytest.mark.parametrize(
    ("brief", "code"),
    [
        (CauseRow(line=0, slug="new", name=" "), "name_blank"),
        (CauseRow(line=0, slug="taken", name="New"), "cause_slug_taken"),
        (CauseRow(line=0, slug="new", name="New", topics=("sdg-99",)), "topic_unknown"),
        (CauseRow(line=0, slug="new", name="New", topics=("alcohol",)), "topic_unknown"),
        (CauseRow(line=0, slug="new", name="New", transparency="82 %"), "transparency_without_source"),
        (
            CauseRow(line=0, slug="new", name="New", goals=(GoalReading("signature", 1), GoalReading("signature", 2))),
            "goal_repeated",
        ),
    ],
)
def test_a_brief_that_cannot_be_is_refused_and_leaves_nothing(brief, code):
    CauseFactory(slug="taken")
    with pytest.raises(DomainError, match=code):
        causes.write(cause=None, brief=brief)
    assert Cause.objects.count() == 1


def test_what_a_brief_leaves_open_is_named():
    assert causes.unsaid(CauseFactory(description=" ", languages=[], countries=[])) == [
        *("description", "topics", "languages", "countries", "audience"),
        *("hashtags", "goals", "conflicts", "transparency"),
    ]  # fmt: skip
    assert causes.unsaid(causes.write(cause=None, brief=BRIEF).cause) == []


def test_a_fact_about_money_without_a_source_is_refused_by_the_database_too():
    with pytest.raises(IntegrityError, match="cause_transparency_has_source"):
        CauseFactory(transparency="82 cents of each euro", transparency_source="")


def test_a_file_says_by_which_day_and_a_later_one_without_a_day_leaves_it():
    due = GoalReading("signature", 5_000, due_date=NOW.date())
    stored = causes.store(row=CauseRow(line=2, slug="beaches", name="Clean beaches", goals=(due,)))
    want = {"quantity": 5_000, "amount_minor": None, "due_date": NOW.date().isoformat()}
    assert stored.changes["goal.signature"] == [None, want]
    again = causes.store(row=CauseRow(line=2, slug="beaches", goals=(GoalReading("signature", 6_000),)))
    assert again.verdict == "updated"
    assert Goal.objects.values_list("quantity", "due_date").get() == (6_000, NOW.date())
