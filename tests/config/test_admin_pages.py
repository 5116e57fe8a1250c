"""Every page of the staff interface opens, for one row and for three, at the same price."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crm.models import DuplicateCandidate, ErasureReceipt, ImportBatch, Merge
from crm.services import addresses, tokens
from matching.models import Exclusion, Match, MatchList, RankerVersion
from outreach.models import ExchangeRate, Mailbox, Message, Publication, Source
from outreach.services import conversions, sequences
from outreach.sources.events import told
from tests.factories import (
    NOW,
    AccountFactory,
    AddressFactory,
    InboundMessageFactory,
    InfluencerFactory,
    LinkFactory,
    OutreachFactory,
    TemplateFactory,
    UserFactory,
    browser_of,
)

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


def one_of_each(number: int) -> None:
    outreach = OutreachFactory()
    LinkFactory(outreach=outreach)
    AccountFactory(influencer=outreach.influencer)
    address = AddressFactory(influencer=outreach.influencer)
    TemplateFactory()
    tokens.create(user=UserFactory(), name=f"tool {number}", scopes=["causes:read"], at=NOW)
    ImportBatch.objects.create(subject="influencers", filename=f"{number}.csv", sha256="0", uploaded_at=NOW)
    ErasureReceipt.objects.create(at=NOW, counts={"crm.influencer": {"removed": 1}}, digests=["v1:0"])
    Message.objects.create(outreach=outreach, address=address, reference=str(number), subject="Hello", body="Hello")
    InboundMessageFactory(outreach=outreach)
    InboundMessageFactory(outreach=None)
    second = InfluencerFactory()
    DuplicateCandidate.objects.create(low=outreach.influencer, high=second, reasons=[], found_at=NOW)
    Exclusion.objects.create(influencer=second, cause=outreach.campaign.cause, reason="No.", by=UserFactory(), at=NOW)
    addresses.refuse(email=f"somebody{number}@studio.example", reason="declined", by=UserFactory(), at=NOW)
    Mailbox.objects.create(
        name=f"mailbox {number}", host="imap.example.org", port=993, user="us", secret="v1:0", since_date=NOW.date()
    )
    ExchangeRate.objects.create(
        base="GBP", quote="EUR", rate=1.2, on_date=NOW.date() - timedelta(days=number), source="x", created_at=NOW
    )
    Publication.objects.create(outreach=outreach, platform="instagram", platform_id=f"p{number}", published_at=NOW)
    Source.objects.create(name=f"Source {number}", kind="generic", label=f"give{number}.example")
    signed = told(source="x", external_id=str(number), kind="signature", occurred_at=NOW)
    conversions.record(event=signed, door="api", at=NOW)
    sequences.save(name=f"Gently {number}", steps=[sequences.Part(TemplateFactory(name=f"First {number}").name)])
    Merge.objects.create(winner=second, loser=uuid4(), at=NOW, by=UserFactory())
    ranker, _ = RankerVersion.objects.get_or_create(kind="scorecard", digest="0", manifest={}, created_at=NOW)
    match_list = MatchList.objects.create(
        cause=outreach.campaign.cause, ranker=ranker, state="ready", requested_at=NOW, as_of=NOW, ready_at=NOW
    )
    side = {"intercept": 0.0, "probability": 0.5, "contributions": {"topic_fit": 0.4}}
    Match.objects.create(
        match_list=match_list,
        influencer=outreach.influencer,
        rank=1,
        score=0.5,
        percentile=100,
        sides={"accepts": side},
        values={"topic_fit": {"value": 0.4, "basis": "measured"}},
    )


def address_of(model, page: str, *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_every_list_and_page_opens_at_the_same_price_for_any_number_of_rows():
    client = browser_of(UserFactory(is_superuser=True))

    def prices() -> dict[str, int]:
        asked = {}
        for model in MODELS:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address_of(model, "changelist")).status_code == 200, model
            asked[model._meta.label] = len(queries)
        return asked

    one_of_each(1)
    prices()  # what is cached on first sight is cached now
    for_one = prices()
    for number in (10, 11):
        one_of_each(number)
    assert prices() == for_one
    for model in MODELS:
        assert client.get(address_of(model, "change", model.objects.first().pk)).status_code == 200, model


def test_the_login_page_opens_and_lets_staff_in(client):
    user = UserFactory(role="officer", username="lea")
    user.set_password("océan-2027-plage")
    user.save()
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/admin/login/")
    response = client.post(
        "/admin/login/?next=/admin/", {"username": "lea", "password": "océan-2027-plage"}, follow=True
    )
    assert response.status_code == 200
    assert "/admin/outreach/campaign/" in response.content.decode()
