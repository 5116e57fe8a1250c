"""A file is shown before it is stored, and the same file twice changes nothing."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction

from crm.errors import DomainError
from crm.formats.rows import AccountReading, InfluencerRow, Parsed, PostReading
from crm.models import (
    AccountSnapshot,
    Address,
    AudienceShare,
    ImportBatch,
    Influencer,
    SocialAccount,
    StagedRow,
    Suppression,
)
from crm.services import addresses, importing
from crm.services.bulk import rounds, staging
from tests.factories import NOW, analysed, committed, imported, uploaded, worked
from tests.rows import rows

pytestmark = pytest.mark.django_db

FILE = """\
external_id,name,email,email_kind,email_source,basis,languages,country,topics,platform,handle,followers,audience_countries
a1,Maïa Rivière,maia@studio.example,professional,her page,legitimate_interest,fr,FR,sdg-14|surf,instagram,maia.plonge,48000,FR:0.7|BE:0.1
a1,Maïa Rivière,maia@studio.example,professional,her page,legitimate_interest,fr,FR,sdg-14|surf,youtube,MaiaPlonge,9000,FR:0.6
,Tom Baker,tom@kitchen.example,,,consent,en,GB,,youtube,tombakes,910000,
,,,,,,,,,,,,
"""


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    return batch.created_count, batch.updated_count, batch.unchanged_count, batch.rejected_count


def everything() -> dict:
    return rows([Influencer, SocialAccount, AccountSnapshot, AudienceShare, Address, Suppression])


def test_looking_changes_nothing():
    batch = analysed(FILE)
    assert batch.state == "analysed"
    assert counts(batch) == (2, 1, 0, 1)
    assert not any(everything().values())


def test_storing_does_what_looking_said():
    seen = analysed(FILE)
    said = counts(seen)
    assert counts(committed(seen)) == said
    maia = Influencer.objects.get(external_id="a1")
    assert sorted(maia.accounts.values_list("platform", "handle", "followers")) == [
        ("instagram", "maia.plonge", 48_000),
        ("youtube", "MaiaPlonge", 9_000),
    ]
    assert [topic.slug for topic in maia.topics.all()] == ["sdg-14"]
    assert maia.interests == ["surf"]
    assert dict(maia.accounts.get(platform="instagram").audience.values_list("key", "share")) == {"FR": 0.7, "BE": 0.1}


def test_a_new_person_s_row_tells_everything_it_brings_but_the_address_itself():
    row = analysed(FILE).rows.get(line=2)
    assert {"name", "languages", "country", "topics", "interests", "addresses", "instagram.followers"} <= set(
        row.changes
    )
    assert row.changes["addresses"] == [None, "professional"]
    assert "maia@" not in str(row.changes)


def test_a_rejected_row_is_known_by_the_name_it_gives():
    row = analysed("name,country\nAnn,Atlantis\n").rows.get()
    assert (row.verdict, row.title) == ("rejected", "Ann")


def test_an_address_nobody_may_write_to_yet_is_said_by_the_file_s_own_column():
    batch = analysed("Nom;Courriel;Type d’adresse;Base légale\nAnn;ann@studio.example;pro;\n")
    told = [(error["column"], error["code"]) for error in batch.rows.get().errors]
    assert told == [("email_source", "address_without_email_source"), ("Base légale", "address_without_basis")]


def test_the_same_file_again_changes_nothing():
    imported(FILE)
    before = everything()
    again = imported(FILE, at=NOW + timedelta(days=3))
    assert counts(again) == (0, 0, 3, 1)
    assert everything() == before


def test_consent_is_never_taken_from_a_file():
    batch = imported(FILE)
    tom = Address.objects.get(email="tom@kitchen.example")
    assert tom.basis == ""
    remarks = [error["code"] for row in batch.rows.all() for error in row.errors if row.verdict != "rejected"]
    assert [code for code in remarks if code != "topics_as_interests"] == ["consent_not_imported"]
    assert not Influencer.objects.contactable(at=NOW).filter(name="Tom Baker").exists()


def test_an_import_never_lifts_a_no():
    imported(FILE)
    maia = Influencer.objects.get(external_id="a1")
    addresses.suppress(address=maia.addresses.get(), reason="unsubscribed", at=NOW)
    imported(FILE.replace("her page", "another page"), at=NOW + timedelta(days=1))
    assert Suppression.objects.count() == 1
    assert not Influencer.objects.contactable(at=NOW + timedelta(days=1)).filter(pk=maia.pk).exists()


def test_blank_never_matches_blank():
    imported("name,platform,handle\nAnn,instagram,ann.a\nBob,instagram,bob.b\n")
    assert Influencer.objects.count() == 2


def test_what_a_row_leaves_blank_stays():
    imported(FILE)
    imported("external_id,name,bio\na1,,Plongeuse\n")
    maia = Influencer.objects.get(external_id="a1")
    assert (maia.name, maia.country, maia.bio) == ("Maïa Rivière", "FR", "Plongeuse")


def test_a_row_that_names_two_people_is_rejected_and_changes_neither():
    imported(FILE)
    before = everything()
    batch = imported("external_id,email\na1,tom@kitchen.example\n")
    assert counts(batch) == (0, 0, 0, 1)
    assert batch.rows.get().errors[0]["code"] == "identity_conflict"
    assert everything() == before


def test_a_decision_is_taken_once():
    batch = imported(FILE)
    with pytest.raises(DomainError, match="import_not_waiting"):
        importing.accept(batch=batch)
    with pytest.raises(DomainError, match="import_not_waiting"):
        importing.discard(batch=batch, at=NOW)


def test_a_discarded_file_is_let_go_and_stores_nothing():
    batch = analysed(FILE)
    importing.discard(batch=batch, at=NOW)
    batch.refresh_from_db()
    assert (batch.state, batch.pieces.count()) == ("discarded", 0)
    assert not Influencer.objects.exists()


def test_an_unusable_file_says_so_and_waits_for_nothing():
    batch = analysed('{"colour": "red"}')
    assert batch.state == "failed"
    assert batch.error["code"] == "report_unknown"


def test_a_worker_that_died_is_followed_by_another():
    batch = uploaded(FILE)
    ImportBatch.objects.filter(pk=batch.pk).update(lease_until=NOW + timedelta(minutes=30))
    assert not ImportBatch.objects.due(at=NOW).exists()
    later = NOW + timedelta(minutes=31)
    importing.work(batch=ImportBatch.objects.due(at=later).get(), at=later)
    batch.refresh_from_db()
    assert batch.state == "analysed"


@pytest.mark.parametrize(
    ("content", "code"), [(b"", "file_empty"), (b" \n", "file_empty"), (b"x" * 101, "file_too_large")]
)
def test_what_cannot_be_a_file_is_refused_at_the_door(content, code):
    with pytest.raises(DomainError, match=code):
        importing.upload(subject="influencers", filename="p.csv", stream=io.BytesIO(content), max_bytes=100, at=NOW)
    assert not ImportBatch.objects.exists()


def test_an_older_file_adds_to_the_history_and_changes_nothing_of_today():
    header = "platform,handle,platform_id,followers,engagement_rate,observed_at\n"
    imported(f"{header}x,ann_new,1,200,0.04,2026-02-01\n")
    batch = imported(f"{header}x,ann,1,100,0.09,2026-01-01\n")
    account = SocialAccount.objects.get()
    assert (account.handle, account.followers, account.engagement_rate) == ("ann_new", 200, 0.04)
    assert sorted(account.snapshots.values_list("followers", flat=True)) == [100, 200]
    assert batch.rows.get().changes == {"x.snapshot": [None, "2026-01-01"]}


def test_a_file_of_posts_of_one_account_is_one_round():
    post = [PostReading(platform_id=str(n), published_at=NOW) for n in range(30)]
    rows = [
        Parsed(n, InfluencerRow(n, name="Ann", accounts=(AccountReading("x", "ann", published=(post[n],)),)))
        for n in range(30)
    ]
    run = uuid4()
    assert list(staging.stage(run=run, rows=rows)) == [30]
    with transaction.atomic():
        assert rounds.prepare(run=run) == 1


def test_what_a_killed_worker_staged_in_part_is_read_again_as_a_whole():
    batch = analysed(FILE)
    StagedRow.objects.filter(run=batch.public_id, line__gt=2).delete()
    assert counts(committed(batch)) == (2, 1, 0, 1)


def test_a_file_that_fails_leaves_nobody_staged():
    batch = uploaded("[1]")
    StagedRow.objects.create(run=batch.public_id, line=2)
    assert worked(batch).state == "failed"
    assert not StagedRow.objects.exists()
