import hashlib
import hmac
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest

from crm.errors import DomainError
from outreach.sources.registry import SOURCES
from tests.outreach.sources import payloads
from tests.outreach.sources.payloads import body

AT = datetime(2027, 3, 2, 12, tzinfo=UTC)
BODY = body(payloads.session())
SECRETS = {
    "stripe": "whsec_one",
    "donorbox": "one",
    "helloasso": "one",
    "generic": "whsec_" + b64encode(b"one").decode(),
}


def digest(secret, said):
    return hmac.new(secret, said, hashlib.sha256)


def signed(source, *, at=AT, secret=None, raw=BODY):
    secret, stamp = secret or SECRETS[source], str(int(at.timestamp()))
    if source == "stripe":
        mac = digest(secret.encode(), f"{stamp}.".encode() + raw).hexdigest()
        return {"Stripe-Signature": f"t={stamp},v1={'0' * 64},v1={mac},v0={mac}"}
    if source == "donorbox":
        return {"Donorbox-Signature": f"{stamp},{digest(secret.encode(), f'{stamp}.'.encode() + raw).hexdigest()}"}
    if source == "helloasso":
        return {"x-ha-signature": digest(secret.encode(), raw).hexdigest()}
    mac = b64encode(digest(b"one", f"msg_1.{stamp}.".encode() + raw).digest()).decode()
    return {"webhook-id": "msg_1", "webhook-timestamp": stamp, "webhook-signature": f"v1,{mac} v2,x"}


def verify(source, raw, headers, secret=None, at=AT):
    SOURCES[source].verify(raw, headers, SECRETS[source] if secret is None else secret, at=at)


@pytest.mark.parametrize("source", SECRETS)
def test_a_genuine_message_is_taken_whatever_the_case_of_its_headers(source):
    headers = signed(source)
    verify(source, BODY, headers)
    verify(source, BODY, {name.upper(): value for name, value in headers.items()})


@pytest.mark.parametrize("source", SECRETS)
def test_of_three_hundred_forgeries_none_is_taken(source):
    headers = signed(source)
    stamped = source != "helloasso"
    name = list(headers)[-1]
    forged = [(bytes([*BODY[:i], BODY[i] ^ 1, *BODY[i + 1 :]]), headers, None, AT) for i in range(0, len(BODY), 2)][
        :280
    ]
    forged += [
        (json.dumps(json.loads(BODY), indent=1).encode(), headers, None, AT),
        (BODY + b" ", headers, None, AT),
        (b"", headers, None, AT),
        (BODY, headers, "whsec_" + b64encode(b"two").decode(), AT),
        (BODY, headers, "", AT),
        (BODY, {}, None, AT),
        (BODY, {name: ""}, None, AT),
        (BODY, headers | {name.swapcase(): headers[name]}, None, AT),
        (BODY, headers | {name: f"{headers[name]}, {headers[name]}"}, None, AT),
        (BODY, headers | {name: headers[name].replace("v1", "v0")[:-1]}, None, AT),
        (BODY, headers | {name: "é" * 64}, None, AT),
        (BODY, headers | {name: "t=,v1="}, None, AT),
        (BODY, headers | {name: "none"}, None, AT),
        (b" " * (2**20 + 1), headers, None, AT),
        (BODY[:-1], headers, None, AT),
        (BODY[1:], headers, None, AT),
        (BODY.upper(), headers, None, AT),
        (BODY.replace(b"2500", b"2501"), headers, None, AT),
        *((BODY, headers, None, AT + sign * timedelta(minutes=6)) for sign in (-1, 1) if stamped),
    ]
    taken = []
    for raw, said, secret, at in forged:
        try:
            verify(source, raw, said, secret, at)
            taken.append(said)
        except DomainError as error:
            assert SECRETS[source] not in str(error.params)
    assert len(forged) >= 290
    assert taken == []


@pytest.mark.parametrize("source", ["stripe", "donorbox", "generic"])
def test_an_old_signature_is_called_old(source):
    verify(source, BODY, signed(source), at=AT + timedelta(minutes=5))
    for minutes in (-6, 6):
        with pytest.raises(DomainError) as caught:
            verify(source, BODY, signed(source), at=AT + timedelta(minutes=minutes))
        assert caught.value.code == "signature_old"


@pytest.mark.parametrize("source", ["stripe", "donorbox", "helloasso"])
def test_what_is_signed_with_nothing_is_not_taken_where_no_secret_is_kept(source):
    stamp = str(int(AT.timestamp()))
    mac = digest(b"", (b"" if source == "helloasso" else f"{stamp}.".encode()) + BODY).hexdigest()
    headers = {
        "stripe": {"Stripe-Signature": f"t={stamp},v1={mac}"},
        "donorbox": {"Donorbox-Signature": f"{stamp},{mac}"},
        "helloasso": {"x-ha-signature": mac},
    }
    with pytest.raises(DomainError) as caught:
        verify(source, BODY, headers[source], secret="")
    assert caught.value.code == "secret_missing"
