"""Doors for mail services: a key that nobody makes up, no more read than fits, stored before it is acknowledged."""

import hmac
import json
from urllib.parse import urlencode

import pytest
from django.test import Client

from crm import keyring
from crm.models import Suppression
from crm.services import addresses
from outreach import receivers, signing
from outreach.models import InboundMessage, MailEvent
from outreach.services import replies
from outreach.sources.mail import DOORS
from tests.outreach.receiving.mails import mail, stage_of, written_to

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]


def knock(source: str, body: bytes, *, key: str | None = None, kind: str = "application/octet-stream", **said):
    path = f"/hooks/mail/{source}/{signing.hook_key(source) if key is None else key}/"
    return Client().post(path, data=body, content_type=kind, **said)


def signed(key: str = "mailgun-key", token: str = "t1") -> dict[str, str]:
    return {
        "timestamp": "1",
        "token": token,
        "signature": hmac.new(key.encode(), f"1{token}".encode(), "sha256").hexdigest(),
    }


def mailgun_event(
    event: str,
    *,
    name: str = "e1",
    message_id: str = "",
    recipient: str = "amina@studio.example",
    signature=None,
    **more,
) -> bytes:
    told = {
        "event": event,
        "id": name,
        "recipient": recipient,
        "message": {"headers": {"message-id": message_id.strip("<>")}},
    }
    return json.dumps({"signature": signature or signed(), "event-data": told | more}).encode()


def test_a_pipe_hands_over_a_letter_and_it_takes_effect_before_the_answer():
    message = written_to()
    assert knock("raw", mail(answers=message)).status_code == 204
    letter = InboundMessage.objects.get()
    assert (letter.door, letter.state, letter.outreach) == ("forwarded", "read", message.outreach)
    assert stage_of(message) == "in_conversation"


def test_the_same_letter_a_hundred_times_has_one_effect():
    raw = mail(answers=written_to())
    assert {knock("raw", raw).status_code for _ in range(100)} == {204}
    assert InboundMessage.objects.count() == 1


def test_every_door_that_is_told_of_is_there():
    assert tuple(receivers._SOURCES) == DOORS


def test_get_changes_nothing():
    path = f"/hooks/mail/raw/{signing.hook_key('raw')}/"
    assert (Client().get(path).status_code, Client().head(path).status_code) == (405, 405)
    assert not InboundMessage.objects.exists()


def forged_keys() -> list[str]:
    good = signing.hook_key("raw")
    flipped = [good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :] for place in range(len(good))]
    others = [
        signing.hook_key("postmark"),
        keyring.sign("unsubscribe", "raw"),
        good + "A",
        good[:-1],
        good.upper(),
        "x",
        "v9.cmF3.AA",
    ]
    return [*flipped, *others]


def test_no_forged_key_opens_a_door():
    raw, forged = mail(answers=written_to()), forged_keys()
    assert len(forged) > 50
    assert {knock("raw", raw, key=key).status_code for key in forged} == {404}
    assert knock("unknown", raw).status_code == 404
    assert not InboundMessage.objects.exists()


def test_a_key_of_before_a_rotation_still_opens(settings, own_keyring):
    before = signing.hook_key("raw")
    ring = json.loads(settings.KEYRING.read_text())
    ring["keys"]["v2"], ring["current"] = "ab" * 32, "v2"
    settings.KEYRING.write_text(json.dumps(ring))
    assert signing.hook_key("raw") != before
    assert knock("raw", mail(), key=before).status_code == 204


def test_no_more_is_read_than_fits(monkeypatch):
    assert knock("postmark-events", b" " * (1024 * 1024 + 1)).status_code == 413
    assert knock("raw", b"x" * (replies.MAX_BYTES + 1)).status_code == 413
    assert not InboundMessage.objects.exists()


@pytest.mark.parametrize("source", DOORS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"RawEmail": 3}',
        b"[" * 100_000,
        b"\xff\x00",
        b'{"event-data": "x", "signature": []}',
    ],
)
def test_what_is_no_letter_and_no_event_is_refused_without_a_trace(source, body, settings):
    settings.MAILGUN_SIGNING_KEY = "mailgun-key"
    answer = knock(source, body, kind="application/json")
    assert answer.status_code in ({204, 400} if source == "raw" else {400, 403})
    assert not MailEvent.objects.exists()


def test_postmark_brings_a_letter_as_it_came():
    message = written_to()
    raw = mail("Quelle plage ?", answers=message)
    assert (
        knock("postmark", json.dumps({"RawEmail": raw.decode()}).encode(), kind="application/json").status_code == 204
    )
    letter = InboundMessage.objects.get()
    assert (bytes(letter.raw), letter.door, letter.outreach) == (raw, "webhook", message.outreach)


@pytest.mark.parametrize("form", ["urlencoded", "multipart"])
def test_mailgun_brings_a_letter_as_it_came(form, settings):
    settings.MAILGUN_SIGNING_KEY = "mailgun-key"
    raw = mail("Quelle plage ?", answers=written_to())
    fields = {**signed(), "body-mime": raw}
    if form == "urlencoded":
        answer = knock("mailgun", urlencode(fields).encode(), kind="application/x-www-form-urlencoded")
    else:
        path = f"/hooks/mail/mailgun/{signing.hook_key('mailgun')}/"
        answer = Client().post(
            path, data={name: value.decode() if isinstance(value, bytes) else value for name, value in fields.items()}
        )
    assert answer.status_code == 204
    assert InboundMessage.objects.get().said == "Quelle plage ?"


@pytest.mark.parametrize(
    "wrong",
    [
        signed("other"),
        {**signed(), "token": "t2"},
        {**signed(), "signature": ""},
        {"token": "", "timestamp": "", "signature": ""},
        {**signed(), "signature": "é"},
    ],
)
def test_what_mailgun_did_not_sign_is_refused(wrong, settings):
    settings.MAILGUN_SIGNING_KEY = "mailgun-key"
    assert knock("mailgun-events", mailgun_event("complained", signature=wrong)).status_code == 403
    assert (
        knock(
            "mailgun", urlencode({**wrong, "body-mime": mail()}).encode(), kind="application/x-www-form-urlencoded"
        ).status_code
        == 403
    )
    assert not (MailEvent.objects.exists() or Suppression.objects.exists() or InboundMessage.objects.exists())


def test_without_a_key_of_mailguns_its_door_is_shut(settings):
    settings.MAILGUN_SIGNING_KEY = ""
    assert knock("mailgun-events", mailgun_event("complained", signature=signed(""))).status_code == 403


def test_an_event_settles_what_was_perhaps_sent_once(settings):
    settings.MAILGUN_SIGNING_KEY = "mailgun-key"
    message = written_to(state="uncertain", reason="no_answer_from_server")
    told = mailgun_event("delivered", message_id=message.message_id)
    assert [knock("mailgun-events", told).status_code for _ in range(46)] == [204] * 46
    message.refresh_from_db()
    assert message.state == "sent"
    assert MailEvent.objects.count() == 1


def test_the_same_event_with_other_content_is_a_conflict(settings):
    settings.MAILGUN_SIGNING_KEY = "mailgun-key"
    assert knock("mailgun-events", mailgun_event("delivered")).status_code == 204
    assert knock("mailgun-events", mailgun_event("complained")).status_code == 409
    assert not Suppression.objects.exists()


def test_events_say_no_as_letters_do(settings):
    settings.MAILGUN_SIGNING_KEY = "mailgun-key"
    permanent = {"severity": "permanent", "delivery-status": {"enhanced-code": "5.1.1"}}
    policy = {"severity": "permanent", "delivery-status": {"enhanced-code": "5.7.1"}}
    knock("mailgun-events", mailgun_event("failed", name="1", recipient="gone@host.example", **permanent))
    knock("mailgun-events", mailgun_event("failed", name="2", recipient="policy@host.example", **policy))
    knock("mailgun-events", mailgun_event("failed", name="3", recipient="later@host.example", severity="temporary"))
    knock("mailgun-events", mailgun_event("unsubscribed", name="4", recipient="out@host.example"))
    knock(
        "postmark-events", json.dumps({"RecordType": "SpamComplaint", "Email": "spam@host.example", "ID": 4}).encode()
    )
    knock(
        "postmark-events",
        json.dumps({"RecordType": "Bounce", "Type": "HardBounce", "Email": "hard@host.example", "ID": 5}).encode(),
    )
    knock(
        "postmark-events",
        json.dumps({"RecordType": "Bounce", "Type": "SoftBounce", "Email": "soft@host.example", "ID": 6}).encode(),
    )
    known = dict(Suppression.objects.values_list("subject", "reason"))
    told = {
        name: known.get(addresses.digest(f"{name}@host.example"))
        for name in ("gone", "policy", "later", "out", "spam", "hard", "soft")
    }
    assert told == {"gone": "bounced", "policy": None, "later": None, "out": "unsubscribed", "spam": "complaint", "hard": "bounced", "soft": None}  # fmt: skip
