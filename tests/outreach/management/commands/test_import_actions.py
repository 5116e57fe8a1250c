"""`manage.py import_actions`: a table counted as the page does, once, and a bad line spoils no other."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from outreach.models import AttributionCredit, Conversion
from tests.factories import LinkFactory

pytestmark = pytest.mark.django_db
HEADER = "external_id,kind,amount,currency,occurred_at,cw_code"


@pytest.fixture
def table(tmp_path):
    link = LinkFactory()
    file = tmp_path / "actions.csv"

    def write(*lines: str) -> str:
        file.write_text("\n".join([HEADER, *lines]).replace("CODE", link.code), encoding="utf-8")
        return str(file)

    return write


def run(file: str, *said: str) -> tuple[str, int]:
    out = StringIO()
    try:
        call_command("import_actions", file, "--label", "give.example", *said, stdout=out)
    except CommandError as error:
        return out.getvalue(), error.returncode
    return out.getvalue(), 0


def test_every_line_is_counted_once_and_credited(table):
    file = table("A,donation,25.00,EUR,2026-11-20T10:00Z,CODE", "B,signature,,,2026-11-20T11:00Z,")
    said, code = run(file, "--json")
    assert ([line["outcome"] for line in json.loads(said)], code) == (["counted", "counted"], 0)
    said, code = run(file, "--json")
    assert [line["outcome"] for line in json.loads(said)] == ["repeated", "repeated"]
    gift = Conversion.objects.get(external_id="A")
    assert (Conversion.objects.count(), gift.source, gift.door, gift.amount_minor) == (2, "give.example", "file", 2_500)
    assert AttributionCredit.objects.filter(conversion=gift, link__isnull=False).exists()


def test_a_bad_line_is_told_and_spoils_no_other(table):
    said, code = run(table("A,donation,25.00,EUR,2026-11-20T10:00Z,", "B,donation,nothing,EUR,2026-11-20T11:00Z,"))
    assert (code, Conversion.objects.count()) == (1, 1)
    first, second = said.splitlines()
    assert first == "2  1 donation (€25.00): counted"
    assert second.startswith("3  ")


@pytest.mark.parametrize("label", ["stripe", "by hand"])
def test_it_speaks_for_no_other_source(table, label):
    with pytest.raises(CommandError) as refused:
        call_command("import_actions", table("A,signature,,,2026-11-20T11:00Z,"), "--label", label)
    assert refused.value.returncode == 2
    assert not Conversion.objects.exists()


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    assert run(str(tmp_path / "none.csv")) == ("", 2)
