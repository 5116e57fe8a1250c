"""Rows put away are put back as they were, also into a table that has grown meanwhile."""

import pytest

from crm.models import Influencer
from crm.services import shelf
from tests.factories import InfluencerFactory

pytestmark = pytest.mark.django_db


def test_rows_are_as_before():
    InfluencerFactory(notes="Met in Brest.", interests=["sea"])
    [row] = shelf.take(Influencer, Influencer.objects.values_list("pk", flat=True))
    Influencer.objects.all().delete()
    shelf.put_back(Influencer, [row])
    assert shelf.take(Influencer, [row["id"]]) == [row]


def test_a_column_that_is_newer_than_the_row_says_what_it_says_of_a_new_one():
    InfluencerFactory(notes="Met in Brest.", interests=["sea"], country="FR")
    [row] = shelf.take(Influencer, Influencer.objects.values_list("pk", flat=True))
    Influencer.objects.all().delete()
    newer = {"size", "is_contactable", "notes", "interests", "batch_id", "last_contacted_at"}
    shelf.put_back(Influencer, [{name: value for name, value in row.items() if name not in newer}])
    [back] = shelf.take(Influencer, [row["id"]])
    says = {
        "size": -1,
        "is_contactable": False,
        "notes": "",
        "interests": [],
        "batch_id": None,
        "last_contacted_at": None,
    }
    assert back == row | says


def test_a_column_that_is_no_more_is_forgotten():
    InfluencerFactory()
    [row] = shelf.take(Influencer, Influencer.objects.values_list("pk", flat=True))
    Influencer.objects.all().delete()
    shelf.put_back(Influencer, [row | {"mood": "sunny"}])
    assert shelf.take(Influencer, [row["id"]]) == [row]
