import pytest

from outreach.attribution.files import BadFileError, read

HEADER = "path;total_conversions;total_conversion_value;total_null\n"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "paths.csv"

    def written(content):
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


def test_a_table_as_it_is_published(file):
    table = read(file(HEADER + "eta > iota > eta;1;0.244;3\nbeta;44;78.1416842105263;169\n"))

    assert table.channels == ("eta", "iota", "beta")
    assert table.touched.tolist() == [0, 1, 0, 2]
    assert table.lengths.tolist() == [3, 1]
    assert table.conversions.tolist() == [1, 44]
    assert table.values.tolist() == [0.244, 78.1416842105263]
    assert table.nulls.tolist() == [3, 169]


def test_columns_stand_in_any_order_and_others_are_passed_over(file):
    table = read(file(" Total_Null ;who;PATH;total_conversions;total_conversion_value\n3;me;a;1;2.5\n"))

    assert (table.channels, table.conversions.tolist(), table.values.tolist(), table.nulls.tolist()) == (
        ("a",), [1], [2.5], [3]
    )  # fmt: skip


def test_nulls_and_values_may_be_left_out(file):
    table = read(file("path;total_conversions\na > b;2\n"))

    assert table.values is None
    assert table.nulls.tolist() == [0]


@pytest.mark.parametrize("path", ["a>b", " a  >  b ", "a >b", '"a > b"'])
def test_spaces_around_a_channel_are_none_of_its_name(file, path):
    assert read(file(f"{HEADER}{path};1;1;1\n")).channels == ("a", "b")


def test_what_spreadsheets_write(file):
    content = b"\xef\xbb\xbf" + (HEADER + '"é; b > c";1;1e3;+0.0\n;;;\n\n').replace("\n", "\r\n").encode()
    table = read(file(content))

    assert table.channels == ("é; b", "c")
    assert table.values.tolist() == [1000]


def test_who_came_from_nowhere(file):
    content = f"{HEADER}Direct > a > (direct) > mail;1;1;1\n"

    assert read(file(content)).direct.tolist() == [True, False, True, False]
    assert read(file(content), direct=["MAIL"]).direct.tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["empty", "path;total_conversions;total_conversion_value;total_null"]),
        (" \n;\n", ["empty"]),
        (HEADER, ["no row", "one row for each path"]),
        ("path,total_conversions\na,1\n", ["Line 1", "commas", "semicolons"]),
        ("path\ttotal_conversions\na\t1\n", ["Line 1", "tabs", "semicolons"]),
        ("way;total_conversions\na;1\n", ["Line 1", "“path”", "“way”"]),
        ("path;conversions\na;1\n", ["Line 1", "“total_conversions”", "“conversions”"]),
        ("path;path;total_conversions\na;b;1\n", ["Line 1", "“path” twice", "away"]),
        (HEADER + "a;1;1;1\nb;1\n", ["Line 3", "2 cells", "semicolons"]),
        (HEADER + ";1;1;1\n", ["Line 2", "“”", "without a name"]),
        (HEADER + "a;1;1;1\n\na > > b;1;1;1\n", ["Line 4", "“a > > b”", "Name each"]),
        (HEADER + "a >;1;1;1\n", ["Line 2", "without a name"]),
        (HEADER + "a;many;1;1\n", ["Line 2", "total_conversions", "“many”", "not a number"]),
        (HEADER + "a;1;1,50;1\n", ["Line 2", "total_conversion_value", "“1,50”", "with a point"]),
        (HEADER + "a;1;;1\n", ["Line 2", "total_conversion_value", "empty", "Write 0"]),
        (HEADER + "a;nan;1;1\n", ["“nan” is not a number"]),
        (HEADER + "a;1;inf;1\n", ["“inf” is not a number"]),
        (HEADER + "a;1_000;1;1\n", ["“1_000” is not a number"]),
        (HEADER + "a;١;1;1\n", ["“١” is not a number"]),
        (HEADER + "a;1;1;-1\n", ["Line 2", "total_null", "“-1”", "below zero"]),
        (HEADER + "a;1e400;1;1\n", ["“1e400”", "too large"]),
        (HEADER + 'a;1;1;1\n"a" b;1;1;1\n', ["Line 3", "quotation mark"]),
        (HEADER + '"a;1;1;1\n', ["quotation mark"]),
        (HEADER.encode() + b"a;1;1;1\n\xe9;1;1;1\n", ["Line 3", "UTF-8"]),
    ],
)
def test_a_bad_file_is_refused_in_words(file, content, words):
    with pytest.raises(BadFileError) as error:
        read(file(content))

    assert [word for word in words if word not in str(error.value)] == []


def test_a_file_that_is_not_there_or_is_none(tmp_path):
    with pytest.raises(BadFileError, match="no such file"):
        read(tmp_path / "nowhere.csv")
    with pytest.raises(BadFileError, match="cannot be read"):
        read(tmp_path)
