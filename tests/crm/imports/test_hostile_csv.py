"""Reliability row I1: whatever a file holds, the wizard answers, and every row of it is accounted for."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from crm.errors import DomainError
from crm.models import Cause, ImportBatch, ImportRow, Influencer, StagedAccount, StagedRow
from crm.services import importing
from crm.words import say_code
from tests.crm.imports.malformed import Made, make
from tests.factories import NOW, UserFactory, browser_of, uploaded, worked

pytestmark = pytest.mark.django_db

LIST = "/admin/crm/importbatch/"


@pytest.fixture
def client() -> Client:
    return browser_of(UserFactory(role="officer"))


def bring(made: Made) -> ImportBatch | None:
    """None: it was refused at the door."""
    try:
        batch = uploaded(made.content, subject=made.subject, filename=made.filename)
    except DomainError as error:
        assert error.code == "file_empty"
        return None
    return worked(batch)


def bring_by_form(client: Client, made: Made) -> ImportBatch | None:
    """The same through the wizard, its pages opened, the refused rows fetched."""
    file = SimpleUploadedFile(made.filename, made.content, "text/csv")
    answer = client.post(f"{LIST}upload/", {"subject": made.subject, "file": file})
    if answer.status_code == 200:
        assert not made.content.strip()
        return None
    assert answer.status_code == 302
    batch = worked(ImportBatch.objects.latest("pk"))
    page = client.get(f"{LIST}{batch.pk}/change/", follow=True)
    assert page.status_code == 200
    assert [url for url, _status in page.redirect_chain] == (
        [f"{LIST}{batch.pk}/mapping/"] if batch.state == "unmapped" else []
    )
    assert client.get(f"{LIST}{batch.pk}/rejects/").status_code == 200
    return batch


def counts(batch: ImportBatch) -> list[int]:
    return [getattr(batch, f"{verdict}_count") for verdict in ImportRow.Verdict.values]


def known() -> int:
    return Influencer.objects.count() + Cause.objects.count()


def is_said(error: dict) -> bool:
    """Whether there is a sentence for it, with nothing left open: "…" stands there only where the file has it."""
    said = say_code(error["code"], error["params"])
    return said != f"Refused ({error['code']})." and said.count("…") <= str(error["params"]).count("…")


def answered(made: Made, batch: ImportBatch | None, *, is_stored: bool) -> tuple[str, int]:
    """What I1 promises of a file: how it ended, and how many rows would be stored."""
    if batch is None:
        return "refused", 0
    if batch.state == "failed":
        assert is_said(batch.error)
        assert not batch.rows.exists()
        return "failed", 0
    if batch.state == "unmapped":  # asked about: nothing is read of it until somebody names its columns
        assert is_said(batch.error)
        assert not batch.rows.exists()
        return "asked", 0
    assert batch.state == "analysed"
    rows = list(batch.rows.order_by("line"))
    assert len(rows) == batch.rows_read == sum(counts(batch))
    assert made.lines is None or tuple(row.line for row in rows) == made.lines
    for row in rows:
        assert row.verdict != "rejected" or row.errors
        assert all(map(is_said, row.errors))
    decided(batch, is_stored=is_stored)
    assert not StagedRow.objects.filter(run=batch.public_id).exists()
    assert not StagedAccount.objects.filter(run=batch.public_id).exists()
    return "usable", batch.rows_read - batch.rejected_count


def decided(batch: ImportBatch, *, is_stored: bool) -> None:
    """Storing does what was shown, and letting go does nothing."""
    seen, before = counts(batch), known()
    if not is_stored:
        importing.discard(batch=batch, at=NOW)
        assert known() == before
        return
    importing.accept(batch=batch)
    assert (counts(worked(batch)), batch.state) == (seen, "committed")
    assert known() - before == batch.created_count


def bring_many(client: Client, numbers: range) -> list[tuple[str, int]]:
    ends = []
    for number in numbers:
        made = make(number)
        batch = bring_by_form(client, made) if number % 10 == 0 else bring(made)
        ends.append(answered(made, batch, is_stored=number % 3 == 0))
    return ends


@pytest.mark.parametrize(
    ("start", "number"), [(0, 20), *(pytest.param(start, 50, marks=pytest.mark.slow) for start in range(0, 300, 50))]
)
def test_every_file_is_answered_and_every_row_accounted_for(client, start, number):
    ends = bring_many(client, range(start, start + number))
    assert sum(end == "usable" for end, _rows in ends) >= number / 2  # else it is the door that is tested,
    assert sum(rows for _end, rows in ends) >= number * 2 / 5  # or how rows are refused


@pytest.mark.slow
@pytest.mark.parametrize("start", range(300, 10_300, 100))
def test_ten_thousand_files_are_answered_and_every_row_accounted_for(client, start):
    bring_many(client, range(start, start + 100))
