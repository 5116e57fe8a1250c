import io
import json
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crm.errors import DomainError
from crm.formats import documents
from crm.formats.documents import is_json, read_items


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
