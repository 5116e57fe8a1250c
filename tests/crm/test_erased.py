"""Whoever was erased does not come back: not by a file, a tool, a form, a late event. An administrator may allow it."""

import hashlib
import io
import json
import re
import threading

import pytest
from django.db import connection, transaction

from crm import keyring
from crm.errors import DomainError
from crm.formats.rows import AccountReading, InfluencerRow
from crm.models import Address, ErasureReceipt, ImportRow, Influencer, Suppression
from crm.services import addresses, erased, identity, importing, influencers, merging, persons, undo
from tests.factories import NOW, AccountFactory, AddressFactory, InfluencerFactory, UserFactory, analysed, imported
from tests.planting import dump

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_keyring")]

FILE = """\
external_id,name,email,platform,handle,platform_id
a1,Maïa Rivière,maia@x.example,instagram,maia.r,77
b2,Tom,tom@x.example,tiktok,tom,7
"""


def erase_maia() -> ErasureReceipt:
    return persons.erase(influencer=persons.find(email="Maia@x.example"), at=NOW, by=UserFactory())


@pytest.fixture
def receipt():
    imported(FILE)
    return erase_maia()


def test_the_same_file_again_stores_the_others_and_says_why_not_her(receipt):
    Influencer.objects.all().delete()
    batch = imported(FILE)
    assert list(Influencer.objects.values_list("name", flat=True)) == ["Tom"]
    row = ImportRow.objects.get(batch=batch, verdict="rejected")
    error = {"column": "", "code": "person_erased_before", "params": {"on": "2026-11-24"}}
    assert (row.title, row.raw, row.changes, row.errors) == ("", {}, {}, [error])
    assert "maia" not in json.dumps(dump()).lower()


def test_many_rows_that_speak_of_her_are_turned_away_at_once(receipt):
    lines = "".join(f"Maia {number},maia+{number}@x.example,tiktok,m{number}\n" for number in range(9))
    hers = "".join(f"Maia {number},maia@x.example,tiktok,m{number}\n" for number in range(9))
    told = []

    def look(execute, sql, params, many, context):
        told.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        batch = imported(f"name,email,platform,handle\n{lines}{hers}")
    assert batch.rejected_count == 9
    # Once when the file is looked at, and once when it is stored.
    assert len([sql for sql in told if sql.startswith('UPDATE "crm_stagedrow"')]) == 2


@pytest.mark.parametrize(
    "row",
    [
        {"email": "MAIA@X.example"},
        {"external_id": "a1", "name": "M"},
        {"accounts": (AccountReading(platform="instagram", handle="@Maia.R"),)},
        {"accounts": (AccountReading(platform="instagram", handle="new", platform_id="77"),)},
    ],
    ids=["address", "external id", "handle", "platform id"],
)
def test_by_any_of_her_names_she_is_not_stored(receipt, row):
    row = InfluencerRow(line=1, **{"name": "Maïa"} | row)
    with pytest.raises(DomainError, match="person_erased_before") as refused:
        influencers.store(row=row, source="by hand", at=NOW, by=UserFactory())
    assert refused.value.params == {"on": "2026-11-24"}
    with pytest.raises(DomainError, match="person_erased_before"):
        influencers.change(influencer=Influencer.objects.get(), profile=row, source="by hand", at=NOW, by=UserFactory())
    assert list(Influencer.objects.values_list("name", flat=True)) == ["Tom"]


def test_by_the_id_of_a_profile_that_was_merged_into_hers_she_is_not_stored():
    imported(FILE)
    hers, former = persons.find(email="maia@x.example"), InfluencerFactory(external_id="old7")
    merging.merge(winner=hers, loser=former, by=UserFactory(), at=NOW)
    erase_maia()
    batch = imported("external_id,name\nold7,Maïa\n")
    assert [row.errors[0]["code"] for row in ImportRow.objects.filter(batch=batch)] == ["person_erased_before"]
    assert list(Influencer.objects.values_list("name", flat=True)) == ["Tom"]


def test_her_address_is_not_given_to_somebody_else(receipt):
    with pytest.raises(DomainError, match="person_erased_before"):
        addresses.add(influencer=Influencer.objects.get(), email="maia@x.example")


def test_the_same_handle_elsewhere_is_somebody_else(receipt):
    account = AccountReading(platform="youtube", handle="maia.r", platform_id="77")
    stored = influencers.store(row=InfluencerRow(line=1, name="M", accounts=(account,)), source="x", at=NOW)
    assert stored.verdict == "created"


def test_a_file_that_was_looked_at_before_stores_her_no_more():
    """Its rows are staged already when she is erased; they were erased with her, and the file let go."""
    imported(FILE.replace("a1", "").replace("77", ""))
    waiting = analysed(FILE, filename="q.csv")
    erase_maia()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.pieces.count()) == ("failed", 0)
    with pytest.raises(DomainError, match="import_not_waiting"):
        importing.accept(batch=waiting)
    assert not Influencer.objects.filter(name__startswith="Ma").exists()


def test_a_new_key_of_the_instance_still_knows_her(receipt, settings):
    ring = json.loads(settings.KEYRING.read_text())
    settings.KEYRING = settings.KEYRING.with_name("rotated.json")
    settings.KEYRING.write_text(json.dumps({"current": "v2", "keys": ring["keys"] | {"v2": "ab" * 32}}))
    with pytest.raises(DomainError, match="person_erased_before"):
        influencers.store(row=InfluencerRow(line=1, name="M", email="maia@x.example"), source="x", at=NOW)


def test_an_import_she_came_with_can_still_be_taken_back():
    batch = imported(FILE)
    erase_maia()
    undo.undo(batch=batch, by=UserFactory(), at=NOW)
    assert not Influencer.objects.exists()


# Coming back ------------------------------------------------------------------------------------------------------------


def test_an_administrator_lets_her_come_back_and_her_other_no_stays():
    imported(FILE)
    address = Address.objects.get(email="maia@x.example")
    addresses.suppress(address=address, reason="complaint", at=NOW)
    receipt, ada = erase_maia(), UserFactory()
    lifted = persons.lift(receipt=receipt, said="https://instagram.com/maia.r", at=NOW, by=ada)
    assert (lifted.lifted_at, lifted.lifted_by) == (NOW, ada)
    assert list(Suppression.objects.values_list("reason", "scope")) == [("complaint", "partnership")]
    assert influencers.store(row=InfluencerRow(line=1, name="M", email="maia@x.example"), source="x", at=NOW)
    assert addresses.has_said_no(Influencer.objects.get(name="M"), at=NOW)


def test_a_refusal_of_every_message_outlives_a_lifting():
    address = AddressFactory(email="maia@x.example")
    addresses.suppress(address=address, reason="complaint", scope="all", at=NOW)
    persons.lift(receipt=erase_maia(), said="maia@x.example", at=NOW, by=UserFactory())
    assert list(Suppression.objects.values_list("reason", flat=True)) == ["complaint"]


@pytest.mark.parametrize("said", ["tom@x.example", "", "a2", "https://instagram.com/tom"])
def test_a_receipt_is_lifted_for_whom_it_is_only(receipt, said):
    with pytest.raises(DomainError, match="receipt_of_another"):
        persons.lift(receipt=receipt, said=said, at=NOW, by=UserFactory())


def test_a_receipt_is_lifted_once(receipt):
    persons.lift(receipt=receipt, said="a1", at=NOW, by=UserFactory())
    with pytest.raises(DomainError, match="receipt_lifted"):
        persons.lift(receipt=receipt, said="a1", at=NOW, by=UserFactory())


# What a thief of the dump learns -----------------------------------------------------------------------------------------


def test_from_the_dump_alone_nobody_is_recognised(receipt, settings):
    """By somebody who has every address there is: among them are hers, and no plain hash of what she is called stands there."""
    text = json.dumps(dump())
    found = set(re.findall(r"[0-9a-f]{32,64}", text))
    kept = {digest.partition(":")[2] for digest in receipt.digests}
    assert kept <= found
    names = ["maia@x.example", "MAIA@X.EXAMPLE", "Maia", "instagram:maia.r", "maia.r", "instagram:77", "77", "a1"]
    for name in names:
        raw = name.encode()
        for way in ("md5", "sha1", "sha256"):
            assert hashlib.new(way, raw).hexdigest() not in found
    keys = json.loads(settings.KEYRING.read_text())["keys"]
    assert not any(key in text for key in keys.values())


def test_nothing_is_hashed_while_nobody_was_erased(django_assert_num_queries):
    with django_assert_num_queries(2):  # holding off erasures, and whether there was any
        erased.refuse(run="00000000-0000-0000-0000-000000000000")


# At the same time --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_who_is_being_stored_while_they_are_erased_is_not_stored():
    """The row is read, she is erased, the row is stored: whoever comes second sees what the first did."""
    person = AddressFactory(email="maia@x.example").influencer
    AccountFactory(influencer=person, handle="maia.r")
    said = []

    def store() -> None:
        try:
            influencers.store(row=InfluencerRow(line=1, name="M", email="maia@x.example"), source="x", at=NOW)
        except DomainError as error:
            said.append(error.code)
        finally:
            connection.close()

    other = threading.Thread(target=store)
    with transaction.atomic():
        persons.erase(influencer=person, at=NOW)
        other.start()
        other.join(1)
        assert other.is_alive()  # it waits for us
    other.join(20)
    assert said == ["person_erased_before"]
    assert not Influencer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_import_that_takes_long_is_not_waited_for_without_end(monkeypatch):
    monkeypatch.setattr(identity, "_TRIES", 2)
    person, is_held, may_go = InfluencerFactory(), threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            identity.keep()
            is_held.set()
            may_go.wait(20)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    is_held.wait(20)
    try:
        with pytest.raises(DomainError, match="import_under_way"):
            persons.erase(influencer=person, at=NOW)
    finally:
        may_go.set()
        other.join(20)
    assert Influencer.objects.exists()


def test_a_file_read_where_it_lies_keeps_her_out_too(receipt):
    batch = importing.begin(subject="influencers", filename="p.csv", at=NOW)
    importing.run(batch=batch, stream=io.BytesIO(FILE.encode()), at=NOW, is_kept=True)
    batch.refresh_from_db()
    assert (batch.state, batch.rejected_count, batch.unchanged_count) == ("committed", 1, 1)
    assert keyring.digest("address", "maia@x.example") in receipt.digests
