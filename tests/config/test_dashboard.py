"""Home: what needs whom, and where it leads."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import ImportBatch, User
from crm.services import addresses
from outreach.models import Conversion
from outreach.services import drafts
from tests.factories import (
    NOW,
    AccountFactory,
    AddressFactory,
    CauseFactory,
    LinkFactory,
    OutreachFactory,
    TemplateFactory,
    UserFactory,
    VettingFactory,
    browser_of,
)

pytestmark = pytest.mark.django_db


def conversation(owner: User):
    """Of one whom nobody has vetted, with an address and an account."""
    person = AddressFactory().influencer
    AccountFactory(influencer=person)
    outreach = OutreachFactory(influencer=person, owner=owner)
    LinkFactory(outreach=outreach)
    return outreach


@pytest.mark.parametrize(
    "role",
    [
        *("analyst", "administrator"),  # who may least, and who may most
        *(pytest.param(role, marks=pytest.mark.slow) for role in ("officer", "manager")),
    ],
)
def test_nothing_leads_to_a_closed_door(role):
    user = UserFactory(role=role)
    client = browser_of(user)
    drafts.draft(outreach=conversation(user), template=TemplateFactory(), at=NOW, by=user)
    ImportBatch.objects.create(subject="causes", filename="x.csv", state="analysed", uploaded_at=NOW)
    home = client.get("/admin/").context
    assert home["needs"]
    assert home["beginnings"]
    doors = [door for step in home["beginnings"] for door in step.doors]
    for lead in [*home["needs"], *doors]:
        assert client.get(lead.address).status_code == 200, lead
    for step in home["mine"]:
        assert client.get(f"/admin/outreach/outreach/{step.outreach.pk}/change/").status_code == 200


def test_an_analyst_is_told_to_do_nothing_they_may_not_do():
    analyst, officer = browser_of(UserFactory(role="analyst")), browser_of(UserFactory(role="officer"))
    assert [step.words for step in analyst.get("/admin/").context["beginnings"]] == ["See what came of it"]
    assert len(officer.get("/admin/").context["beginnings"]) == 6  # who we are is said by managers


def test_an_empty_house_shows_where_each_step_is_done_and_ticks_what_was():
    client = browser_of(UserFactory(is_superuser=True))
    page = client.get("/admin/").content.decode()
    assert "0 of 8 done" in page
    for place in (
        "crm/instance/organisation", "crm/importbatch/upload", "crm/influencer/add", "crm/cause/add",
        "matching/matchlist/rank", "outreach/messagetemplate/add", "outreach/campaign/add",
    ):  # fmt: skip
        assert (
            f'<a class="cw-button{" cw-button--primary" * ("organisation" in place)}" href="/admin/{place}/">' in page
        )
    CauseFactory()
    home = client.get("/admin/")
    assert [step.words for step in home.context["beginnings"] if step.is_done] == ["Describe a cause"]
    assert "1 of 8 done" in home.content.decode()
    assert client.get("/admin/matching/matchlist/rank/").status_code == 200


def test_conversations_are_shown_to_whom_may_read_them():
    nobody = UserFactory()
    conversation(nobody)
    home = browser_of(nobody).get("/admin/").context
    assert (home["needs"], home["mine"], home["beginnings"]) == ([], [], [])


def test_who_said_no_is_nobody_s_turn():
    user = UserFactory(role="officer")
    client = browser_of(user)
    said_no, open_ = conversation(user), conversation(user)
    addresses.suppress_person(influencer=said_no.influencer, reason="declined", at=NOW)
    mine = client.get("/admin/").context["mine"]
    assert [(step.outreach, step.words) for step in mine] == [(open_, "Vet this person")]


def test_the_price_does_not_grow_with_conversations():
    user = UserFactory(role="officer")
    client = browser_of(user)
    counts = []
    for more in (1, 4):
        for _ in range(more):
            conversation(user)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            home = client.get("/admin/").context
        counts.append(len(queries))
    assert len(home["mine"]) == 5
    assert counts[0] == counts[1]


def test_home_says_that_nothing_waits_only_where_no_conversation_does():
    user = UserFactory(role="analyst")  # who has no first steps to take
    client = browser_of(user)
    agreed = OutreachFactory(owner=user, stage="agreed")
    Conversion.objects.create(source="x", external_id="1", kind="signature", occurred_at=NOW, received_at=NOW)
    home = client.get("/admin/")
    assert [(need.number, need.address) for need in home.context["needs"]] == [
        (1, "/admin/outreach/outreach/?todo=follow")
    ]
    assert [step.outreach for step in home.context["mine"]] == [agreed]
    assert "Nothing waits for you." not in home.content.decode()
    agreed.stage = "live"
    agreed.save()
    home = client.get("/admin/")
    assert (home.context["needs"], home.context["mine"]) == ([], [])
    assert "Nothing waits for you." in home.content.decode()


def test_whom_one_may_write_to_now_is_counted_too():
    user = UserFactory(role="officer")
    client = browser_of(user)
    outreach = conversation(user)
    VettingFactory(influencer=outreach.influencer, cause=outreach.campaign.cause)
    needs = client.get("/admin/").context["needs"]
    assert [(need.number, need.words) for need in needs] == [(1, "person to write to")]
    found = client.get(needs[0].address).context["cl"].result_list
    assert [row.pk for row in found] == [outreach.pk]
