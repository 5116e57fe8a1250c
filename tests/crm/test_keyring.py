import base64
import hmac
import json
import os
import re
import stat
import subprocess
import sys
import time

import pytest
from django.test import override_settings
from hypothesis import example, given
from hypothesis import strategies as st

from crm import keyring
from crm.errors import DomainError

# Waits for the agreed moment, then asks for the name of a ring that nobody has made yet.
RACER = """
import sys, time
from django.conf import settings
settings.configure()
from crm import keyring
for line in sys.stdin:
    start, settings.KEYRING = line.split()
    while time.monotonic() < float(start):
        pass
    print(keyring.fingerprint(), flush=True)
"""
OLD, NEW = "11" * 32, "22" * 32


@pytest.fixture
def path(tmp_path):
    ring = tmp_path / "state" / "keyring.json"
    with override_settings(KEYRING=ring):
        yield ring


def write(path, content):
    path.parent.mkdir(exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


class TestFile:
    def test_is_made_on_first_use_for_its_owner_only_and_then_kept(self, path):
        first = keyring.digest("address", "amina@rivers.example")
        made = path.read_bytes()

        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert keyring.digest("address", "amina@rivers.example") == first
        assert path.read_bytes() == made
        assert os.listdir(path.parent) == ["keyring.json"]  # noqa: PTH208  (the draft is gone)

    def test_is_read_again_when_it_changed(self, path):
        write(path, {"current": "v1", "keys": {"v1": OLD}})
        before = keyring.digest("address", "a@b.example")
        os.utime(path, ns=(1, 1))
        write(path, {"current": "v2", "keys": {"v1": OLD, "v2": NEW}})

        assert before.startswith("v1:")
        assert keyring.digest("address", "a@b.example").startswith("v2:")

    def test_is_not_read_again_when_it_did_not(self, path):
        keyring.fingerprint()
        misses = keyring._read.cache_info().misses
        for _ in range(10):
            keyring.fingerprint()

        assert keyring._read.cache_info().misses == misses

    @pytest.mark.parametrize(
        "content",
        [
            "",
            "[]",
            "{}",
            "{",
            {"current": "v1", "keys": {}},
            {"current": "v2", "keys": {"v1": OLD}},
            {"current": "v1", "keys": {"v1": ""}},
            {"current": "v1", "keys": {"v1": "11" * 31}},
            {"current": "v1", "keys": {"v1": "not hex"}},
            {"current": "1", "keys": {"1": OLD}},
            {"current": "v1", "keys": [OLD]},
        ],
    )
    def test_a_damaged_one_is_reported_and_never_replaced(self, path, content):
        write(path, content)
        before = path.read_bytes()

        with pytest.raises(DomainError) as caught:
            keyring.digest("address", "a@b.example")

        assert caught.value.code == "keyring_unreadable"
        assert path.read_bytes() == before

    def test_of_many_processes_that_start_together_one_makes_it(self, tmp_path):
        children = [
            subprocess.Popen([sys.executable, "-c", RACER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(4)
        ]
        try:
            for attempt in range(40):
                for child in children:
                    print(
                        time.monotonic() + 0.005, tmp_path / str(attempt) / "keyring.json", file=child.stdin, flush=True
                    )
                answers = [child.stdout.readline().strip() for child in children]

                assert len(set(answers)) == 1
                assert re.fullmatch(r"[0-9a-f]{32}", answers[0])
        finally:
            for child in children:
                child.communicate(timeout=60)


class TestDigest:
    def test_is_versioned_keyed_and_bound_to_its_purpose(self, path):
        write(path, {"current": "v1", "keys": {"v1": OLD}})
        one = keyring.digest("address", "a@b.example")

        # Worked out by hand with another HMAC: were it to change, every stored suppression would be forgotten.
        own_key = hmac.new(bytes.fromhex(OLD), b"digest\0address", "sha256").digest()
        assert one == "v1:" + hmac.new(own_key, b"a@b.example", "sha256").hexdigest()
        assert one == "v1:18a3471a78ff45e79b9fe42a9351ee2019957a2ba958f9ac41cbbb70cb7d047c"
        assert keyring.digest("supporter", "a@b.example") != one
        assert keyring.digest("address", "a@b.exampl") != one
        assert keyring.digester("address")("a@b.example") == one

    def test_under_every_key_the_current_one_first(self, path):
        write(path, {"current": "v1", "keys": {"v1": OLD}})
        old = keyring.digest("address", "a@b.example")
        write(path, {"current": "v9", "keys": {"v1": OLD, "v2": NEW, "v10": "33" * 32, "v9": "44" * 32}})
        os.utime(path, ns=(1, 1))
        every = keyring.digests("address", "a@b.example")

        assert [value.partition(":")[0] for value in every] == ["v9", "v10", "v2", "v1"]
        assert every[0] == keyring.digest("address", "a@b.example")
        assert every[-1] == old

    def test_takes_any_text(self, path):
        assert keyring.digest("address", "\ud800\x00é") != keyring.digest("address", "\x00é")


class TestToken:
    @given(payload=st.text())
    def test_carries_any_payload_through_a_url(self, tmp_path_factory, payload):
        with override_settings(KEYRING=tmp_path_factory.getbasetemp() / "shared.json"):
            token = keyring.sign("unsubscribe", payload)

            assert re.fullmatch(r"[A-Za-z0-9._-]+", token)
            assert keyring.unsign("unsubscribe", token) == payload
            assert keyring.sign("unsubscribe", payload) == token

    def test_is_worth_nothing_for_another_purpose(self, path):
        with pytest.raises(DomainError) as caught:
            keyring.unsign("preferences", keyring.sign("unsubscribe", "42"))

        assert (caught.value.code, caught.value.params) == ("token_invalid", {})

    def test_is_worth_nothing_with_any_character_changed_dropped_or_added(self, path):
        token = keyring.sign("unsubscribe", "0b6b3c1e-6a3f-4f8e-9a51-3f4c8f0e2d11")
        others = {token[:at] + other + token[at + 1 :] for at in range(len(token)) for other in "A.=-v2"}
        others |= {token[:at] + token[at + 1 :] for at in range(len(token))}
        others |= {token + tail for tail in "A.= \n"} | {" " + token, token.upper(), token.replace("-", "+")}

        accepted = []
        for other in others - {token}:
            try:
                accepted.append(keyring.unsign("unsubscribe", other))
            except DomainError as error:
                assert error.code == "token_invalid"
        assert accepted == []

    @given(token=st.text() | st.from_regex(r"v1\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{0,43}", fullmatch=True))
    @example("")
    @example("v1")
    @example("v1..")
    @example("v1.\ud800.é")
    @example("v1.gICA.AAAA")
    def test_garbage_is_refused_and_nothing_worse(self, tmp_path_factory, token):
        with override_settings(KEYRING=tmp_path_factory.getbasetemp() / "shared.json"):
            with pytest.raises(DomainError) as caught:
                keyring.unsign("unsubscribe", token)
            assert caught.value.code == "token_invalid"

    def test_outlives_a_rotation_but_not_the_loss_of_its_key(self, path):
        write(path, {"current": "v1", "keys": {"v1": OLD}})
        token = keyring.sign("unsubscribe", "42")
        write(path, {"current": "v2", "keys": {"v1": OLD, "v2": NEW}})
        os.utime(path, ns=(1, 1))
        assert keyring.unsign("unsubscribe", token) == "42"
        assert keyring.sign("unsubscribe", "42") != token

        write(path, {"current": "v2", "keys": {"v2": NEW}})
        os.utime(path, ns=(2, 2))
        with pytest.raises(DomainError):
            keyring.unsign("unsubscribe", token)

    def test_a_hash_is_no_signature(self, path):
        """Whoever has the database has the hashes; none of them may open a door."""
        write(path, {"current": "v1", "keys": {"v1": OLD}})
        hashed = keyring.digest("unsubscribe", "42").removeprefix("v1:")

        assert keyring._encode(bytes.fromhex(hashed)) not in keyring.sign("unsubscribe", "42")


class TestSeal:
    def broken(self, purpose, sealed):
        with pytest.raises(DomainError) as caught:
            keyring.open_sealed(purpose, sealed)
        return caught.value.code == "seal_broken" and caught.value.__cause__ is None

    @given(secret=st.binary())
    @example(secret=b"")
    def test_gives_back_any_secret(self, tmp_path_factory, secret):
        with override_settings(KEYRING=tmp_path_factory.getbasetemp() / "shared.json"):
            sealed = keyring.seal("mailbox", secret)
            assert keyring.open_sealed("mailbox", sealed) == secret

    def test_shows_nothing_and_is_another_text_each_time(self, path):
        one, other = (keyring.seal("mailbox", b"p4ss-w0rd-of-somebody") for _ in range(2))

        assert one != other
        assert b"p4ss" not in base64.urlsafe_b64decode(one.partition(":")[2])
        assert re.fullmatch(r"v1:[A-Za-z0-9_=-]+", one)

    def test_opens_for_its_purpose_only(self, path):
        assert self.broken("webhook", keyring.seal("mailbox", b"secret"))

    def test_does_not_open_with_any_bit_changed_dropped_or_added(self, path):
        sealed = keyring.seal("mailbox", b"secret")
        raw = base64.urlsafe_b64decode(sealed.partition(":")[2])
        for place in range(len(raw) * 8):
            bent = bytearray(raw)
            bent[place // 8] ^= 1 << place % 8
            assert self.broken("mailbox", "v1:" + base64.urlsafe_b64encode(bent).decode())
        for length in range(len(raw)):
            assert self.broken("mailbox", "v1:" + base64.urlsafe_b64encode(raw[:length]).decode())
        assert self.broken("mailbox", "v1:" + base64.urlsafe_b64encode(raw + b"x").decode())

    @pytest.mark.parametrize(
        "sealed", ["", "v1", "v1:", "v1:é", "v1:!", "v7:AAAA", ":", "secret", "v1:AAA", "\ud800:x"]
    )
    def test_garbage_is_refused_and_nothing_worse(self, path, sealed):
        assert self.broken("mailbox", sealed)

    def test_outlives_a_rotation_but_not_the_loss_of_its_key(self, path):
        write(path, {"current": "v1", "keys": {"v1": OLD}})
        sealed = keyring.seal("mailbox", b"secret")
        write(path, {"current": "v2", "keys": {"v1": OLD, "v2": NEW}})
        os.utime(path, ns=(1, 1))

        assert keyring.open_sealed("mailbox", sealed) == b"secret"
        assert keyring.seal("mailbox", b"secret").startswith("v2:")

        write(path, {"current": "v1", "keys": {"v1": NEW}})
        os.utime(path, ns=(2, 2))
        assert self.broken("mailbox", sealed)


class TestFingerprint:
    def test_stays_over_a_rotation_and_differs_between_instances(self, path):
        write(path, {"current": "v1", "keys": {"v1": OLD}})
        first = keyring.fingerprint()
        write(path, {"current": "v2", "keys": {"v2": NEW, "v1": OLD}})
        os.utime(path, ns=(1, 1))
        rotated = keyring.fingerprint()
        write(path, {"current": "v1", "keys": {"v1": NEW}})
        os.utime(path, ns=(2, 2))

        assert rotated == first
        assert keyring.fingerprint() != first
        assert re.fullmatch(r"[0-9a-f]{32}", first)
        assert first not in OLD


class TestFinder:
    def test_finds_a_hash_under_any_key_and_for_its_purpose_only(self, path):
        write(path, {"current": "v1", "keys": {"v1": OLD}})
        old = keyring.digest("address", "amina@rivers.example")
        write(path, {"current": "v2", "keys": {"v1": OLD, "v2": NEW}})
        new = keyring.digest("account", "instagram:amina")
        find = keyring.finder([old, new, "v9:" + "00" * 32])
        assert find("address", "amina@rivers.example") == old
        assert find("account", "instagram:amina") == new
        assert find("account", "amina@rivers.example") is None
        assert find("address", "bruno@rivers.example") is None
