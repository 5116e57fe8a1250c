"""What proves who somebody is, is compared in a time that tells nothing of how near a guess came."""

import ast
import hashlib
import hmac
import json
from base64 import b64encode
from contextlib import suppress
from pathlib import Path

import numpy
import pytest

from crm.errors import DomainError
from outreach import signing
from outreach.sources import mailgun, signatures
from tests import timing

ROOT = Path(__file__).resolve().parent.parent
# Wherever a key, a token or a signature comes in from outside.
PLACES = (
    *("outreach/sources", "outreach/channels", "outreach/signing.py", "outreach/receivers.py", "outreach/views.py"),
    *("outreach/services", "crm/keyring.py", "crm/egress.py", "crm/services/tokens.py", "crm/services/staff.py"),
    *("crm/api/idempotency.py", "crm/api/authentication.py", "config/forgotten.py", "config/welcome.py"),
    *("config/floods.py", "config/doors.py"),
)
SECRETS = {
    *("signature", "signatures", "signed", "mac", "hmac", "digest", "hexdigest", "secret", "secrets", "token"),
    *("tokens", "key", "hash", "password", "expected", "sign", "unsign"),
}
# What looks like it and is none.
HARMLESS = {
    ("crm/api/idempotency.py", "kept.request_hash != _hash(request)"): "two requests of one caller, who is known",
    ("outreach/services/breakdown.py", "line.key in by_format"): "of a table",
    ("outreach/services/click_networks.py", "len(key) != _KEY_BYTES"): "how long our own is",
    ("outreach/sources/signatures.py", "key.lower() == name.lower()"): "the name of a header",
    ("outreach/channels/email.py", "answer[0] // 100 != expected"): "what SMTP answers",
    ("outreach/channels/server.py", "bool(user) != bool(password)"): "whether both were said",
    ("crm/keyring.py", "mac in known"): "hashes of our own, of what we know ourselves",
    ("outreach/signing.py", "keyring.unsign('hook', key) == source"): "the name of a door, after its key was proven",
    ("outreach/services/mail_events.py", "event.digest != told.digest"): "two events of one name, after their proof",
    ("crm/api/authentication.py", "f'{resource}:{verb}' in token.scopes"): "what a token may, after its proof",
}
COMPARED = {
    ("crm/keyring.py", "unsign"),
    ("crm/services/tokens.py", "authenticate"),
    ("outreach/services/sources.py", "_by_key"),
    ("outreach/signing.py", "read_reply_token"),
    ("outreach/sources/mailgun.py", "_check"),
    ("outreach/sources/signatures.py", "check"),
}
KEY = "a secret of ours"
SAMPLES = 20_000


def files() -> list[Path]:
    found = [
        path for place in PLACES for path in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py"))
    ]
    return sorted(found)


def named(node: ast.AST) -> set[str]:
    names = [getattr(each, name, None) for each in ast.walk(node) for name in ("id", "attr")]
    return {word for name in names if isinstance(name, str) for word in name.lower().split("_")}


def plain_comparisons(source: str) -> list[str]:
    """Those by which a secret may be told apart from a guess, and not in constant time."""
    plain = (ast.Eq, ast.NotEq, ast.In, ast.NotIn)
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(source))
        if (isinstance(node, ast.Compare) and any(isinstance(op, plain) for op in node.ops) and named(node) & SECRETS)
        or (isinstance(node, ast.Attribute) and node.attr in {"startswith", "endswith"} and named(node) & SECRETS)
    ]


def constant_comparisons(source: str) -> set[str]:
    """The functions in which something is compared by hmac.compare_digest."""
    return {
        function.name
        for function in ast.walk(ast.parse(source))
        if isinstance(function, ast.FunctionDef)
        and any(
            isinstance(node, ast.Call) and ast.unparse(node.func) == "hmac.compare_digest"
            for node in ast.walk(function)
        )
    }


def test_no_secret_is_compared_but_in_constant_time():
    found = {(str(p.relative_to(ROOT)), said) for p in files() for said in plain_comparisons(p.read_text())}
    assert found == set(HARMLESS)


def test_every_comparison_in_constant_time_is_where_it_was():
    found = {(str(path.relative_to(ROOT)), name) for path in files() for name in constant_comparisons(path.read_text())}
    assert found == COMPARED


def test_whoever_asks_for_a_mac_hands_it_on_or_compares_it():
    """Where hmac makes one, in this list or elsewhere: a new place is looked at by a person."""
    makers = {
        str(path.relative_to(ROOT))
        for app in ("config", "crm", "matching", "outreach")
        for path in (ROOT / app).rglob("*.py")
        if "hmac." in path.read_text()
    }
    assert makers == {file for file, _name in COMPARED} | {"outreach/services/click_networks.py"}


@pytest.mark.parametrize(
    "said", ["signature == given", "given['x'] != self.secret", "mac in known", "expected_mac.startswith(x)"]
)
def test_a_plain_comparison_is_found(said):
    assert len(plain_comparisons(f"def check():\n    return {said}")) == 1


def wrong(text: str, place: int) -> str:
    """The same but for one sign, which may stand in base64 and among hexadecimal digits."""
    place %= len(text)
    return text[:place] + ("b" if text[place] == "a" else "a") + text[place + 1 :]


def unsubscribing():
    tokens = [signing.unsubscribe_token(f"v1:{number:064x}") for number in range(64)]
    return signing.read_unsubscribe_token, [(wrong(each, each.rindex(".") + 1), wrong(each, -1)) for each in tokens]


def hook_keys():
    key = signing.hook_key("raw")
    return lambda said: signing.is_hook_key("raw", said), [(wrong(key, key.rindex(".") + 1), wrong(key, -1))]


def reply_tokens():
    tokens = [signing.reply_token(number) for number in range(1_000, 1_064)]
    return signing.read_reply_token, [(wrong(each, each.index("-") + 1), wrong(each, -1)) for each in tokens]


def bodies(as_base64):
    def signed(body: bytes) -> tuple[tuple[bytes, str], tuple[bytes, str]]:
        digest = hmac.new(KEY.encode(), b"7." + body, hashlib.sha256).digest()
        said = b64encode(digest).decode() if as_base64 else digest.hex()
        return (body, wrong(said, 0)), (body, wrong(said, -2))  # the last of base64 is "="

    def check(said):
        signatures.check(said[0], [said[1]], prefix="7.", secret=KEY, as_base64=as_base64)

    return check, [signed(f'{{"number": {number}}}'.encode()) for number in range(1_000, 1_064)]


def mailgun_events():
    def event(number: int, place: int) -> bytes:
        said = {"timestamp": "1795000000", "token": f"{number:050x}"}
        mac = hmac.new(KEY.encode(), f"{said['timestamp']}{said['token']}".encode(), "sha256").hexdigest()
        return json.dumps({"signature": said | {"signature": wrong(mac, place)}, "event-data": {}}).encode()

    return lambda body: mailgun.told(body, key=KEY), [(event(number, 0), event(number, -1)) for number in range(64)]


CHECKS = {
    "unsubscribe tokens": unsubscribing,
    "keys of hooks": hook_keys,
    "reply tokens": reply_tokens,
    "signed bodies, hex": lambda: bodies(as_base64=False),
    "signed bodies, base64": lambda: bodies(as_base64=True),
    "Mailgun": mailgun_events,
}


def refused(check):
    """The same, where a refusal is an answer and whatever passes is not."""

    def call(said):
        with suppress(DomainError):
            assert not check(said), said
            return
        call.refusals += 1

    call.refusals = 0
    return call


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_a_signature_that_is_wrong_at_any_end_is_wrong(check):
    call, pairs = check()
    tried = refused(call)
    for first, last in pairs:
        assert first != last
        tried(first)
        tried(last)
    assert tried.refusals == (len(pairs) * 2 if check is not hook_keys else 0)  # which says no instead


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_whether_the_first_or_the_last_sign_is_wrong_makes_no_step_in_time(check):
    call, pairs = check()
    first, last = zip(*pairs, strict=True)
    found = timing.compare(refused(call), first, last, samples=SAMPLES)
    assert not found.is_step, found
    assert found.power >= 0.99, found


class TestTheMeasurement:
    """Time is a number here: what it says of noise whose step is known."""

    def noise(self, step: float, lots) -> numpy.ndarray:
        return lots.gamma(2.0, 500.0, SAMPLES // 2) + step

    def test_it_finds_a_step_of_a_tenth_of_what_lies_between_the_quartiles(self):
        lots = numpy.random.default_rng(3)
        step = float(numpy.subtract(*numpy.percentile(self.noise(0, lots), [75, 25]))) / 10
        found = sum(timing.chance(self.noise(0, lots), self.noise(step, lots)) < timing.LEVEL for _ in range(200))
        assert found >= 198

    def test_where_there_is_none_it_finds_none_but_once_in_a_thousand(self):
        lots = numpy.random.default_rng(4)
        found = sum(timing.chance(self.noise(0, lots), self.noise(0, lots)) < timing.LEVEL for _ in range(300))
        assert found <= 3

    def test_a_comparison_that_stops_at_the_first_difference_is_found(self):
        def slowly(said):
            return all(one == other for one, other in zip(said, "a" * 64, strict=True))

        early, late = ["b" + "a" * 63], ["a" * 63 + "b"]
        assert timing.compare(slowly, early, late, samples=2_000).is_step
