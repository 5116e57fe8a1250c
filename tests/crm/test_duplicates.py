"""Who may be known twice: found by what two profiles share, looked at once, and never found by what everybody has."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from crm.errors import DomainError
from crm.handles import emails_in, links_in
from crm.models import AccountHandle, DuplicateCandidate, DuplicateSearch, Influencer
from crm.services import duplicates
from tests.factories import NOW, AccountFactory, AddressFactory, InfluencerFactory, UserFactory, analysed, committed

pytestmark = pytest.mark.django_db


def person(name: str, *, bio: str = "", handle: str = "", platform: str = "instagram", **more) -> Influencer:
    made = InfluencerFactory(name=name, bio=bio, **more)
    if handle:
        AccountFactory(influencer=made, platform=platform, handle=handle)
    return made


def found() -> list:
    duplicates.find(at=NOW)
    return known()


def known() -> list:
    rows = DuplicateCandidate.objects.order_by("low", "high")
    return [(c.low.name, c.high.name, sorted((r["rule"], r["value"]) for r in c.reasons)) for c in rows]


def test_an_address_in_a_text_that_is_somebody_elses():
    AddressFactory(influencer=person("A"), email="Maia@Studio.example")
    person("B", bio="Write to maia@studio.example.")
    assert found() == [("A", "B", [("email", "maia@studio.example")])]


def test_the_same_address_in_two_notes():
    person("A", notes="agent: jo@agency.example")
    person("B", bio="jo@agency.example")
    assert found() == [("A", "B", [("email", "jo@agency.example")])]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (("instagram", "maia.riviere"), ("tiktok", "maia_riviere")),
        (("instagram", "maia.riviere"), ("instagram", "MaiaRiviereOff")),
        (("instagram", "maiaa"), ("youtube", "MaiaaSails")),
    ],
)
def test_one_name_and_handles_alike(ours, theirs):
    person("Maïa Rivière", platform=ours[0], handle=ours[1])
    person("maia  riviere", platform=theirs[0], handle=theirs[1])
    assert found() == [("Maïa Rivière", "maia  riviere", sorted([("handle", ours[1]), ("handle", theirs[1])]))]


def test_a_handle_that_an_account_had_before():
    account = AccountFactory(influencer=person("Maïa"), handle="sailing.maia")
    AccountHandle.objects.create(account=account, handle="maia_old", until=NOW)
    person("Maia", handle="maia.old", platform="tiktok")
    assert found() == [("Maïa", "Maia", [("handle", "maia.old"), ("handle", "maia_old")])]


@pytest.mark.parametrize(("one", "other"), [("maia.riviere", "m.riviere"), ("maia", "maiariv"), ("...", "___")])
def test_namesakes_with_other_handles_are_two_people(one, other):
    person("Maïa Rivière", handle=one)
    person("Maïa Rivière", handle=other, platform="tiktok")
    assert found() == []


def test_handles_alike_under_two_names_are_two_people():
    person("Maïa Rivière", handle="maia.riviere")
    person("Tom Rivière", handle="maia_riviere", platform="tiktok")
    assert found() == []


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("https://linktr.ee/maia", "linktr.ee/maia/ 🌊", ["linktr.ee/maia"]),
        ("www.maia.example", "More on https://maia.example/about?x=1.", ["maia.example"]),
        ("https://maia.example/a", "https://www.maia.example/a#b", ["maia.example", "maia.example/a"]),
    ],
)
def test_one_link(one, other, shared):
    person("A", bio=one)
    person("B", bio=other)
    assert found() == [("A", "B", [("link", value) for value in shared])]


@pytest.mark.parametrize(
    "link", ["https://youtube.com/maia", "https://www.linktr.ee", "m.facebook.com/maia", "e.g. and/or"]
)
def test_where_everybody_links_to_is_no_evidence(link):
    person("A", bio=link)
    person("B", bio=link)
    assert found() == []


def test_the_link_of_an_account_may_stand_in_another_bio():
    AccountFactory(influencer=person("A"), url="https://piaille.example/@maia")
    person("B", bio="https://piaille.example/@maia")
    assert found() == [("A", "B", [("link", "piaille.example/@maia")])]


@pytest.mark.parametrize(("people", "pairs"), [(20, 190), (21, 0)])
def test_what_many_share_says_nothing_of_any_two(people, pairs):
    for number in range(people):
        person(f"P{number}", bio="agency.example/team")
    duplicates.find(at=NOW)
    assert DuplicateCandidate.objects.count() == pairs


def test_nobody_is_merged_or_erased_while_somebody_searches():
    """The lock of both comes first: who waits for it holds nothing that the other wants."""
    with CaptureQueriesContext(connection) as queries:
        duplicates.find(at=NOW)
    taken = [query["sql"] for query in queries if "advisory" in query["sql"]]
    assert ["_shared(" in sql for sql in taken] == [True, False]


@pytest.mark.django_db(transaction=True)
def test_only_whoever_changed_is_looked_at_and_everybody_after_a_restore():
    first = person("A", bio="linktr.ee/maia")
    assert [search(), search()] == [1, 0]
    person("B", bio="linktr.ee/maia")
    assert search() == 1
    assert known() == [("A", "B", [("link", "linktr.ee/maia")])]
    AccountFactory(influencer=first)
    AddressFactory(influencer=first)
    assert [search(), search()] == [1, 0]
    DuplicateSearch.objects.update(horizon=10**12)  # of the cluster that the backup came from
    assert [search(), search()] == [2, 0]


def search() -> int:
    """A search, as if nobody else worked on this cluster: it goes on looking behind the oldest who still does."""
    looked_at = duplicates.find(at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        DuplicateSearch.objects.update(horizon=cursor.fetchone()[0])
    return looked_at


@pytest.mark.django_db(transaction=True)
def test_what_was_stored_while_somebody_searched_is_found_by_the_next_search():
    """A transaction that began before a search and ended after it: a clock would have gone past it."""
    person("A", bio="linktr.ee/maia")
    began, searched = threading.Event(), threading.Event()

    def store() -> None:
        try:
            with transaction.atomic():
                person("B", bio="linktr.ee/maia")
                began.set()
                searched.wait(20)
        finally:
            connection.close()

    writer = threading.Thread(target=store)
    writer.start()
    began.wait(20)
    assert duplicates.find(at=NOW) == 1
    searched.set()
    writer.join(20)
    assert found() == [("A", "B", [("link", "linktr.ee/maia")])]


def test_what_was_dismissed_comes_back_with_something_new_only():
    first = person("A", bio="linktr.ee/maia")
    person("B", bio="linktr.ee/maia")
    found()
    officer = UserFactory()
    duplicates.dismiss(candidate=DuplicateCandidate.objects.get(), by=officer, at=NOW)
    with pytest.raises(DomainError, match="duplicate_decided"):
        duplicates.dismiss(candidate=DuplicateCandidate.objects.get(), by=officer, at=NOW)
    duplicates.find(at=NOW + timedelta(days=1))
    assert not DuplicateCandidate.objects.waiting().exists()
    AddressFactory(influencer=first, email="maia@studio.example")
    Influencer.objects.filter(name="B").update(notes="maia@studio.example")
    duplicates.find(at=NOW + timedelta(days=2))
    [again] = DuplicateCandidate.objects.waiting()
    assert (again.found_at, len(again.reasons), again.decided_by) == (NOW + timedelta(days=2), 2, None)


def test_a_row_of_an_import_that_names_two_people_says_that_they_may_be_one():
    first, second = person("A", external_id="a1"), person("B")
    AddressFactory(influencer=second, email="b@x.example")
    batch = analysed("external_id,name,email\na1,A,b@x.example\n")
    assert not DuplicateCandidate.objects.exists()  # looking changes nothing
    committed(batch)
    [pair] = DuplicateCandidate.objects.all()
    assert (pair.low, pair.high) == (first, second)
    assert pair.reasons == [{"rule": "import", "value": "email external_id"}]


@pytest.mark.parametrize("text", ["a" * 200_000, "a." * 100_000, "@" * 100_000, "www." * 50_000, "a-" * 100_000 + "/"])
def test_a_text_made_to_be_slow_is_not(text):
    assert emails_in(text) == set()
    assert len(links_in(text)) <= 2
