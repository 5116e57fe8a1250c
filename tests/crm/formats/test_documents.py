import io
import json
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm.errors import DomainError
from crm.formats import documents
from crm.formats.documents import Documents, is_json, read_items


def items_of(content: str | bytes):
    return read_items(io.BytesIO(content.encode() if isinstance(content, str) else content))


def test_entries_stand_on_the_lines_a_person_sees():
    items = items_of('\ufeff[\n {"a":\n 1},\n\n 2, "x]"\n]\n'.replace(' 2, "x]"', ' 2,\n"x]"'))
    assert (items.wrapper, items.entries) == ("", ((2, {"a": 1}), (5, 2), (6, "x]")))


def test_the_list_may_be_wrapped_in_an_object():
    items = items_of('{"count": 2, "meta": {"a": [9]},\n"projects": [\n1,\n2],\n"other": [3]}')
    assert (items.wrapper, items.entries) == ("projects", ((3, 1), (4, 2)))


def test_a_file_on_one_line_is_numbered_by_entry():
    assert items_of('{"projects":[{"a":1},{"b":2},3]}').entries == ((1, {"a": 1}), (2, {"b": 2}), (3, 3))


def test_an_empty_list_is_a_list():
    assert items_of("[]").entries == items_of('{"a": []}').entries == ()


@pytest.mark.parametrize(
    ("content", "line"),
    [
        *(("[1,\n2", 2), ("[1 2]", 1), ("[1]\n]", 2), ("[1,\n{]", 2), ('{"a" [1]}', 1), ("{1: [1]}", 1), ("[NaN]", 1)),
        *(
            (b"[\n\xff]", 2),
            ("[" * 100_000, 1),
            ("[" + "9" * 5000 + "]", 1),
            ('["\n"]', 1),
            ("{", 1),
            ('{"a":1', 1),
            ("5", 1),
        ),
    ],
)
def test_what_is_no_json_is_refused_with_its_line(content, line):
    with pytest.raises(DomainError) as caught:
        items_of(content)
    assert (caught.value.code, caught.value.params) == ("json_invalid", {"line": line})


def test_json_without_a_list_is_refused():
    with pytest.raises(DomainError, match=r"^json_without_list$"):
        items_of('{"a": {"b": []}}')


def test_a_file_has_a_size(monkeypatch):
    monkeypatch.setattr(documents, "SIZE_LIMIT_MB", 1)
    with pytest.raises(DomainError) as caught:
        items_of("[" + " " * 1024**2 + "]")
    assert (caught.value.code, caught.value.params) == ("file_too_large", {"megabytes": 1})


def test_json_is_told_from_tables():
    assert [
        is_json(io.BytesIO(content)) for content in (b" [1]", b'\xef\xbb\xbf{"a"', b"name,bio", b"", b'"[a]",b')
    ] == [*(True, True, False, False, False)]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.lists(JSON), st.sampled_from([None, 0, 1]))
def test_every_json_list_reads_as_json_reads_it(values, indent):
    text = json.dumps(values, indent=indent, ensure_ascii=False)
    items = read_items(io.BytesIO(text.encode()))
    assert [value for _, value in items.entries] == values
    numbers = [number for number, _ in items.entries]
    assert numbers == sorted(set(numbers))


@given(st.binary(max_size=60) | st.text('[]{},:"ab1\n\\u', max_size=60).map(str.encode))
@example(b'["\\ud800"]')
def test_no_bytes_make_it_fail_otherwise(content):
    with suppress(DomainError):
        read_items(io.BytesIO(content))


def documents_of(content: str | bytes):
    return Documents(io.BytesIO(content.encode() if isinstance(content, str) else content))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"a": [1, 2]}', [(1, {"a": [1, 2]})]),
        ('\ufeff{\n"a": [\n{"b": 1}\n]}\n', [(1, {"a": [{"b": 1}]})]),
        ('{"a": [\n{"b": 1}\n]}', [(1, {"a": [{"b": 1}]})]),
        ('[{"a": 1},\n\n{"a": 2}]', [(1, {"a": 1}), (2, {"a": 2})]),
        ('\ufeff{"a": 1}\n\n{"a": 2}\r\n[3]\n', [(1, {"a": 1}), (3, {"a": 2}), (4, [3])]),
        ('\n{"a": 1}\n{"a": 2}', [(2, {"a": 1}), (3, {"a": 2})]),
        ("[]", []),
    ],
)
def test_a_file_holds_one_document_a_list_or_one_a_line(content, expected):
    documents = documents_of(content)
    for _walk in range(2):
        assert [(document.number, document.value) for document in documents] == expected
    assert documents.head == tuple(value for _, value in expected)


def test_a_broken_line_is_one_document_and_a_broken_list_is_the_whole_file():
    lines = documents_of(b'{"a": 1}\n{"a": 2}\n{"a": \n{"a": "\xff"}\n{"a": 1} {}\n{"a": 3}')
    assert [(d.number, d.value, d.problem) for d in lines] == [
        (1, {"a": 1}, ""),
        (2, {"a": 2}, ""),
        *((number, None, "json_invalid") for number in (3, 4, 5)),
        (6, {"a": 3}, ""),
    ]
    for content, line in (('[{"a": 1},\n{"a": ]', 2), ('{"a": 1} x', 1), ('{"a":', 1)):
        with pytest.raises(DomainError) as caught:
            list(documents_of(content))
        assert (caught.value.code, caught.value.params) == ("json_invalid", {"line": line})


def test_lines_are_read_one_at_a_time(tmp_path):
    path = tmp_path / "reports.json"
    path.write_bytes((b'{"a": "' + b"x" * 1_000_000 + b'"}\n') * 60)  # more than a file read whole may have
    with path.open("rb") as stream:
        tracemalloc.start()
        assert sum(1 for _document in Documents(stream)) == 60
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 10_000_000


def test_a_line_and_a_list_have_a_size(monkeypatch):
    monkeypatch.setattr(documents, "SIZE_LIMIT_MB", 1)
    long = '{"a": "' + "x" * 1024**2 + '"}'
    for content in (f'{{"a": 1}}\n{{"a": 1}}\n{long}', f"[{long}]", long):
        with pytest.raises(DomainError) as caught:
            list(documents_of(content))
        assert (caught.value.code, caught.value.params) == ("file_too_large", {"megabytes": 1})


@given(st.binary(max_size=60) | st.text('[]{},:"ab1\n\\u', max_size=60).map(str.encode))
def test_no_bytes_make_documents_fail_otherwise(content):
    with suppress(DomainError):
        list(documents_of(content))
