"""Long lists: counted so far and no further, and sorted without walking them."""

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Upper

from crm.models import Influencer
from crm.models.searching import last_contact
from crm.selectors import counting
from crm.selectors.counting import counted, keys, only, sorted_whole, walked
from tests.factories import NOW, AccountFactory, InfluencerFactory

pytestmark = pytest.mark.django_db


def plan(rows) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    return rows.explain()


def test_counted_to_the_cap_and_told_that_there_are_more(monkeypatch):
    InfluencerFactory.create_batch(3)
    monkeypatch.setattr(counting, "CAP", 3)
    assert counted(Influencer.objects.all()) == (3, False)
    InfluencerFactory()
    assert counted(Influencer.objects.all()) == (3, True)


ORDERS = pytest.mark.parametrize(
    "order",
    [
        ("sort_name", "pk"),
        ("-sort_name", "-pk"),
        ("-size", "sort_name", "pk"),
        (F("last_contacted_at").desc(nulls_last=True), "pk"),
        (F("last_contacted_at").asc(nulls_first=True), "-pk"),
        ("-pk",),
        (F("size"), "pk"),
        (last_contact(), "-pk"),
        (last_contact().desc(), "pk"),
    ],
)


@ORDERS
def test_sorted_whole_is_the_same_order(order):
    for name, at in (("Zoé", NOW), ("Amina", None), ("Marie", NOW), ("Amina", NOW)):
        InfluencerFactory(name=name, last_contacted_at=at)
    rows = Influencer.objects.order_by(*order)
    assert list(sorted_whole(rows)) == list(rows)
    assert list(sorted_whole(rows)[1:3]) == list(rows[1:3])
    assert list(sorted_whole(sorted_whole(rows))) == list(rows)


@ORDERS
def test_a_page_found_by_keys_and_one_walked_for_are_the_same(order):
    for name, at in (("Zoé", NOW), ("Amina", None), ("Marie", NOW), ("Amina", NOW), ("Tom", NOW)):
        InfluencerFactory(name=name, last_contacted_at=at)
    asked = Influencer.objects.exclude(name="Tom").order_by(*order)
    rows = list(asked)
    assert sorted(keys(asked)) == sorted(person.pk for person in rows)
    assert len(keys(asked, cap=2)) == 3
    assert list(sorted_whole(only(asked, keys(asked)))) == list(walked(asked, 0, 9)) == rows
    assert list(sorted_whole(only(asked, keys(asked)))[1:3]) == list(walked(asked, 1, 2)) == rows[1:3]
    assert list(only(asked, [])) == []


def test_what_led_to_the_keys_is_not_asked_again_and_what_comes_with_a_row_stays(django_assert_num_queries):
    account = AccountFactory(influencer__name="Marie")
    asked = Influencer.objects.filter(name="Marie").prefetch_related("accounts").annotate(loud=Upper("name"))
    rows = only(asked, keys(asked))
    assert "'Marie'" not in str(rows.query)
    with django_assert_num_queries(2):
        assert [(row.loud, list(row.accounts.all())) for row in rows] == [("MARIE", [account])]


def test_rows_in_no_order_stay_so():
    rows = Influencer.objects.all()
    assert sorted_whole(rows) is rows


@pytest.mark.parametrize("order", [("sort_name", "pk"), ("-pk",), ("country", "sort_name", "pk")])
def test_no_index_is_walked(order):
    rows = Influencer.objects.filter(notes="x").order_by(*order)
    assert "Index Scan" in plan(rows[:50])
    assert "Sort Key" in plan(sorted_whole(rows)[:50])
