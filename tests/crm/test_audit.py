"""Every change of what matters leaves a line: who, why, from what to what, whichever way it was written."""

import pytest
from django.db import connection

from config.celery import app
from crm.models import Address, AuditEvent, Goal, Suppression, VettingCheck
from crm.services import addresses, audit
from outreach.models import AttributionCredit, Outreach
from tests.factories import (
    NOW,
    AddressFactory,
    CauseFactory,
    OutreachFactory,
    UserFactory,
    VettingFactory,
    browser_of,
    imported,
    officers_tool,
)

pytestmark = pytest.mark.django_db


def trail(**said) -> list[tuple]:
    names = ("table", "operation", "changes", "by", "why")
    return list(AuditEvent.objects.filter(**said).order_by("pk").values_list(*names))


def test_a_change_says_who_why_and_from_what_to_what():
    address, officer = AddressFactory(), UserFactory()
    with audit.said(by=officer.pk, why="a test"):
        addresses.correct(
            address=address, kind="personal", basis="contract", source="her page “Contact”", by=officer, at=NOW
        )
    changes = {"kind": ["professional", "personal"], "basis": ["legitimate_interest", "contract"]}
    assert trail() == [("crm_address", "UPDATE", changes, officer.pk, "a test")]
    assert AuditEvent.objects.get().influencer == address.influencer


@pytest.mark.parametrize(
    "write",
    [
        lambda: Address.objects.update(basis=""),
        lambda: Address.objects.bulk_update([setattr(a, "basis", "") or a for a in Address.objects.all()], ["basis"]),
        lambda: connection.cursor().execute("UPDATE crm_address SET basis = ''"),
    ],
    ids=["update", "bulk_update", "raw SQL"],
)
def test_no_way_to_write_goes_round_it(write):
    AddressFactory(), AddressFactory()
    write()
    assert trail() == [("crm_address", "UPDATE", {"basis": ["legitimate_interest", ""]}, None, "")] * 2


def test_what_is_copied_in_is_told_as_well():
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY crm_suppression (subject, scope, reason, created_at) FROM STDIN") as copy,
    ):
        copy.write_row(["v1:0", "all", "complaint", NOW])
    assert trail() == [("crm_suppression", "INSERT", {}, None, "")]


def test_a_refusal_that_was_taken_away_says_whose_hash_it_was():
    Suppression.objects.create(subject="v1:0", reason="complaint", created_at=NOW)
    Suppression.objects.all().delete()
    [_made, (_table, operation, changes, _by, _why)] = trail()
    assert (operation, changes["subject"], changes["reason"]) == ("DELETE", ["v1:0", None], ["complaint", None])


def test_what_is_gone_of_a_person_leaves_no_value():
    check = VettingFactory(reason="Her words.")
    VettingCheck.objects.all().update(reason="Other words.")
    check.delete()
    assert [(operation, changes) for _t, operation, changes, _b, _w in trail(table="crm_vettingcheck")] == [
        ("INSERT", {}),
        ("UPDATE", {"reason": ["Her words.", "Other words."]}),
        ("DELETE", {}),
    ]


def test_stages_and_money_are_told():
    outreach = OutreachFactory()
    Outreach.objects.update(stage="contacted")
    goal = Goal.objects.create(cause=CauseFactory(), kind="donation", amount_minor=100, currency="EUR")
    Goal.objects.update(amount_minor=200)
    goal.delete()
    assert [(t, o, c) for t, o, c, _b, _w in trail() if o == "UPDATE"] == [
        ("outreach_outreach", "UPDATE", {"stage": ["shortlisted", "contacted"]}),
        ("crm_goal", "UPDATE", {"amount_minor": [100, 200]}),
    ]
    assert AuditEvent.objects.get(table="crm_goal", operation="DELETE").changes["amount_minor"] == [200, None]
    assert AuditEvent.objects.filter(influencer=outreach.influencer).count() == 2


def test_a_credit_that_is_worked_out_again_says_what_it_was():
    from outreach.services import conversions
    from outreach.sources import events

    action = events.told(
        source="s", external_id="1", kind="donation", amount_minor=500, currency="EUR", occurred_at=NOW
    )
    row, _ = conversions.record(event=action, door="api", at=NOW)
    conversions.attribute(conversion=row)
    assert trail() == []
    conversions.attribute(conversion=row)
    [(table, operation, changes, *_)] = trail()
    assert (table, operation, changes["amount_minor"]) == (AttributionCredit._meta.db_table, "DELETE", [500, None])


def test_nothing_is_told_of_a_change_that_is_none():
    AddressFactory()
    Address.objects.update(kind="professional", email="same@x.example")
    Address.objects.update(email="same@x.example")
    assert len(trail()) == 1


def test_addresses_that_an_import_brings_cost_nothing():
    imported("name,email\nA,a@x.example\nB,b@x.example\n")
    assert Address.objects.count() == 2
    assert trail() == []


def test_a_page_and_a_tool_say_who_acts_and_the_next_request_is_nobody_s():
    officer = UserFactory(role="officer")
    person = AddressFactory().influencer
    browser_of(officer).post(f"/admin/crm/influencer/{person.pk}/suppress/")
    assert {(by, why) for *_, by, why in trail()} == {(officer.pk, "admin:crm_influencer_suppress")}
    Address.objects.update(basis="")
    assert trail()[-1][3:] == (None, "")


def test_a_tool_says_whose_it_is():
    cause, person = CauseFactory(), AddressFactory().influencer
    body = {"influencer": str(person.public_id), "cause": str(cause.public_id), "verdict": "cleared", "reason": "Read."}
    response = officers_tool("vettings:write").post("/api/v1/vettings/", body, content_type="application/json")
    assert response.status_code == 201
    check = VettingCheck.objects.get()
    assert trail() == [("crm_vettingcheck", "INSERT", {}, check.by_id, "api:vettings-create")]
    Address.objects.update(basis="")
    assert trail()[-1][3:] == (None, "")


def test_a_task_is_told_by_its_name():
    AddressFactory()

    @app.task(name="tests.correct")
    def correct() -> None:
        Address.objects.update(basis="")

    correct()
    assert trail()[-1][3:] == (None, "tests.correct")
    Address.objects.update(basis="contract")
    assert trail()[-1][3:] == (None, "")
