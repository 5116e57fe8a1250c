"""Rows on their way in: as they were read, a chunk at a time."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from crm.errors import DomainError
from crm.formats.rows import AccountReading, InfluencerRow, Parsed
from crm.models import StagedAccount, StagedRow, Topic
from crm.services.bulk import staging

pytestmark = pytest.mark.django_db


def read(count: int) -> Iterator[Parsed]:
    for line in range(2, count + 2):
        account = AccountReading("instagram", f"person.{line}")
        yield Parsed(line, InfluencerRow(line, name=f"Person {line}", accounts=(account,)))


@pytest.mark.parametrize(
    ("rows", "told"),
    [(0, []), (1, [1]), (1_000, [1_000]), (1_001, [1_000, 1_001]), (2_000, [1_000, 2_000])],
)
def test_every_row_and_account_is_staged_and_told_chunk_by_chunk(rows, told):
    run = uuid4()
    assert list(staging.stage(run=run, rows=read(rows))) == told
    for model in (StagedRow, StagedAccount):
        lines = model.objects.filter(run=run).order_by("line").values_list("line", flat=True)
        assert list(lines) == list(range(2, rows + 2))


def test_a_list_is_stored_as_it_was_read():
    words = ("plain", 'a "quoted" one', "back\\slash", "a, b", "{braces}", "NULL", " ", "é\nè", "\\", '"')
    topic = Topic.objects.create(slug="sea-floor", names={}, words={})
    run = uuid4()
    row = InfluencerRow(2, name="Ann", languages=("fr", "en"), topics=(*words, "sea-floor"), hashtags=words)
    assert list(staging.stage(run=run, rows=[Parsed(2, row)])) == [1]
    staged = StagedRow.objects.get(run=run)
    assert (staged.languages, staged.hashtags, staged.interests) == (["fr", "en"], list(words), list(words))
    assert staged.topics == [topic.pk]


def test_a_file_that_fails_half_way_leaves_whole_chunks_and_a_connection_that_works():
    def failing() -> Iterator[Parsed]:
        yield from read(1_500)
        raise DomainError("workbook_damaged")

    run = uuid4()
    with pytest.raises(DomainError) as caught:
        list(staging.stage(run=run, rows=failing()))
    assert caught.value.code == "workbook_damaged"
    assert StagedRow.objects.filter(run=run).count() == 1_000
    assert StagedAccount.objects.filter(run=run).count() == 1_000
