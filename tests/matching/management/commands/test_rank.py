"""`manage.py rank`: a list from a terminal, and as JSON with the rows that each reason rests on."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from crm.formats.rows import PostReading
from matching.models import MatchList
from tests.factories import AccountFactory, CauseFactory, published

pytestmark = pytest.mark.django_db


def ranked(**said) -> str:
    out = StringIO()
    call_command("rank", stdout=out, **said)
    return out.getvalue()


@pytest.fixture
def cause():
    account = AccountFactory(influencer__name="Amina Diallo", influencer__bio="Hello.", handle="amina")
    at = timezone.now() - timedelta(days=1)
    published(account, [PostReading(platform_id="a", published_at=at, text="The beach.")], source="export.csv", at=at)
    return CauseFactory(slug="beaches")


def test_each_reason_names_the_rows_it_rests_on(cause):
    told = json.loads(ranked(cause="beaches", json=True))
    assert set(told) == {"match_list", "cause", "ranker", "as_of", "candidates", "matches"}
    [match] = told["matches"]
    assert (match["rank"], match["handle"], match["interval"]) == (1, "amina", None)
    reason = next(one for one in match["reasons_for"] if one["feature"] == "topic_fit")
    assert set(reason) == {"feature", "side", "text", "value", "evidence"}
    [row] = reason["evidence"]
    assert {name: row[name] for name in ("kind", "source", "text")} == {
        "kind": "post", "source": "export.csv", "text": "The beach.",
    }  # fmt: skip
    assert row["id"]
    assert row["date"] < MatchList.objects.get().as_of.isoformat()


def test_in_words_it_is_one_line_a_person(cause):
    assert "Amina Diallo" in ranked(cause="beaches")


def test_what_cannot_be_ranked_says_why_and_ends_with_2(cause):
    with pytest.raises(CommandError) as refused:
        ranked(cause="nonsense")
    assert refused.value.returncode == 2
