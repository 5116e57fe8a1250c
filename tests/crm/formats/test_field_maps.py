"""What somebody says of a table's columns, and what is wrong with it."""

import io

import pytest

from crm.errors import DomainError
from crm.formats import field_maps
from crm.formats.field_maps import FieldMap, check, header_set, parse, places
from crm.formats.tables import open_table


def refused(call, *args) -> tuple[str, dict[str, object]]:
    with pytest.raises(DomainError) as caught:
        call(*args)
    return caught.value.code, caught.value.params


def test_the_whole_object_and_its_columns_alone_are_read():
    whole = {
        "columns": {"Streamer": "handle", "Peak": ""},
        "constants": {"platform": "twitch", "language": ""},
        "numbers": "english",
        "dates": "month_first",
        "rates": "percent",
        "shares": "fraction",
    }
    written = ("english", "month_first", "percent", "fraction")
    said = FieldMap({"Streamer": "handle", "Peak": ""}, {"platform": "twitch"}, *written)
    assert parse(whole) == said
    assert parse(said.as_json()) == said
    assert parse({"Streamer": "handle"}) == FieldMap({"Streamer": "handle"})


@pytest.mark.parametrize(
    ("data", "part"),
    [
        ([], "{}"),
        ("x", "{}"),
        ({"columns": {"a": 1}}, "columns"),
        ({"columns": {"a": "b" * 501}}, "columns"),
        ({"columns": {}, "colour": "red"}, "colour"),
        ({"columns": {}, "constants": "x"}, "constants"),
        ({"columns": {}, "numbers": "roman"}, "numbers"),
        ({"columns": {}, "dates": ["day_first"]}, "dates"),
        ({"columns": {}, "rates": "per mille"}, "rates"),
        ({"columns": {}, "shares": "per mille"}, "shares"),
    ],
)
def test_what_is_no_mapping_is_refused_by_its_part(data, part):
    assert refused(parse, data) == ("mapping_invalid", {"part": part})


def test_a_field_of_one_value_has_one_column():
    code, params = refused(check, FieldMap({"a": "followers", "b": "followers"}))
    assert (code, params) == ("mapping_twice", {"field": "followers", "columns": ["a", "b"]})
    check(FieldMap({"a": "topics", "b": "topics", "c": "", "d": "", "e": "notes", "f": "notes"}))


def test_a_name_is_given_as_a_whole_or_in_parts():
    check(FieldMap({"a": "first_name", "b": "last_name"}))
    code, params = refused(check, FieldMap({"a": "first_name", "b": "name"}))
    assert (code, params) == ("mapping_twice", {"field": "name", "columns": ["b", "a"]})


def test_followers_are_told_by_who_is_real_or_by_who_is_fake():
    check(FieldMap({"a": "name", "b": "fake_followers"}))
    code, params = refused(check, FieldMap({"a": "fake_followers", "b": "real_followers"}))
    assert (code, params) == ("mapping_twice", {"field": "real_followers", "columns": ["b", "a"]})


@pytest.mark.parametrize(
    ("constants", "code", "params"),
    [
        ({"name": "Ann"}, "mapping_constant_unknown", {"fields": ["name"], "known": list(field_maps.CONSTANTS)}),
        ({"platform": "myspace"}, "mapping_constant_invalid", {"field": "platform", "reason": "platform_unknown"}),
        ({"country": "Atlantis"}, "mapping_constant_invalid", {"field": "country", "reason": "country_unknown"}),
        ({"language": "?"}, "mapping_constant_invalid", {"field": "language", "reason": "language_unknown"}),
        ({"basis": "because"}, "mapping_constant_invalid", {"field": "basis", "reason": "choice_unknown"}),
        ({"observed_at": "soon"}, "mapping_constant_invalid", {"field": "observed_at", "reason": "date_invalid"}),
    ],
)
def test_what_is_said_for_all_rows_must_be_readable(constants, code, params):
    assert refused(check, FieldMap({"a": "name"}, constants)) == (code, params)


def table(text: str):
    return open_table(io.BytesIO(text.encode()))


def test_columns_are_found_by_their_name_as_the_file_has_it_or_nearly():
    read = table("Abonnés;Followers;Followers;NOM\n")
    assert places(read, FieldMap({"abonnes": "following", "Followers (2)": "followers"})) == {
        "name": (3,), "followers": (2,), "following": (0,),
    }  # fmt: skip


def test_a_column_that_is_left_out_is_not_read_by_its_name():
    assert places(table("name,email\n"), FieldMap({"email": ""})) == {"name": (0,)}


def test_a_mapping_for_another_file_is_refused():
    assert refused(places, table("a,b\n"), FieldMap({"c": "name", "a": "email"})) == (
        "mapping_missing",
        {"columns": ["c"]},
    )


def test_somebody_must_be_spoken_of():
    assert refused(places, table("a,b\n"), FieldMap({"a": "followers"})) == ("mapping_nobody", {})


def test_the_same_columns_in_another_order_are_the_same():
    assert header_set(["Nom", "Abonnés"]) == header_set(["abonnes", "NOM"])
    assert header_set(["Nom", "Abonnés"]) != header_set(["Nom"])
