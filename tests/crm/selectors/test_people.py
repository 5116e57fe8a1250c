"""Who somebody is to us: whether one may write to them, who listens, what to do next."""

from datetime import timedelta

import pytest

from crm import selectors
from crm.models import Address, AudienceShare, Influencer
from crm.services import addresses
from tests.factories import NOW, AccountFactory, AddressFactory, InfluencerFactory, VettingFactory

pytestmark = pytest.mark.django_db


def standing(person):
    return selectors.standings([person], at=NOW)[person.pk]


@pytest.mark.parametrize("kind", Address.Kind.values)
@pytest.mark.parametrize("basis", Address.Basis.values)
@pytest.mark.parametrize("source", ["", "her page"])
@pytest.mark.parametrize("has_said_no", [False, True])
def test_an_address_has_an_objection_exactly_where_it_is_not_usable(kind, basis, source, has_said_no):
    address = AddressFactory(kind=kind, basis=basis, source=source)
    if has_said_no:
        addresses.suppress(address=address, reason="unsubscribed", at=NOW)
    [seen] = standing(address.influencer).addresses
    assert bool(seen.objection) is not Address.objects.usable(at=NOW).exists()


def test_may_we_write():
    assert standing(InfluencerFactory()).code == "nowhere"
    account = AccountFactory()
    assert standing(account.influencer).code == "by_hand"
    AddressFactory(influencer=account.influencer)
    person = Influencer.objects.get(pk=account.influencer_id)
    assert standing(person).code == "yes"
    addresses.suppress_person(influencer=person, reason="declined", at=NOW)
    assert (standing(person).code, standing(person).suppression.reason) == ("no", "declined")
    account.delete()
    Address.objects.all().delete()
    assert standing(Influencer.objects.get(pk=person.pk)).code == "nowhere"


def test_a_no_said_later_is_none_yet():
    address = AddressFactory()
    addresses.suppress(address=address, reason="unsubscribed", at=NOW + timedelta(seconds=1))
    assert standing(address.influencer).code == "yes"


def test_everybody_is_asked_about_at_once(django_assert_num_queries):
    for _ in range(3):
        AddressFactory(influencer=AccountFactory().influencer)
    people = list(Influencer.objects.prefetch_related("addresses", "accounts"))
    with django_assert_num_queries(2):
        assert len(selectors.standings(people, at=NOW)) == 3


def test_the_audience_is_the_newest_reading_of_the_largest_account_that_has_one():
    large = AccountFactory(followers=9_000)
    small = AccountFactory(followers=10, platform="tiktok", influencer=large.influencer)
    for account, dimension, key, share, days in (
        (large, "country", "GB", 0.5, 0), (large, "country", "US", 0.9, 30), (small, "country", "FR", 0.9, 0),
        (small, "age", "25-34", 0.4, 0), (small, "age", "18-24", 0.3, 0),
    ):  # fmt: skip
        AudienceShare.objects.create(
            account=account, dimension=dimension, key=key, share=share, observed_at=NOW - timedelta(days), source="s"
        )
    seen = {
        part.dimension: (part.account, [share.key for share in part.shares])
        for part in selectors.audience(large.influencer)
    }
    assert seen == {"country": (large, ["GB"]), "age": (small, ["18-24", "25-34"])}


def next_code(person, *, has_causes=True) -> str:
    return selectors.next_step(standing(person), selectors.vettings(person), has_causes=has_causes)


def test_the_next_step_is_the_first_that_is_missing():
    assert next_code(InfluencerFactory()) == "find_address"
    person = AccountFactory().influencer
    assert next_code(person, has_causes=False) == "add_cause"
    assert next_code(person) == "vet"
    VettingFactory(influencer=person, verdict="refused")
    assert next_code(person) == "another_cause"
    VettingFactory(influencer=person)
    assert next_code(person) == "start"
    addresses.suppress_person(influencer=person, reason="declined", at=NOW)
    assert next_code(person) == "nothing"
