"""`export_person` and `erase_person`: by address or by id, in words or for a program."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from crm.models import Activity, ErasureReceipt, Influencer
from tests.factories import AddressFactory

pytestmark = pytest.mark.django_db


def run(name: str, *words: str) -> str:
    out = io.StringIO()
    call_command(name, *words, stdout=out)
    return out.getvalue()


def test_a_copy_is_printed_and_noted():
    person = AddressFactory(email="maia@x.example").influencer
    by_address, by_id = (
        json.loads(run("export_person", "Maia@X.example")),
        json.loads(run("export_person", "--id", str(person.public_id))),
    )
    assert by_address["person"] == by_id["person"] == str(person.public_id)
    assert Activity.objects.count() == 2


def test_a_receipt_is_printed():
    AddressFactory(email="maia@x.example")
    said = run("erase_person", "maia@x.example")
    receipt = ErasureReceipt.objects.get()
    assert said.splitlines()[0] == f"Receipt {receipt.public_id}"
    assert said.splitlines()[-1] == "1 keyed hash is kept, so that they are neither written to nor stored again."
    assert "  addresses: 1 removed" in said.splitlines()
    assert not Influencer.objects.exists()


def test_a_receipt_for_a_program():
    AddressFactory(email="maia@x.example")
    body = json.loads(run("erase_person", "maia@x.example", "--reason", "unneeded", "--json"))
    receipt = ErasureReceipt.objects.get()
    assert (body["receipt"], body["reason"], body["digests"]) == (str(receipt.public_id), "unneeded", receipt.digests)


@pytest.mark.parametrize(
    "words", [["nobody@x.example"], ["x"], ["--id", "00000000-0000-0000-0000-000000000000"], ["--id", "x"], []]
)
@pytest.mark.parametrize("name", ["export_person", "erase_person"])
def test_nobody_is_said_to_be_nobody(name, words):
    with pytest.raises(CommandError) as refused:
        run(name, *words)
    assert refused.value.returncode == 2
