"""What holds for the reports of every vendor."""

import copy
import io
import json
from collections.abc import Iterator
from itertools import islice, product
from pathlib import Path

import pytest

from crm.formats.documents import Document, Documents
from crm.formats.reports import hypeauditor, influencers_club, iqdata, modash
from crm.formats.rows import InfluencerRow

FILES = Path(__file__).parent / "files"
VENDORS = {"modash": modash, "hypeauditor": hypeauditor, "influencers_club": influencers_club, "iqdata": iqdata}
JUNK = (None, True, 7, -1, 1.5, 1e300, "x", "a\0", "\ud800", [], {}, [1], {"a": 1}, [[]], [None], [{"code": []}])


class Given(Documents):
    """Documents that need no file."""

    def __init__(self, *values: object) -> None:
        super().__init__(io.BytesIO())
        object.__setattr__(self, "values", values)

    def __iter__(self) -> Iterator[Document]:
        return (Document(number, value) for number, value in enumerate(self.values, 1))


def places(value: object, path: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


def with_junk(body: dict[str, object], *, is_whole: bool) -> Iterator[object]:
    """The report with each of its values replaced by each kind of nonsense; not whole: by every fifth, in turn."""
    for (*path, last), junk in islice(product(places(body), JUNK), 0, None, 1 if is_whole else 5):
        broken = copy.deepcopy(body)
        inner = broken
        for key in path:
            inner = inner[key]
        inner[last] = junk
        yield broken


@pytest.mark.parametrize("is_whole", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", VENDORS)
def test_whatever_a_report_holds_gets_a_verdict_that_may_be_stored(name, is_whole):
    body = json.loads((FILES / f"{name}.json").read_text())
    documents = Given(*with_junk(body[0] if isinstance(body, list) else body, is_whole=is_whole))
    vendor = VENDORS[name]
    vendor.matches(documents)
    vendor.unknown_keys(documents)
    for parsed in vendor.read(documents, "report.json"):
        assert (parsed.row is None) == bool(parsed.errors)
        json.dumps([dict(error.params) for error in (*parsed.errors, *parsed.notes)])
        said = f"{(parsed.row, parsed.title, parsed.raw)!r}"
        assert "\\x00" not in said and "\\ud800" not in said
        if isinstance(parsed.row, InfluencerRow):
            names = [(account.platform, account.handle.lower()) for account in parsed.row.accounts]
            assert len(set(names)) == len(names) and all(platform and handle for platform, handle in names)
            assert (parsed.row.basis, parsed.row.email_source, parsed.row.external_id) == ("", "", "")


@pytest.mark.parametrize("name", VENDORS)
def test_one_report_a_list_and_lines_say_the_same(name):
    body = json.loads((FILES / f"{name}.json").read_text())
    body = body[0] if isinstance(body, list) else body
    texts = (json.dumps(body, indent=1), json.dumps([body, body]), f"{json.dumps(body)}\n{json.dumps(body)}\n")
    rows = [list(VENDORS[name].read(Documents(io.BytesIO(text.encode())), "f.json")) for text in texts]
    assert [[parsed.line for parsed in some] for some in rows] == [[1], [1, 2], [1, 2]]
    assert {parsed.row.accounts for some in rows for parsed in some} == {rows[0][0].row.accounts}
