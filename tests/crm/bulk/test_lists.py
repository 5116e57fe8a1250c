"""What lists know of people is what a fresh look at them finds, whatever wrote it."""

import re
from datetime import date
from uuid import uuid4

import pytest
from django.db import connection

from crm.formats.rows import AccountReading, AudienceShare, InfluencerRow, Parsed
from crm.models import AudienceShare as StoredShare
from crm.models import Influencer, Representation, Suppression
from crm.services import addresses, importing, influencers, merging, persons, representations, undo
from crm.services.bulk import lists, staging
from crm.services.bulk.run import applied
from tests.factories import NOW, AccountFactory, AddressFactory, InfluencerFactory, UserFactory

pytestmark = pytest.mark.django_db

KEPT = ("name", "search_text", "sort_name", "size", "is_contactable")


def known() -> tuple[list, list]:
    people = list(Influencer.objects.order_by("name", "pk").values_list(*KEPT))
    shares = list(StoredShare.objects.order_by("pk").values_list("key", "share", "is_newest"))
    return people, shares


def assert_as_a_fresh_look_finds() -> None:
    before = known()
    lists.refresh(Influencer.objects.values_list("pk", flat=True))
    assert known() == before


def row(line: int, **said) -> InfluencerRow:
    return InfluencerRow(line=line, **said)


def apply(*rows: InfluencerRow) -> None:
    run = uuid4()
    for _count in staging.stage(run=run, rows=[Parsed(each.line, each) for each in rows]):
        pass
    with applied(run=run, source="p.csv", at=NOW):
        pass


def account(followers: int | None, day: date | None = None, **said) -> AccountReading:
    return AccountReading("instagram", handle="ann.dives", followers=followers, observed_at=day, **said)


WRITTEN = {"email": "ann@x.example", "email_kind": "professional", "email_source": "her page"}


def test_what_factories_make_is_listed_as_it_is():
    """They keep what lists know by a way of their own, which costs a third."""
    ann = AccountFactory(influencer__name="Ann", followers=None).influencer
    AccountFactory(influencer=ann, platform="tiktok", handle="Ann.Élan", followers=7)
    AccountFactory(influencer=ann, platform="youtube", handle="UCann", followers=5)
    AddressFactory(influencer=ann)
    AddressFactory(influencer__name="Bob", basis="")
    Suppression.objects.create(subject=addresses.digest("no@x.example"), reason="unsubscribed", created_at=NOW)
    said_no = AddressFactory(influencer__name="Cy", email="no@x.example").influencer
    AddressFactory(influencer=said_no)
    agent = InfluencerFactory(name="Di", kind="agency")
    spoken_for = InfluencerFactory(name="Ed")
    Representation.objects.create(influencer=spoken_for, agent=agent)
    AddressFactory(influencer=agent)
    assert [person[-2:] for person in known()[0]] == [(7, True), (-1, False), (-1, False), (-1, True), (-1, True)]
    assert_as_a_fresh_look_finds()


def test_an_import_writes_it_with_the_people_it_makes():
    Suppression.objects.create(subject=addresses.digest("no@x.example"), reason="unsubscribed", created_at=NOW)
    apply(
        row(2, name="Ann", bio="Films the sea", accounts=(account(900),), basis="contract", **WRITTEN),
        row(3, name="Bob", **WRITTEN | {"email": "no@x.example"}, basis="contract"),
        row(4, name="Cy", **WRITTEN | {"email": "c@x.example"}, basis="consent"),
        row(5, name="Di", **WRITTEN | {"email": "d@x.example", "email_kind": ""}, basis="contract"),
        row(6, name="Eve", **WRITTEN | {"email": "e@x.example", "email_source": ""}, basis="contract"),
    )
    assert known()[0] == [
        ("Ann", "ann ann dives\nfilms the sea", "ann", 900, True),
        *((name, name.lower(), name.lower(), -1, False) for name in ("Bob", "Cy", "Di", "Eve")),
    ]
    assert_as_a_fresh_look_finds()


def test_a_later_import_keeps_it():
    apply(row(2, external_id="1", name="Ann", accounts=(account(900, date(2026, 1, 1)),)))
    heard = (AudienceShare("age", "18-24", 0.6),)
    apply(
        row(2, external_id="1", bio="Now she cooks", basis="contract", **WRITTEN),
        row(3, external_id="1", name="Anna", accounts=(account(1_200, date(2026, 3, 1), audience=heard),)),
        row(4, external_id="1", accounts=(account(50, date(2026, 2, 1), audience=(AudienceShare("age", "65+", 1),)),)),
    )
    people, shares = known()
    assert people == [("Anna", "anna ann dives\nnow she cooks", "anna", 1_200, True)]
    assert shares == [("18-24", 0.6, True), ("65+", 1.0, False)]
    assert_as_a_fresh_look_finds()


def test_an_import_taken_back_keeps_it(tmp_path):
    apply(row(2, external_id="1", name="Ann", accounts=(account(900, date(2026, 1, 1)),)))
    before = known()
    path = tmp_path / "people.csv"
    path.write_text(
        "external_id,name,bio,email,email_kind,email_source,basis,platform,handle,followers,audience_ages,observed_at\n"
        "1,Anna,Cooks,ann@x.example,professional,her page,contract,instagram,ann.dives,999,18-24:0.5,2026-05-01\n"
    )
    batch = importing.begin(subject="influencers", filename=path.name, at=NOW)
    with path.open("rb") as stream:
        importing.run(batch=batch, stream=stream, at=NOW, is_kept=True)
    assert known()[0] == [("Anna", "anna ann dives\ncooks", "anna", 999, True)]
    batch.refresh_from_db()
    undo.undo(batch=batch, by=UserFactory(), at=NOW)
    assert known() == before


def test_what_staff_do_keeps_it():
    person, by = InfluencerFactory(name="Ann"), UserFactory()
    address = addresses.add(influencer=person, email="ann@x.example", source="her page")
    assert not Influencer.objects.get(pk=person.pk).is_contactable
    said = {"source": "her page", "by": by, "at": NOW}
    addresses.correct(address=address, kind="professional", basis="contract", **said)
    assert Influencer.objects.get(pk=person.pk).is_contactable
    profile = row(1, name="Anna B", kind="person", bio="Cooks", accounts=(account(700),))
    influencers.change(influencer=person, profile=profile, source="by hand", at=NOW, by=by)
    assert known()[0] == [("Anna B", "anna b ann dives\ncooks", "anna b", -1, True)]
    addresses.suppress(address=address, reason="unsubscribed", at=NOW)
    assert not Influencer.objects.get(pk=person.pk).is_contactable
    assert_as_a_fresh_look_finds()


def test_whoever_said_no_for_good_is_not_contactable():
    person = AddressFactory().influencer
    assert person.is_contactable
    addresses.suppress_person(influencer=person, reason="declined", at=NOW)
    assert not Influencer.objects.get(pk=person.pk).is_contactable


def test_an_agent_opens_and_shuts_a_door_for_everybody_they_speak_for():
    agent, by = AddressFactory(influencer__name="Agency", influencer__kind="agency"), UserFactory()
    made = [
        representations.begin(influencer=InfluencerFactory(), agent=agent.influencer, by=by, at=NOW) for _n in range(2)
    ]

    def doors() -> list[bool]:
        people = Influencer.objects.filter(representations__in=made)
        return list(people.order_by("pk").values_list("is_contactable", flat=True))

    assert doors() == [True, True]
    representations.end(representation=made[0], until_date=NOW.date(), by=by, at=NOW)
    assert doors() == [False, True]
    addresses.suppress(address=agent, reason="unsubscribed", at=NOW)
    assert doors() == [False, False]
    assert_as_a_fresh_look_finds()


def test_whoever_an_erased_agent_spoke_for_is_not_contactable_through_them():
    agent, by = AddressFactory(influencer__name="Agency", influencer__kind="agency"), UserFactory()
    person = InfluencerFactory()
    representations.begin(influencer=person, agent=agent.influencer, by=by, at=NOW)
    persons.erase(influencer=agent.influencer, at=NOW)
    assert not Influencer.objects.get(pk=person.pk).is_contactable
    assert_as_a_fresh_look_finds()


# A new row holds those it leads to.
HOLDS_PEOPLE = re.compile(
    r'crm_influencer\b.*FOR (NO KEY )?UPDATE$|FOR UPDATE OF "crm_influencer"|^INSERT INTO "crm_(address|representation)"',
    re.DOTALL,
)


def correct(address, *, by) -> None:
    said = {"kind": "professional", "basis": "contract", "source": "elsewhere"}
    addresses.correct(address=address, **said, by=by, at=NOW)


def change(person, *, by) -> None:
    influencers.change(
        influencer=person, profile=row(1, name="Another", kind="person"), source="by hand", at=NOW, by=by
    )


def speak_no_more_for(agent, *, by) -> None:
    """Whoever has an agent may be one."""
    [made] = Representation.objects.filter(influencer=agent)
    representations.end(representation=made, until_date=NOW.date(), by=by, at=NOW)


def held_first(act) -> set:
    """The ids of the people that are held before any other of them is."""
    seen = []

    def look(execute, sql, params, many, context):
        if HOLDS_PEOPLE.search(sql):
            seen.append(set(params["ids"] if isinstance(params, dict) else params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        act()
    return seen[0]


@pytest.mark.parametrize(
    "act",
    [
        lambda agent, by: addresses.suppress_person(influencer=agent, reason="declined", at=NOW),
        lambda agent, by: persons.erase(influencer=agent, at=NOW),
        lambda agent, by: merging.merge(winner=agent, loser=InfluencerFactory(), by=by, at=NOW),
        lambda agent, by: addresses.suppress(address=agent.addresses.get(), reason="unsubscribed", at=NOW),
        lambda agent, by: correct(agent.addresses.get(), by=by),
        lambda agent, by: addresses.add(influencer=agent, email="new@x.example"),
        lambda agent, by: change(agent, by=by),
        lambda agent, by: representations.begin(influencer=InfluencerFactory(), agent=agent, by=by, at=NOW),
        lambda agent, by: speak_no_more_for(agent, by=by),
    ],
    ids=["no", "erasure", "merge", "no of an address", "correction", "address", "change", "agent", "no agent"],
)
def test_whoever_an_agent_speaks_for_is_held_with_them(act):
    """Their ids are lower: held afterwards, they would be waited for by an import that holds them and wants the agent."""
    person, agent, by = InfluencerFactory(), AddressFactory().influencer, UserFactory()
    for each in ((person, agent), (agent, InfluencerFactory())):
        representations.begin(influencer=each[0], agent=each[1], by=by, at=NOW)
    assert held_first(lambda: act(agent, by)) >= {person.pk, agent.pk}


@pytest.fixture
def pair():
    winner = AddressFactory(influencer__name="Ann", influencer__bio="Dives").influencer
    loser = AddressFactory(influencer__name="Ana").influencer
    AccountFactory(influencer=loser, handle="ana.dives", followers=7_000)
    lists.refresh([winner.pk, loser.pk])
    return winner, loser


def test_a_merge_keeps_it_and_taking_it_apart_does(pair):
    by = UserFactory()
    before = known()
    merged = merging.merge(winner=pair[0], loser=pair[1], by=by, at=NOW)
    assert known()[0] == [("Ann", "ann ana dives\ni dive and film the sea", "ann", 7_000, True)]
    assert_as_a_fresh_look_finds()
    merging.unmerge(merge=merged, by=by, at=NOW)
    assert known() == before
    assert_as_a_fresh_look_finds()


def test_what_came_between_a_merge_and_its_undoing_is_known_of_both(pair):
    by = UserFactory()
    merged = merging.merge(winner=pair[0], loser=pair[1], by=by, at=NOW)
    addresses.suppress_person(influencer=pair[0], reason="declined", at=NOW)
    AccountFactory(influencer=pair[0], handle="ann.new", followers=9_000)
    lists.refresh([pair[0].pk])
    merging.unmerge(merge=merged, by=by, at=NOW)
    assert not Influencer.objects.filter(is_contactable=True).exists()
    assert_as_a_fresh_look_finds()


def test_an_import_that_tells_nothing_but_followers_keeps_it():
    apply(row(2, external_id="1", name="Ann", accounts=(account(900, date(2026, 1, 1)),)))
    apply(row(2, external_id="1", accounts=(account(950, date(2026, 2, 1)),)))
    assert known()[0] == [("Ann", "ann ann dives", "ann", 950, False)]
