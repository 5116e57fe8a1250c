"""Who guesses finds nothing: no link, no token, no person; nor does the time of an answer tell how near a guess came.

A link's code is a name that is said aloud, not a secret: 28 ** 8 of them, of which a house may have ten thousand. What
leads to a person is longer.
"""

import base64
import math
import random
import secrets
import uuid
from contextlib import suppress
from itertools import islice

import pytest
from django.apps import apps
from django.contrib.postgres.functions import RandomUUID
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import resolve

from config.settings import PUBLIC_PER_MINUTE
from crm.errors import DomainError
from crm.models import Address, Suppression
from outreach import receivers, signing, views
from outreach.models import Click, Link, Source, SourceEvent
from outreach.services import link_targets, sources, tracking
from tests import timing
from tests.factories import NOW, AddressFactory, LinkFactory

TRIES = [2_000, pytest.param(100_000, marks=pytest.mark.slow)]
KNOWN = 40
SAMPLES = 20_000
ALPHABET = signing.CODE_ALPHABET


class TestWhatIsGenerated:
    """By arithmetic, and by looking: each bit that should be drawn by lot is 0 or 1 alike."""

    DRAWN = 4_000

    def bits(self, made: list[bytes]) -> int:
        """How many differ from one to the next as if by lot: no more than six deviations from one half."""
        assert len(set(made)) == len(made)
        length, numbers = len(made[0]) * 8, [int.from_bytes(each) for each in made]
        ones = [sum(number >> place & 1 for number in numbers) for place in range(length)]
        even = [abs(one - len(made) / 2) < 3 * math.sqrt(len(made)) for one in ones]
        assert all(is_even or one in {0, len(made)} for is_even, one in zip(even, ones, strict=True))
        return sum(even)

    def test_a_token_that_says_no_is_proven_by_256_bits(self):
        tokens = [signing.unsubscribe_token(f"v1:{number:064x}") for number in range(self.DRAWN)]
        macs = [base64.urlsafe_b64decode(token.rpartition(".")[2] + "=") for token in tokens]
        assert self.bits(macs) == 256

    def test_a_public_id_has_128_bits_of_which_122_are_drawn_by_lot(self):
        """As RFC 9562 has it: the six others say that it is of version 4. Nothing opens to who knows one."""
        assert self.bits([uuid.uuid4().bytes for _ in range(self.DRAWN)]) == 122

    def test_every_public_id_is_drawn_so(self):
        fields = [
            field
            for model in apps.get_models()
            for field in model._meta.concrete_fields
            if field.name == "public_id" and model._meta.app_label in {"crm", "matching", "outreach"}
        ]
        assert len(fields) > 20
        others = {str(each) for each in fields if each.default is not uuid.uuid4}
        assert others == {"crm.InfluencerAlias.public_id"}  # that of somebody who was merged
        assert {type(each.db_default) for each in fields if each.has_db_default()} <= {RandomUUID}

    def test_a_click_has_128_bits(self):
        assert self.bits([bytes.fromhex(signing.new_click_id()) for _ in range(self.DRAWN)]) == 128

    def test_a_code_is_one_of_28_to_the_8th_and_takes_three_weeks_to_guess(self):
        """From one address, as often as it may ask, of ten thousand links."""
        codes = [signing.new_code() for _ in range(self.DRAWN)]
        for place in range(signing.CODE_LENGTH):
            assert {code[place] for code in codes} == set(ALPHABET)
        number = len(ALPHABET) ** signing.CODE_LENGTH
        assert (number, number / 10_000 / PUBLIC_PER_MINUTE / 60 / 24 > 21) == (377_801_998_336, True)


@pytest.fixture
def links(db):
    link_targets.forget()
    first = LinkFactory(code=signing.new_code())
    codes = {signing.new_code() for _ in range(KNOWN - 1)}
    said = {"outreach": first.outreach, "destination_url": first.destination_url, "created_at": NOW}
    Link.objects.bulk_create(Link(code=code, deliverable=code, **said) for code in codes)
    yield list(Link.objects.values_list("code", flat=True))
    link_targets.forget()


@pytest.fixture
def known(db):
    return [AddressFactory() for _ in range(KNOWN)]


def neighbours(code: str):
    """Those that follow it, in the order of the alphabet."""
    number = sum(ALPHABET.index(sign) * 28**place for place, sign in enumerate(reversed(code)))
    while True:
        number = (number + 1) % 28**8
        yield "".join(ALPHABET[number // 28**place % 28] for place in reversed(range(8)))


def forged(token: str) -> str:
    """With what is claimed, and 256 bits that were made up."""
    return f"{token.rpartition('.')[0]}.{secrets.token_urlsafe(32)}"


def forgeries(token: str, number: int):
    """That nobody gave away: made up, counted through, cut off, with one sign changed, and of another door."""
    claimed, _dot, mac = token.rpartition(".")
    for step in range(number):
        bits = int.from_bytes(base64.urlsafe_b64decode(mac + "=")) + step + 1
        counted = base64.urlsafe_b64encode((bits % 2**256).to_bytes(32)).decode().rstrip("=")
        place = step % len(token)
        yield from (
            forged(token),
            f"{claimed}.{counted}",
            token[:place],
            token[:place] + random.choice("ab-_.") * 2 + token[place + 1 :],
            f"v{step + 2}.{token.partition('.')[2]}",
        )


def hits(view, guesses, **more) -> list[str]:
    """Those that were answered anything but that there is nothing."""
    ask, found = RequestFactory(), []
    for guess in guesses:
        for method in ("get", "post") if view is views.unsubscribe else ("get",):
            try:
                view(getattr(ask, method)("/"), guess)
            except Http404:
                continue
            found.append(guess)
    return found


@pytest.mark.parametrize("tries", TRIES)
def test_no_code_is_guessed(links, tries):
    beside = [islice(neighbours(code), tries // 2 // KNOWN) for code in links]
    guesses = [guess for each in beside for guess in each] + [signing.new_code() for _ in range(tries // 2)]
    assert len(guesses) == tries
    assert hits(views.follow, guesses) == []
    assert not Click.objects.exists()
    assert hits(views.follow, links[:1]) == links[:1]  # which shows that they might have been found


@pytest.mark.parametrize("tries", TRIES)
def test_no_token_that_says_no_is_guessed(known, tries):
    """Of subjects that we have; neither is the id of an address, which tokens of before were for."""
    subjects = [subject for one in known for subject in (one.digest, str(one.public_id))]
    tokens = [signing.unsubscribe_token(subject) for subject in subjects]
    each = tries // len(tokens) // 5
    guesses = [guess for token in tokens for guess in forgeries(token, each)] + subjects
    assert len(guesses) == tries + len(subjects)
    assert hits(views.unsubscribe, guesses) == []
    assert not Suppression.objects.exists()
    assert hits(views.unsubscribe, tokens[:1]) == tokens[:1] * 2


@pytest.mark.parametrize("tries", TRIES)
def test_no_key_of_a_pixel_is_guessed(db, tries):
    row = sources.save(said=sources.Said(name="Ours", kind="generic", has_pixel=True), at=NOW)
    key = sources.pixel_key(row)
    guesses = [*forgeries(key, tries // 5), str(row.public_id), row.public_id.hex]
    assert hits(receivers.pixel, guesses) == []
    assert not SourceEvent.objects.exists()
    assert hits(receivers.pixel, [key]) == [key]


@pytest.mark.parametrize("tries", TRIES)
def test_an_id_opens_nothing_to_who_has_no_key_and_does_not_tell_whether_it_is_one(known, tries):
    """Whatever is asked for is answered alike, to the byte but for what was asked for."""
    right = [str(one.influencer.public_id) for one in known]
    beside = [str(uuid.UUID(int=uuid.UUID(one).int + step + 1)) for one in right for step in range(tries // 2 // KNOWN)]
    said = {answer(each) for each in [*right, *beside, *(str(uuid.uuid4()) for _ in range(tries // 2))]}
    assert [status for status, _body in said] == [401]


def answer(public_id: str) -> tuple[int, str]:
    path = f"/api/v1/influencers/{public_id}/"
    found = resolve(path)
    response = found.func(RequestFactory().get(path), *found.args, **found.kwargs)
    return response.status_code, response.render().content.decode().replace(public_id, "…")


def test_through_the_whole_house_an_id_is_answered_as_one_that_is_none(known):
    paths = [f"/api/v1/influencers/{each}/" for each in (known[0].influencer.public_id, uuid.uuid4())]
    told, untold = (Client().get(path) for path in paths)
    assert (told.status_code, told.headers.items()) == (untold.status_code, untold.headers.items())


def found_nothing(call):
    def asked(said):
        with suppress(Http404, DomainError):
            assert call(said) is None

    return asked


def follow(code):
    return tracking.record(code=code, method="GET", user_agent="", referrer="", at=NOW)


def look(token):
    return views.unsubscribe(RequestFactory().get("/"), token)


@pytest.mark.slow
class TestTheTimeOfAnAnswer:
    """Where one kind of guess is right but for its proof, and the other is wrong altogether."""

    def same(self, call, near, far):
        found = timing.compare(call, near, far, samples=SAMPLES)
        assert not found.is_step, found
        assert found.power >= 0.99, found

    def test_it_tells_nothing_of_whose_token_was_forged(self, known):
        near = [forged(signing.unsubscribe_token(one.digest)) for one in known]
        far = [forged(signing.unsubscribe_token(f"v1:{secrets.token_hex(32)}")) for _ in known]
        assert Address.objects.filter(digest__in=[one.digest for one in known]).count() == KNOWN
        self.same(found_nothing(look), near, far)

    def test_it_tells_nothing_of_whose_pixel_was_asked_for(self, db):
        rows = [sources.save(said=sources.Said(name=f"{n}", kind="generic", has_pixel=True), at=NOW) for n in range(9)]
        near = [forged(sources.pixel_key(row)) for row in rows]
        far = [forged(sources.pixel_key(Source(public_id=uuid.uuid4(), key_number=1))) for _ in rows]
        self.same(lambda key: sources.by_pixel_key(key=key), near, far)

    def test_it_tells_nothing_of_a_code_of_which_all_but_the_last_letter_was_right(self, links):
        near = [next(neighbours(code)) for code in links]
        far = [signing.new_code() for _ in near]
        self.same(found_nothing(follow), near, far)

    def test_it_tells_nothing_of_an_id_to_who_has_no_key(self, known):
        near = [str(one.influencer.public_id) for one in known]
        far = [str(uuid.uuid4()) for _ in near]
        self.same(answer, near, far)
