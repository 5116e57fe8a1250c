"""Who may be written to: lists, the page of a person and the gate say the same."""

from datetime import timedelta

import pytest

from crm import selectors
from crm.models import Address, Influencer
from crm.services import addresses, representations
from tests.factories import NOW, AccountFactory, AddressFactory, InfluencerFactory, UserFactory

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


@pytest.fixture
def person():
    return InfluencerFactory()


def own(person, **said) -> Address:
    return AddressFactory(influencer=person, **said)


def with_agent(person, **said) -> Address:
    agent = AddressFactory(**said)
    representations.begin(influencer=person, agent=agent.influencer, by=UserFactory(), at=NOW)
    return agent


def no(address: Address, *, at=NOW) -> None:
    addresses.suppress(address=address, reason="unsubscribed", at=at)


CASES = {
    "nowhere": (lambda p: None, "nowhere"),
    "by hand": (lambda p: AccountFactory(influencer=p), "by_hand"),
    "own address": (own, "yes"),
    "address without a basis": (lambda p: own(p, basis=""), "nowhere"),
    "own no": (lambda p: no(own(p)), "no"),
    "two addresses": (lambda p: (own(p), own(p)), "yes"),
    "two addresses, a no at one": (lambda p: (own(p), no(own(p))), "no"),
    "agent": (with_agent, "agent"),
    "agent who said no": (lambda p: no(with_agent(p)), "nowhere"),
    "agent, and an own no": (lambda p: (with_agent(p), no(own(p))), "no"),
    "agent who said no, and an own address": (lambda p: (no(with_agent(p)), own(p)), "yes"),
    "agent with two addresses, a no at one": (lambda p: no(own(with_agent(p).influencer)), "agent"),
    "a no to come": (lambda p: (with_agent(p), no(own(p), at=LATER)), "yes"),
    "no for good": (lambda p: (own(p), addresses.suppress_person(influencer=p, reason="declined", at=NOW)), "no"),
}


@pytest.mark.parametrize(("make", "code"), CASES.values(), ids=CASES)
def test_everybody_who_says_it_says_the_same(person, make, code):
    make(person)
    may_write = code in {"yes", "agent"}
    assert selectors.standings([person], at=NOW)[person.pk].code == code
    assert Influencer.objects.contactable(at=NOW).filter(pk=person.pk).exists() is may_write
    assert addresses.has_said_no(person, at=NOW) is (code == "no")
    later = selectors.standings([Influencer.objects.get(pk=person.pk)], at=LATER)[person.pk].code
    assert Influencer.objects.get(pk=person.pk).is_contactable is (later in {"yes", "agent"})
