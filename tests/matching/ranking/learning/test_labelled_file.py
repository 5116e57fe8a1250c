"""Tables of anybody's: features inferred from columns, and what is refused, with the line."""

import numpy as np
import pytest

from crm.errors import DomainError
from matching.ranking.learning.labelled_file import read


@pytest.fixture
def table(tmp_path):
    def write(text, **columns):
        path = tmp_path / "table.csv"
        path.write_text(text, "utf-8")
        return read(path, **{"group": "cause", "label": "grade", **columns})

    return write


def test_numbers_words_and_truths_become_features(table):
    found = table("cause,grade,size,kind,paid,same,note\na,0,1.5,x,true,7,one\na,2,NA,y,false,7,two\nb,1,3,,TRUE,7,\n")
    rows = found.rows
    assert rows.names == ("size", "kind=x", "kind=y", "paid", "note=one", "note=two")
    assert np.array_equal(rows.values[:, 0], [1.5, np.nan, 3.0], equal_nan=True)
    assert np.array_equal(rows.values[:, 1], [1.0, 0.0, np.nan], equal_nan=True)
    assert rows.values[:, 3].tolist() == [1.0, 0.0, 1.0]
    assert (rows.grades.tolist(), rows.groups.tolist()) == ([0.0, 2.0, 1.0], [0, 0, 1])
    assert found.left_out == {"same": "constant"}


def test_semicolons_marks_and_dates_are_read(table):
    found = table("\ufeffcause;grade;x;when\na;1;2;2026-01-02\nb;0;3;2026-01-01T12:00:00\n", time="when")
    assert found.rows.times.tolist() == [1767312000.0, 1767268800.0]
    assert found.rows.names == ("x",)


def test_a_column_of_many_words_is_left_out(table):
    lines = "\n".join(f"a,{n % 2},word{n},{n}" for n in range(30))
    assert table(f"cause,grade,text,x\n{lines}\n").left_out == {"text": "too_many_words"}


def test_a_few_odd_cells_of_a_numeric_column_are_missing(table):
    lines = "\n".join(f"a,{n % 2},{n if n else 'unknown'}" for n in range(40))
    rows = table(f"cause,grade,x\n{lines}\n").rows
    assert (np.isnan(rows.values[0, 0]), rows.values[1, 0]) == (True, 1.0)


@pytest.mark.parametrize(
    ("text", "code", "params"),
    [
        ("", "table_empty", {}),
        ("cause,grade,x\n", "table_empty", {}),
        ("cause,label,x\na,1,2\n", "table_column_missing", {"column": "grade", "columns": "cause, label, x"}),
        ("cause,grade,x\na,1,2\na,good,3\n", "table_label_invalid", {"row": 3, "value": "good"}),
        ("cause,grade,x\na,-1,2\n", "table_label_invalid", {"row": 2, "value": "-1"}),
        ("cause,grade\na,1\nb,0\n", "table_without_features", {}),
        ("cause,grade,x\na,1\n", "table_unreadable", None),
        ("cause,grade,grade\na,1,2\n", "table_unreadable", None),
    ],
)
def test_what_cannot_be_learned_from_is_refused(table, text, code, params):
    with pytest.raises(DomainError) as raised:
        table(text)
    assert raised.value.code == code
    if params is not None:
        assert raised.value.params == params


def test_a_date_that_is_none_and_a_file_that_is_none_are_refused(table, tmp_path):
    with pytest.raises(DomainError, match="table_time_invalid"):
        table("cause,grade,x,when\na,1,2,soon\n", time="when")
    with pytest.raises(DomainError, match="table_unreadable"):
        read(tmp_path / "none.csv", group="a", label="b")
    (tmp_path / "latin.csv").write_bytes("cause,grade,été\na,1,\xe9\n".encode("latin-1"))
    with pytest.raises(DomainError, match="table_unreadable"):
        read(tmp_path / "latin.csv", group="cause", label="grade")
