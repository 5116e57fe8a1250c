"""One mailbox, many spellings and many records: whoever said no is not written to, and nobody else is silenced.

S13: contacts share addresses in case, dots, tags, IDN and Unicode forms, are merged and erased in any order. What must
come of it is kept by a model of its own, which knows mailboxes and people and none of our tables.
"""

import unicodedata

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.errors import DomainError
from crm.handles import canonical_email
from crm.models import Influencer
from crm.services import addresses, merging, persons
from outreach.models import Message
from outreach.services import delivery, drafts, messages
from tests.factories import (
    NOW,
    CampaignFactory,
    InfluencerFactory,
    LinkFactory,
    OutreachFactory,
    TemplateFactory,
    UserFactory,
    VettingFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation", "own_keyring")]

# mailbox -> how it is written
SPELLINGS = {
    "gmail": ["amina.diallo@gmail.com", "AminaDiallo@GoogleMail.com", " a.m.inadiallo+press@gmail.com"],
    "idn": ["zoe@éco.example", "ZOE@xn--co-9ia.example", unicodedata.normalize("NFD", "zoe@éco.example")],
    "tagged": ["tom+collab@outlook.fr", "Tom@outlook.fr", "tom@OUTLOOK.FR"],
    "plain": ["sam@studio.example", "SAM@Studio.Example"],
    "other tag": ["sam+news@studio.example", "Sam+News@studio.example"],  # another mailbox, for all we know
    "dotted": ["s.am@studio.example"],
}
ALL = [(mailbox, spelled) for mailbox, forms in SPELLINGS.items() for spelled in forms]
PEOPLE = 5
who, where = st.integers(0, PEOPLE - 1), st.sampled_from(ALL)
STEP = st.one_of(
    st.tuples(st.just("has"), who, where),
    st.tuples(st.just("has"), who, where),
    st.tuples(st.just("no"), st.sampled_from(["unsubscribed", "declined", "complaint", "bounced"]), where),
    st.tuples(st.just("merge"), who, who),
    st.tuples(st.just("erase"), who, st.none()),
)


class World:
    """What the services did, beside what should have come of it."""

    def __init__(self) -> None:
        self.officer = UserFactory()
        self.people: list[Influencer | None] = [InfluencerFactory() for _ in range(PEOPLE)]
        self.of: dict[str, int] = {}  # mailbox -> whose it is
        self.no: set[str] = set()
        self.bounced: set[str] = set()
        self.erased: set[str] = set()

    def has(self, person: int, where: tuple[str, str]) -> None:
        mailbox, spelled = where
        if self.people[person] is None:
            return
        said = {"kind": "professional", "basis": "legitimate_interest", "source": "their page"}
        try:
            addresses.add(influencer=self.people[person], email=spelled, **said)
        except DomainError as error:
            taken = self.of.get(mailbox, person) != person
            assert error.code == ("person_erased_before" if mailbox in self.erased else "address_taken")
            assert taken or mailbox in self.erased
        else:
            assert self.of.setdefault(mailbox, person) == person

    def says_no(self, reason: str, where: tuple[str, str]) -> None:
        mailbox, spelled = where
        addresses.refuse(email=spelled, reason=reason, at=NOW)
        (self.bounced if reason == "bounced" else self.no).add(mailbox)

    def merge(self, winner: int, loser: int) -> None:
        if winner == loser or self.people[winner] is None or self.people[loser] is None:
            return
        merging.merge(winner=self.people[winner], loser=self.people[loser], by=self.officer, at=NOW)
        self.people[winner], self.people[loser] = Influencer.objects.get(pk=self.people[winner].pk), None
        self.of = {mailbox: winner if person == loser else person for mailbox, person in self.of.items()}

    def erase(self, person: int, _none: None) -> None:
        if self.people[person] is None:
            return
        persons.erase(influencer=Influencer.objects.get(pk=self.people[person].pk), at=NOW)
        self.people[person] = None
        gone = {mailbox for mailbox, owner in self.of.items() if owner == person}
        self.erased |= gone
        self.of = {mailbox: owner for mailbox, owner in self.of.items() if owner != person}

    def write_to_everybody(self) -> set[str]:
        """Each is asked once, by a message that was approved before anybody said no; the mailboxes it reached."""
        campaign, template = CampaignFactory(), TemplateFactory()
        for person in filter(None, self.people):
            outreach = OutreachFactory(campaign=campaign, influencer=person)
            LinkFactory(outreach=outreach)
            VettingFactory(influencer=person, cause=campaign.cause, by=self.officer)
            try:
                draft = drafts.draft(outreach=outreach, template=template, at=NOW, by=self.officer)
            except DomainError:
                continue
            messages.approve(message=draft, by=self.officer, at=NOW)
        delivery.deliver_due(at=NOW)
        sent = Message.objects.filter(state="sent").select_related("address")
        return {canonical_email(message.address.email) for message in sent}

    def should_be_reached(self) -> list[set[str]]:
        """For each person whom nobody silenced, the mailboxes of which one must be reached."""
        owned: dict[int, set[str]] = {}
        for mailbox, person in self.of.items():
            owned.setdefault(person, set()).add(mailbox)
        open_ones = [mailboxes - self.bounced for mailboxes in owned.values() if not mailboxes & self.no]
        return [mailboxes for mailboxes in open_ones if mailboxes]


NAMES = {canonical_email(spelled): mailbox for mailbox, spelled in ALL}


def live(steps) -> None:
    world = World()
    acts = {"has": world.has, "no": world.says_no, "merge": world.merge, "erase": world.erase}
    for act, first, second in steps:
        acts[act](first, second)
    reached = {NAMES[key] for key in world.write_to_everybody()}
    expected = world.should_be_reached()
    assert reached & (world.no | world.bounced | world.erased) == set()
    assert [len(mailboxes & reached) for mailboxes in expected] == [1] * len(expected)
    assert len(reached) == len(expected)


def test_every_spelling_is_the_mailbox_it_is():
    assert len(NAMES) == len(SPELLINGS)


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(STEP, min_size=4, max_size=14))
def test_whatever_order_things_happen_in(steps):
    with transaction.atomic():
        live(steps)
        transaction.set_rollback(True)


@pytest.mark.slow
@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(st.lists(STEP, min_size=4, max_size=20))
def test_whatever_order_things_happen_in_many_times(steps):
    with transaction.atomic():
        live(steps)
        transaction.set_rollback(True)
