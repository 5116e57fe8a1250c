"""Erased is erased: searched for in the whole database. And what somebody is told of themself is all there is."""

import json
import logging
from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.backends.db import SessionStore
from django.db import models

from crm.errors import DomainError
from crm.models import (
    ApiToken,
    AuditEvent,
    IdempotencyKey,
    ImportBatch,
    ImportPiece,
    ImportRow,
    Influencer,
    Merge,
    SavedView,
    StagedAccount,
    StagedRow,
    Suppression,
)
from crm.services import merging, person_plans, persons
from tests.factories import NOW, InfluencerFactory, UserFactory
from tests.planting import AMELIE, BRUNO, dump, hits, plant

pytestmark = pytest.mark.django_db

COLUMNS = [
    f"{model._meta.label_lower}.{column.name}"
    for model in person_plans.planned()
    if person_plans.plan_of(model).path is not None
    for column in model._meta.concrete_fields
    if isinstance(column, models.CharField | models.TextField | models.JSONField | models.BinaryField)
]


def scatter(who) -> None:
    """The same person where no key leads to them: other imports, waiting files, kept answers, Django's own tables."""
    batch = ImportBatch.objects.create(subject="influencers", filename="other.csv", sha256="1", uploaded_at=NOW)
    cells = {"Name": who.name, "Mail": who.email.upper(), "Konto": f"@{who.handle}", "Id": who.platform_id}
    for line, (title, raw) in enumerate([(who.name, None), ("", cells), ("x", {"Mail": f"mailto:{who.email}"})]):
        errors = [{"column": "email", "code": "email_invalid", "params": {"value": who.handle}}]
        ImportRow.objects.create(batch=batch, line=line, verdict="rejected", title=title, errors=errors, raw=raw)
    waiting = ImportBatch.objects.create(
        subject="influencers", filename=f"export-{who.handle}.csv", sha256="2", uploaded_at=NOW, state="analysed"
    )  # fmt: skip
    content = f"name;mail\n{who.name};{who.email}\n".encode("utf-16")
    middle = content.index(who.email.encode("utf-16-le")) + len(who.email)  # one piece ends within their address
    for number, piece in enumerate([content[:middle], content[middle:]]):
        ImportPiece.objects.create(batch=waiting, number=number, content=piece)
    row = {"run": waiting.public_id, "line": 1}
    StagedRow.objects.create(**row, name=who.name, email=who.email, email_key=who.email, title=who.name, bio=who.phone)
    StagedAccount.objects.create(**row, place=0, platform="x", handle=who.handle, handle_key=who.handle)
    token = ApiToken.objects.create(user=UserFactory(), name="t", prefix=str(who.number), scopes=[], created_at=NOW)
    body = json.dumps({"results": [{"id": str(who.person.public_id), "name": who.name}]})
    IdempotencyKey.objects.create(token=token, key="k", request_hash="0", body=body, created_at=NOW)
    kind = ContentType.objects.get_for_model(Influencer)
    entry = {"user": token.user, "content_type": kind, "action_flag": 2}
    LogEntry.objects.create(**entry, object_id=str(who.person.pk), object_repr=who.name)
    LogEntry.objects.create(**entry, object_id="0", object_repr="x", change_message=f"Merged with {who.name}.")
    session = SessionStore()
    session["_messages"] = f"Noted: {who.name} is cleared."
    session.save()


def open_sessions() -> str:
    """What lies in sessions is packed: unpacked, it is searched like the rest."""
    from django.contrib.sessions.models import Session

    return json.dumps([session.get_decoded() for session in Session.objects.all()], ensure_ascii=False)


def test_every_text_list_and_blob_is_planted():
    who = plant(**AMELIE)
    tables = {model._meta.db_table for model in who.rows}
    assert {needle for table, needle in hits(who.needles()) if table.removeprefix("public.") in tables} == set(
        who.needles()
    )
    for model, row in who.rows.items():
        empty = [c.name for c in model._meta.concrete_fields if getattr(row, c.attname) in ("", [], {}, None)]
        # A verdict is of no conversation, and counts no actions; a message goes to one place; a letter may be nobody's,
        # and what is under way does not say when it goes on.
        fine = {"batch", "reason", "about", "actions", "reached", "value", "account", "user"}
        assert set(empty) <= fine | {"outreach", "answers", "matched_by", "resumes_date"}, model


def test_nothing_is_left_of_them_in_the_whole_database(caplog):
    caplog.set_level(logging.DEBUG)
    who = plant(**AMELIE)
    scatter(who)
    assert len({needle for _table, needle in hits(who.needles())}) == 12
    receipt = persons.erase(influencer=who.person, at=NOW, by=UserFactory())
    ids = [str(row.public_id) for row in who.rows.values() if hasattr(row, "public_id")]
    assert sorted(model._meta.label for model in who.told_elsewhere) == [
        "crm.DuplicateCandidate",
        "crm.Representation",
        "outreach.InboundMessage",
        "outreach.Message",
    ]
    kept = (
        "outreach_outreach",
        "outreach_message",
        "outreach_link",
        "outreach_enrolment",
        "outreach_inboundmessage",
        "outreach_publication",
        "outreach_cost",
    )  # statistics, which nothing leads on from
    assert hits([*who.needles(), who.handle.upper()]) == []
    assert [hit for hit in hits(ids) if not hit[0].endswith(kept)] == []
    assert not any(needle in open_sessions() for needle in who.needles())
    logged = "\n".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    assert not any(needle in logged for needle in who.needles())
    assert set(receipt.digests) == set(Suppression.objects.values_list("subject", flat=True))


def test_statistics_and_the_keyed_hashes_stay():
    who = plant(**AMELIE)
    receipt = persons.erase(influencer=who.person, at=NOW)
    rows = {model._meta.label: model._base_manager.count() for model in who.rows}
    assert {label: number for label, number in rows.items() if number} == {
        "crm.Influencer": 5,  # agents, and the others of pairs: somebody else
        "crm.AuditEvent": 8, "crm.ImportRow": 1, "outreach.Outreach": 2, "outreach.Link": 1, "outreach.Message": 2,
        "outreach.Enrolment": 1, "outreach.InboundMessage": 2, "outreach.MailEvent": 1, "outreach.Cost": 1,
        "outreach.Publication": 1, "outreach.PublicationMetric": 1,
    }  # fmt: skip
    known = Suppression.objects.values_list("scope", "reason", "created_at")
    assert list(known) == [("all", "erased", NOW)] * 5  # address, platform id, handle, id elsewhere, former one
    assert receipt.counts["crm.influencer"] == {"removed": 1}
    assert receipt.counts["outreach.message"] == {"cleared": 2}  # one was sent to them for somebody they speak for
    assert receipt.counts["crm.representation"] == receipt.counts["crm.duplicatecandidate"] == {"removed": 2}
    trail = AuditEvent.objects.order_by("pk").values_list("table", "operation", "influencer")
    cost, published, somebody_else, *no = trail  # and nothing about the person
    assert published == ("outreach_publication", "INSERT", None)
    assert somebody_else == ("outreach_outreach", "INSERT", None)
    assert cost == ("outreach_cost", "INSERT", None)  # what was spent stays, and whose it was is told nowhere
    assert no == [("crm_suppression", "INSERT", None)] * 5


def test_somebody_else_s_rows_stay_byte_for_byte():
    bruno = plant(**BRUNO)
    scatter(bruno)
    before = dump()
    amelie = plant(**AMELIE)
    scatter(amelie)
    persons.erase(influencer=amelie.person, at=NOW)
    after = dump()
    gone = {table: set(rows) - set(after[table]) for table, rows in before.items()}
    assert {table: rows for table, rows in gone.items() if rows} == {}


def test_a_handle_that_is_an_everyday_word_empties_nobody_else_s_rows():
    amelie, bruno = plant(**AMELIE | {"handle": "anna", "platform_id": "1"}), plant(**BRUNO)
    mine = ImportRow.objects.create(batch=ImportBatch.objects.first(), line=7, verdict="rejected", raw={"x": "@Anna"})
    texts = {"title": "Anna B.", "raw": {"a": "joanna", "b": "anna banana", "n": 11}}
    theirs = ImportRow.objects.create(batch=mine.batch, line=8, verdict="rejected", **texts)
    keyed = ImportRow.objects.create(
        batch=mine.batch, line=9, verdict="created", influencer=bruno.person, raw={"x": "anna"}
    )
    persons.erase(influencer=amelie.person, at=NOW)
    assert ImportRow.objects.get(pk=mine.pk).raw is None
    assert ImportRow.objects.get(pk=theirs.pk).raw == texts["raw"]
    assert ImportRow.objects.get(pk=keyed.pk).raw == {"x": "anna"}


def test_a_merge_of_others_in_whose_record_they_stand_stays_and_is_past_taking_apart():
    who, by = plant(**AMELIE), UserFactory()
    winner, loser = InfluencerFactory(), InfluencerFactory(notes=f"Shares {who.email} with her.")
    merged = merging.merge(winner=winner, loser=loser, by=by, at=NOW, keep={"notes": "winner"})
    persons.erase(influencer=who.person, at=NOW)
    assert (Merge.objects.get(pk=merged.pk).record, hits([who.email])) == (None, [])
    with pytest.raises(DomainError, match="merge_too_old"):
        merging.unmerge(merge=merged, by=by, at=NOW)


def test_they_are_found_by_any_id_they_had():
    winner, loser = InfluencerFactory(), InfluencerFactory()
    merging.merge(winner=winner, loser=loser, by=UserFactory(), at=NOW)
    assert persons.find(public_id=str(loser.public_id)) == persons.find(public_id=str(winner.public_id)) == winner
    with pytest.raises(DomainError, match="person_unknown"):
        persons.find(public_id=str(uuid4()))


@pytest.mark.parametrize("code", ["utf-8", "utf-16-le"])
def test_an_address_across_two_pieces_of_a_waiting_file_is_found(code):
    who = plant(**AMELIE)
    batch = ImportBatch.objects.create(
        subject="influencers", filename="list.csv", sha256="3", uploaded_at=NOW, state="uploaded"
    )  # fmt: skip
    content = f"mail\n{who.email}\n".encode(code)
    middle = content.index(who.email.encode(code)) + len(who.email.encode(code)) // 2
    for number, piece in enumerate([content[:middle], content[middle:]]):
        ImportPiece.objects.create(batch=batch, number=number, content=piece)
    persons.erase(influencer=who.person, at=NOW)
    batch.refresh_from_db()
    assert (batch.state, batch.pieces.count()) == ("failed", 0)


@pytest.mark.parametrize("state", ["uploaded", "unmapped", "analysed", "accepted"])
def test_a_file_that_waits_with_them_in_it_is_let_go_and_says_why(state):
    who = plant(**AMELIE)
    scatter(who)
    ImportBatch.objects.filter(sha256="2").update(state=state)
    persons.erase(influencer=who.person, at=NOW)
    batch = ImportBatch.objects.get(sha256="2")
    assert (batch.state, batch.pieces.count(), batch.error) == ("failed", 0, {"code": "file_held_erased", "params": {}})
    assert not StagedRow.objects.exists()


def test_nobody_is_erased_while_their_message_is_on_the_wire():
    who = plant(**AMELIE)
    message = who.rows[next(model for model in who.rows if model._meta.label == "outreach.Message")]
    lease = {"state": "dispatching", "lease_until": NOW + timedelta(days=4_000)}
    type(message).objects.filter(pk=message.pk).update(**lease)
    with pytest.raises(DomainError, match="person_busy"):
        persons.erase(influencer=who.person, at=NOW)
    assert Influencer.objects.filter(pk=who.person.pk).exists()


def test_no_agent_is_erased_while_a_message_to_them_is_on_the_wire():
    who = plant(**AMELIE)
    [message] = [row for row in who.told_elsewhere.values() if row._meta.label == "outreach.Message"]
    lease = {"state": "dispatching", "lease_until": NOW + timedelta(days=4_000)}
    type(message).objects.filter(pk=message.pk).update(**lease)
    with pytest.raises(DomainError, match="person_busy"):
        persons.erase(influencer=who.person, at=NOW)


def test_what_was_sent_to_an_agent_is_not_told_to_them():
    who = plant(**AMELIE)
    [message] = [row for row in who.told_elsewhere.values() if row._meta.label == "outreach.Message"]
    assert str(message.public_id) not in json.dumps(told_of(who))


def test_erasing_twice_says_that_it_was_done():
    who = plant(**AMELIE)
    persons.erase(influencer=who.person, at=NOW)
    with pytest.raises(DomainError, match="person_erased"):
        persons.erase(influencer=who.person, at=NOW)


@pytest.mark.parametrize("asked", ["email", "name", "handle", "short"])
def test_a_saved_view_that_asks_for_them_goes(asked):
    who = plant(**AMELIE | ({"handle": "zoë"} if asked == "short" else {}))
    asks = {"email": who.email, "name": who.name.upper(), "handle": f"@{who.handle}", "short": "zoë"}[asked]
    kept = {"owner": UserFactory(), "is_shared": True}
    for name, words in (("theirs", asks), ("of somebody else", "zoe & joan")):
        SavedView.objects.create(**kept, name=name, query=urlencode({"country": "FR", "q": words}))
    persons.erase(influencer=who.person, at=NOW)
    assert list(SavedView.objects.values_list("name", flat=True)) == ["of somebody else"]


# What they are told ------------------------------------------------------------------------------------------------------


def told_of(who) -> dict:
    return json.loads("".join(persons.export(influencer=who.person, at=NOW, by=UserFactory(last_name="Secretive"))))


def test_a_bundle_holds_every_cell_that_is_told_and_nobody_else():
    amelie, bruno = plant(**AMELIE), plant(**BRUNO)
    text = json.dumps(told_of(amelie), ensure_ascii=False)
    for model in amelie.rows:
        for name in person_plans.plan_of(model).told.split():
            mark = amelie.marks.get(f"{model._meta.label_lower}.{name}")
            assert mark is None or json.dumps(mark, ensure_ascii=False)[1:-1] in text, (model, name)
    assert [needle for needle in bruno.needles() if needle in text] == []
    assert "Secretive" not in text
    assert {table["table"] for table in told_of(amelie)["tables"]} >= {model._meta.label_lower for model in amelie.rows}


def test_a_bundle_says_codes_in_words_and_its_columns_too():
    bundle = told_of(plant(**AMELIE))
    tables = {table["table"]: table for table in bundle["tables"]}
    assert bundle["format"] == "causeway-person/1"
    address = tables["crm.address"]
    assert (address["title"], address["columns"]["basis"]) == ("address", "legal basis")
    assert (address["rows"][0]["kind"], address["rows"][0]["kind_words"]) == ("professional", "professional")
    assert tables["crm.vettingcheck"]["rows"][0]["by"] == {"role": "staff"}
    assert tables["crm.vettingcheck"]["rows"][0]["cause"]["words"] == "Clean beaches"
    assert tables["crm.activity"]["rows"][-1]["words"] == "Everything known about them was exported"


def test_a_bundle_is_the_same_each_time_but_for_that_it_was_handed_out():
    who = plant(**AMELIE)
    first, second = told_of(who), told_of(who)
    for bundle in (first, second):
        [lines] = [table["rows"] for table in bundle["tables"] if table["table"] == "crm.activity"]
        del lines[1:]
    assert first == second


def test_a_bundle_tells_who_said_no_for_them():
    who = plant(**AMELIE)
    Suppression.objects.create(
        subject=who.rows[next(m for m in who.rows if m._meta.label == "crm.Address")].digest,
        reason="complaint",
        created_at=NOW,
    )
    [no] = [table["rows"] for table in told_of(who)["tables"] if table["table"] == "crm.suppression"]
    assert [(row["reason"], row["scope"]) for row in no] == [("complaint", "partnership")]
