"""Whoever takes in what a source tells may die anywhere: it is told again, and counts once."""

import pytest

from outreach.models import Conversion, SourceEvent
from tests.outreach.sending.nursery import Nursery
from tests.outreach.sources import payloads
from tests.outreach.test_sources import lately, source

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def nursery(organisation):
    made = Nursery(port=1)
    yield made
    made.close()


@pytest.mark.parametrize("times", [1, pytest.param(100, marks=pytest.mark.slow)])
def test_whoever_takes_a_gift_in_may_die_anywhere_and_it_counts_once(nursery, own_keyring, times):
    """Before it is stored, after, before that is committed, and before the answer."""
    row, points = source(), ("action.read", "action.written", "action.noted", "action.stored")
    for number in range(times * len(points)):
        body, point = lately(payloads.generic(external_id=f"K-{number}")).hex(), points[number % len(points)]
        nursery.start("hear", failpoint=point, source=row.pk, body=body)
        assert nursery.wait() == -9
        assert Conversion.objects.filter(external_id=f"K-{number}").count() == (point == "action.stored")
        nursery.start("hear", source=row.pk, body=body)  # it was not answered, so it comes again
        assert nursery.wait() == 0
        assert Conversion.objects.filter(external_id=f"K-{number}").count() == 1
    told = SourceEvent.objects.filter(outcome=SourceEvent.Outcome.COUNTED)
    assert Conversion.objects.count() == told.count() == times * len(points)
    assert set(Conversion.objects.values_list("amount_minor", flat=True)) == {2_500}
