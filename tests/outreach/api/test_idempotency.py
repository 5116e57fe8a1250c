"""One action told by API under one key: at once, altered, by another, after an error, and by who dies half way."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from crm.models import IdempotencyKey
from crm.services import tokens
from outreach.models import Conversion
from tests.factories import NOW, UserFactory, bearing
from tests.outreach.sending.nursery import Nursery

pytestmark = pytest.mark.django_db(transaction=True)
FULL = pytest.param(100, marks=pytest.mark.slow)
POINTS = {"api.kept": 0, "api.committed": 1}  # where it dies, and what is stored by then


def gift(number: int = 1, **said) -> dict[str, object]:
    known = {"source": "give.example", "external_id": f"D-{number}", "kind": "donation", "amount_minor": 2_500}
    return known | {"currency": "EUR", "occurred_at": "2026-11-20T10:00:00Z"} | said


@pytest.fixture
def token(own_keyring) -> str:
    return token_of("one")


def token_of(name: str) -> str:
    user = UserFactory(is_superuser=True)
    return tokens.create(user=user, name=name, scopes=("conversions:write",), at=NOW)[1]


@pytest.fixture
def nursery(organisation):
    made = Nursery(port=1)
    yield made
    made.close()


def post(tool: Client, body, key: str):
    try:
        return tool.post(
            "/api/v1/conversions/", body, content_type="application/json", headers={"Idempotency-Key": key}
        )
    finally:
        connection.close()


@pytest.mark.parametrize("times", [2, FULL])
def test_fifty_at_once_with_one_key_have_one_effect_and_one_answer(token, times):
    with ThreadPoolExecutor(50) as pool:
        for number in range(times):
            asked = [pool.submit(post, bearing(token), gift(number), f"k-{number}") for _ in range(50)]
            answers = [each.result() for each in asked]
            assert {(each.status_code, each.content) for each in answers} == {(201, answers[0].content)}
            assert sum("Idempotent-Replayed" not in each for each in answers) == 1
    assert Conversion.objects.count() == IdempotencyKey.objects.count() == times


@pytest.mark.parametrize("times", [1, FULL])
def test_who_dies_between_the_effect_and_the_answer_has_one_effect_when_it_is_asked_again(token, nursery, times):
    for number in range(times):
        for point, stored in POINTS.items():
            ident = f"{number}-{point}"
            order = {"token": token, "key": ident, "body": gift(external_id=ident), "status": 201}
            nursery.start("ask", failpoint=point, **order)
            assert nursery.wait() == -9
            assert Conversion.objects.filter(external_id=ident).count() == stored
            nursery.start("ask", **order)
            assert nursery.wait() == 0
            again = post(bearing(token), order["body"], ident)
            assert (again.status_code, again["Idempotent-Replayed"]) == (201, "true")
    assert Conversion.objects.count() == IdempotencyKey.objects.count() == times * len(POINTS)


def test_what_it_was_answered_is_for_nobody_elses_eyes(token):
    first = post(bearing(token), gift(), "k")
    other = post(bearing(token_of("two")), gift(2), "k")
    assert (first.status_code, other.status_code) == (201, 201)
    assert "Idempotent-Replayed" not in other
    assert other.json()["id"] != first.json()["id"]


def test_another_request_under_the_same_key_is_refused_and_changes_nothing(token):
    post(bearing(token), gift(), "k")
    for body in (gift(2), gift(amount_minor=2_501), gift(page="https://give.example/")):
        answer = post(bearing(token), body, "k")
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert Conversion.objects.get().amount_minor == 2_500


def test_after_an_error_of_ours_the_same_key_may_be_used_again(token):
    tool = Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION stumble() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;"
            "CREATE TRIGGER stumble AFTER INSERT ON outreach_conversion EXECUTE FUNCTION stumble()"
        )
    try:
        assert post(tool, gift(), "k").status_code == 500
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION stumble CASCADE")
    assert not IdempotencyKey.objects.exists()
    assert post(tool, gift(), "k").status_code == 201
    assert Conversion.objects.count() == 1
