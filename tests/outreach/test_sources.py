"""What sources send through their doors: stored before it is acknowledged, once, by whatever door and however often."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import cycle
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from crm import keyring
from crm.errors import DomainError
from outreach.models import AttributionCredit, Click, Conversion, ConversionMark, Source, SourceEvent
from outreach.services import conversions, sources, triage
from outreach.services.sources import Said
from outreach.sources import events, samples
from tests.factories import NOW, CampaignFactory, LinkFactory, officers_tool
from tests.outreach.sources import payloads
from tests.outreach.sources.test_signatures import SECRETS, signed

pytestmark = pytest.mark.django_db
CLICK = payloads.CLICK


def lately(said) -> bytes:
    """A message of the payloads, a year and more before whatever day it is."""
    text = json.dumps(said).replace('"2027-', '"2025-')
    return re.sub(r"\b180\d{7}\b", lambda found: str(int(found[0]) - 63_072_000), text).encode()


def source(kind="generic", **said) -> Source:
    return sources.save(said=Said(**{"name": f"Our {kind}", "kind": kind} | said), at=NOW)


def knock(row: Source, body: bytes, *, client=None, key=None, kind=None, **headers):
    path = f"/hooks/{kind or row.kind}/{sources.hook_key(row) if key is None else key}/"
    headers = {name.replace("-", "_"): value for name, value in headers.items()}
    return (client or Client()).post(path, data=body, content_type="application/json", headers=headers)


MESSAGES = {
    "generic": payloads.generic(),
    "stripe": payloads.session(),
    "helloasso": payloads.helloasso_order(),
    "donorbox": [payloads.donorbox()],
    "givewp": payloads.givewp(),
    "action_network": payloads.action_network("osdi:donation", payloads.osdi_donation()),
    "osdi": {"_embedded": {"osdi:donations": [payloads.osdi_donation()]}},
    "mobilize": {"data": [payloads.mobilize(modified_date=1_804_000_000)]},
}


@pytest.mark.parametrize("kind", MESSAGES)
def test_what_every_source_sends_is_credited_to_the_link_whose_click_came_along_and_once(kind):
    link = LinkFactory(code=payloads.CODE)
    Click.objects.create(link=link, click_id=CLICK, at=datetime(2025, 2, 25, tzinfo=UTC), method="GET")
    body = lately(MESSAGES[kind])
    secret = SECRETS.get(kind, "")
    row = source(kind, secret=secret)
    for _ in range(3):
        headers = signed(kind, at=timezone.now(), raw=body) if secret else {}
        assert knock(row, body, **headers).status_code == 200
    conversions.attribute_due()
    assert Conversion.objects.count() == 1
    assert [credit.link for credit in AttributionCredit.objects.all()] == [link]
    assert dict(SourceEvent.objects.values_list("outcome", "times")) == {"counted": 1, "repeated": 2}
    assert payloads.EMAIL not in str([*Conversion.objects.values(), *SourceEvent.objects.values()])


def test_a_table_is_counted_row_by_row():
    body = b"external_id,kind,amount,currency,occurred_at\nA,donation,12.50,EUR,2025-01-01T10:00:00Z\n"
    assert knock(source("csv", label="tables"), body).status_code == 200
    assert list(Conversion.objects.values_list("source", "external_id", "amount_minor")) == [("tables", "A", 1_250)]


@pytest.mark.parametrize("kind", samples.BODIES)
def test_the_test_button_says_what_would_be_counted_and_counts_nothing(kind):
    found = sources.try_out(source=source(kind, secret=SECRETS.get(kind, "")))
    assert found
    assert all(event.click_ids for event in found)
    assert not Conversion.objects.exists()
    assert not SourceEvent.objects.exists()


def test_what_contradicts_the_ledger_is_answered_with_a_conflict_and_waits_for_a_person():
    row = source()
    knock(row, lately(payloads.generic()))
    for _ in range(2):
        answer = knock(row, lately(payloads.generic(amount_minor=9_900)))
        assert (answer.status_code, answer.content) == (409, b"conversion_conflict")
    conflict = SourceEvent.objects.get(outcome="conflict")
    assert (conflict.times, conflict.amount_minor, conflict.conversion.amount_minor) == (2, 9_900, 2_500)
    assert list(triage.waiting().conflicts) == [conflict]


def test_of_several_events_the_good_ones_are_stored_and_the_bad_one_is_named():
    row = source()
    told = [payloads.generic(external_id="A"), payloads.generic(external_id="B"), payloads.generic(external_id="C")]
    said = json.loads(lately(told))
    said[1]["occurred_at"] = "2099-01-01T00:00:00Z"
    answer = knock(row, json.dumps(said).encode())
    assert (answer.status_code, answer.content) == (422, b"occurs_in_future")
    assert set(Conversion.objects.values_list("external_id", flat=True)) == {"A", "C"}
    row.refresh_from_db()
    assert row.error == "occurs_in_future"


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        (b"{", "event_malformed", 422),
        (b"[]", "ignored", 200),
        (b" " * (2**20 + 1), "event_too_long", 413),
        (b'{"kind": "donation", "external_id": "1"}', "amount_missing", 422),
        (b'{"kind": "like", "external_id": "1"}', "kind_unknown", 422),
        (b'\x1f\x8b\x08\x00\x00\x00\x00\x00', "event_malformed", 422),
        (json.dumps(payloads.generic(source="stripe")).encode(), "source_not_theirs", 422),
        (json.dumps(payloads.generic(source="by hand")).encode(), "source_not_theirs", 422),
    ],
)  # fmt: skip
def test_what_is_refused_is_named_and_noted_and_counts_nothing(body, code, status):
    row = source()
    answer = knock(row, body)
    assert (answer.content.decode(), answer.status_code) == (code, status)
    assert not Conversion.objects.exists()
    noted = SourceEvent.objects.get()
    assert (noted.outcome, noted.code) == (("ignored", "") if code == "ignored" else ("refused", code))


def test_whoever_signs_is_checked_and_whoever_always_signs_needs_a_secret():
    body = lately(payloads.session())
    bare, known = source("stripe"), source("generic", name="Signed", secret=SECRETS["generic"])
    assert knock(bare, body).content == b"signature_missing"
    assert knock(bare, body, **signed("stripe", at=timezone.now(), raw=body)).content == b"secret_missing"
    assert knock(known, lately(payloads.generic())).status_code == 403
    assert not Conversion.objects.exists()


def test_a_secret_is_kept_sealed_and_a_new_one_shuts_out_the_old():
    body = lately(payloads.session())
    row = source("stripe", secret="whsec_two")
    assert "whsec_two" not in str(Source.objects.values())
    assert knock(row, body, **signed("stripe", at=timezone.now(), raw=body)).content == b"signature_wrong"
    sources.save(said=Said("Our stripe", "stripe", secret=SECRETS["stripe"]), at=NOW, source=row)
    row.refresh_from_db()
    assert knock(row, body, **signed("stripe", at=timezone.now(), raw=body)).status_code == 200


def test_only_the_address_of_today_opens_while_it_is_listened_to():
    row, other = source(), source("csv")
    body = lately(payloads.generic())
    key = sources.hook_key(row)
    wrong = [sources.hook_key(other), sources.pixel_key(row), key[:-1], f"{key}x", keyring.sign("hook", "raw"), "x"]
    assert {knock(row, body, key=each).status_code for each in wrong} == {404}
    assert knock(row, body, kind="stripe").status_code == 404
    assert Client().get(f"/hooks/generic/{key}/").status_code == 405
    sources.move(source=row)
    assert knock(row, body, key=key).status_code == 404
    row.refresh_from_db()
    assert knock(row, body).status_code == 200
    sources.turn(source=row, is_on=False)
    assert knock(row, body).status_code == 404
    assert SourceEvent.objects.count() == 1


def test_what_names_no_campaign_is_of_the_one_that_its_source_is_for():
    campaign = CampaignFactory()
    row = source(campaign=campaign)
    knock(row, lately(payloads.generic(utm=...)))
    knock(row, lately(payloads.generic(external_id="D-2", utm={"utm_campaign": "other"})))
    named = dict(Conversion.objects.values_list("external_id", "utm__utm_campaign"))
    assert named == {"D-1": campaign.slug, "D-2": "other"}


def test_a_refund_by_hook_takes_back_what_the_same_source_told():
    body, back = lately(payloads.session()), lately(payloads.refund(1_000))
    row = source("stripe", secret=SECRETS["stripe"])
    assert knock(row, back, **signed("stripe", at=timezone.now(), raw=back)).content == b"waiting"
    assert triage.waiting().lost.count() == 1
    assert knock(row, body, **signed("stripe", at=timezone.now(), raw=body)).content == b"counted"
    assert triage.waiting().lost.count() == 0
    assert Conversion.objects.actions().get().balance.kept_minor == 1_500


# The pixel ----------------------------------------------------------------------------------------------------------


def look(row: Source, **query):
    return Client().get(
        f"/c/{sources.pixel_key(row)}.gif?{urlencode(query)}", headers={"referer": "https://shores.example/thanks?x=1"}
    )


def test_a_pixel_notes_an_unverified_action_once_and_sets_no_cookie():
    row = source(label="give.example", has_pixel=True)
    for _ in range(3):
        answer = look(row, id="P-1", kind="donation", amount="25", cw_code="wpnm-fqtd", utm_source="instagram")
    assert (answer.status_code, answer["Content-Type"], len(answer.content)) == (200, "image/gif", 43)
    assert not answer.cookies
    assert answer["Cache-Control"].startswith("max-age=0")
    seen = Conversion.objects.get()
    assert (seen.source, seen.external_id, seen.is_verified, seen.amount_minor) == ("give.example", "P-1", False, None)
    assert (seen.code, seen.utm, seen.referrer) == ("wpnm-fqtd", {"utm_source": "instagram"}, "shores.example")


@pytest.mark.parametrize(
    "query", [{}, {"kind": "donation"}, {"id": "1", "kind": "like"}, {"id": "\0", "kind": "other"}]
)
def test_whatever_is_wrong_with_it_a_page_sees_a_picture(query):
    row = source(has_pixel=True)
    assert look(row, **query).status_code == 200
    assert not Conversion.objects.exists()
    assert SourceEvent.objects.get().code == "event_malformed"


def test_there_is_no_pixel_until_it_is_switched_on():
    assert look(source(), id="P-1", kind="other").status_code == 404
    row = source(name="Other", has_pixel=True)
    assert Client().get(f"/c/{sources.hook_key(row)}.gif?id=1&kind=other").status_code == 404


# Set up -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"name": "Our generic"}, "source_name_taken"),
        ({"label": "stripe"}, "source_label_invalid"),
        ({"label": "by hand"}, "source_label_invalid"),
        ({"kind": "mobilize", "secret": "x"}, "secret_unsigned"),
        ({"secret": "not base64!"}, "secret_malformed"),
        ({"kind": "fax"}, "source_kind_stays"),
    ],
)
def test_what_cannot_be_is_not_set_up(said, code):
    source()
    with pytest.raises(DomainError, match=code):
        source(**{"name": "Another"} | said)
    assert Source.objects.count() == 1


# Many at once -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_one_gift_by_hook_pixel_and_api_a_hundred_times_at_once_is_one_and_two_gifts_are_two(own_keyring):
    row = source(label="give.example", has_pixel=True)
    tool = officers_tool("conversions:write")
    gift = json.loads(lately(payloads.generic()))

    def by_hook(ident):
        return knock(row, json.dumps(gift | {"external_id": ident}).encode()).status_code

    def by_pixel(ident):
        return look(row, id=ident, kind="donation").status_code

    def by_api(ident):
        return tool.post(
            "/api/v1/conversions/", gift | {"external_id": ident}, content_type="application/json"
        ).status_code

    def go(said):
        door, ident = said
        try:
            return door(ident)
        finally:
            connection.close()

    doors = cycle([by_hook, by_pixel, by_api])
    calls = [(next(doors), "D-1") for _ in range(100)] + [(next(doors), "D-2") for _ in range(3)]
    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(go, calls))
    assert set(statuses) <= {200, 201}
    assert sorted(Conversion.objects.actions().values_list("external_id", "is_verified", "amount_minor")) == [
        ("D-1", True, 2_500),
        ("D-2", True, 2_500),
    ]
    assert not ConversionMark.objects.exists()


@pytest.fixture
def nursery(organisation):
    from tests.outreach.sending.nursery import Nursery

    made = Nursery(port=1)
    yield made
    made.close()


@pytest.mark.django_db(transaction=True)
def test_a_storm_of_one_message_by_five_processes_has_one_effect(nursery, own_keyring):
    row = source()
    body = lately(payloads.generic()).hex()
    for _ in range(5):
        nursery.start("hear", source=row.pk, body=body, times=20)
    nursery.wait_for_all()
    assert nursery.ended == [0] * 5
    assert Conversion.objects.count() == 1
    assert dict(SourceEvent.objects.values_list("outcome", "times")) == {"counted": 1, "repeated": 99}


def test_an_action_network_that_tells_and_is_asked_too_is_counted_once():
    telling, asked = source("action_network"), source("osdi")
    assert knock(telling, lately(MESSAGES["action_network"])).status_code == 200
    assert knock(asked, lately(MESSAGES["osdi"])).content == b"repeated"
    assert Conversion.objects.count() == 1


def test_what_takes_itself_back_is_refused_and_told_so():
    said = {"kind": "signature", "external_id": "S-1", "refund_of": "S-1", "occurred_at": "2026-11-20T10:00:00Z"}
    answer = knock(source(), json.dumps(said).encode())
    assert (answer.status_code, answer.content) == (422, b"refund_of_itself")
    assert not Conversion.objects.exists()


# Too much of a pixel ------------------------------------------------------------------------------------------------


def test_more_than_a_page_can_mean_in_a_minute_is_refused_and_one_row_that_counts_it(settings):
    settings.PIXEL_PER_MINUTE = 3
    row, other = source(has_pixel=True), source(name="Other", has_pixel=True)
    minute = NOW.replace(second=0)

    def see(number, *, at=minute, of=row):
        try:
            sources.see(source=of, query={"id": f"P-{number}", "kind": "signature"}, referrer="", at=at)
        except DomainError as error:
            return error.code
        return "seen"

    assert [see(number) for number in range(5)] == ["seen"] * 3 + ["pixel_too_fast"] * 2
    assert Conversion.objects.count() == 3
    refused = SourceEvent.objects.get(outcome="refused")
    assert (refused.code, refused.times, refused.door, refused.external_id) == ("pixel_too_fast", 2, "pixel", "")
    assert see(9, of=other) == "seen"
    assert see(10, at=minute + timedelta(minutes=1)) == "seen"
    row.refresh_from_db()
    assert row.error == "pixel_too_fast"


def test_whoever_calls_a_pixel_too_often_is_told_so_with_a_picture(settings):
    settings.PIXEL_PER_MINUTE = 0
    row = source(has_pixel=True)
    Source.objects.update(pixel_minute=timezone.now().replace(second=0, microsecond=0))
    answers = [look(row, id=str(number), kind="other") for number in range(2)]
    assert {(one.status_code, len(one.content)) for one in answers} <= {(429, 43), (200, 43)}
    assert answers[1].status_code == 429


def test_what_only_a_pixel_told_of_never_waits_for_a_person():
    row = source(has_pixel=True)
    for number in range(3):
        look(row, id=str(number), kind="signature")
    conversions.attribute_due()
    found = triage.waiting()
    assert (found.unmatched.count(), found.unverified.count(), triage.count()) == (0, 3, 0)


def test_what_came_without_an_id_keeps_the_one_that_was_made_for_it():
    event = events.told(source="s", kind="signature", occurred_at=datetime(2026, 11, 24, 10, tzinfo=UTC))
    assert event.external_id == "content:0a05f38738d9ccf8e020a0a83d2961495d67a75c1c062b4a441655ac467c684a"
