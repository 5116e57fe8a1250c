import io

import pytest

from crm.errors import DomainError
from crm.formats.registry import CAUSE_FORMATS, INFLUENCER_FORMATS, detect, read_causes, read_influencers


def refused(call, *args, **options) -> tuple[str, dict[str, object]]:
    with pytest.raises(DomainError) as caught:
        call(*args, **options)
    return caught.value.code, caught.value.params


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (("name",), "own"),
        (("Nom", "Handle"), "own"),
        (("Rank", "name", "instagram name", "followers"), "ranked-instagram"),
        (("s.no", "Youtube channel", "youtuber name", "Followers"), "ranked-youtube"),
        (("name", "instagram name"), "own"),
    ],
)
def test_a_header_tells_its_reader(header, name):
    assert detect(header).name == name


def test_an_unknown_header_is_named_but_nobody_in_it():
    assert refused(detect, ("colour", "size")) == ("format_unknown", {"columns": ["colour", "size"]})
    content = io.BytesIO(b"ann@example.org;+33612345678;Paris\nbob@example.org;+33612345679;Brest\n")
    assert refused(read_influencers, content, "f.csv") == (
        "format_unknown",
        {"columns": ["column 1", "column 2", "Paris"]},
    )


def test_a_format_may_be_named():
    content = b"Rank,name,instagram name,followers\n1,ann,Ann,5\n"
    assert read_influencers(io.BytesIO(content), "f.csv", "own").unknown_columns == ("Rank", "instagram name")
    columns = ["Rank", "name", "instagram name", "followers"]
    expected = ("format_mismatch", {"format": "ranked-youtube", "columns": columns})
    assert refused(read_influencers, io.BytesIO(content), "f.csv", "ranked-youtube") == expected
    known = {"known": ["auto", *INFLUENCER_FORMATS]}
    assert refused(read_influencers, io.BytesIO(content), "f.csv", "myspace") == ("format_not_offered", known)
    assert refused(read_causes, io.BytesIO(b"name\n"), "f.csv", "modash") == (
        "format_not_offered",
        {"known": ["auto", *CAUSE_FORMATS]},
    )


def test_causes_that_are_none():
    assert refused(read_causes, io.BytesIO(b"colour\nred\n"), "f") == ("format_unknown", {"columns": ["colour"]})
    assert refused(read_causes, io.BytesIO(b"name\n"), "f", "globalgiving")[0] == "format_mismatch"
    assert refused(read_causes, io.BytesIO(b'[{"colour": 1}]'), "f") == ("report_unknown", {"fields": ["colour"]})
    assert refused(read_causes, io.BytesIO(b'[{"name": "A"}]'), "f", "globalgiving")[0] == "format_mismatch"
    assert refused(read_causes, io.BytesIO(b""), "f") == ("file_empty", {})


def test_columns_may_be_renamed(influencers):
    mapping = {"Nom complet": "name", "Abonnés": "followers", "Pseudo": "handle", "réseau": "platform", "email": ""}
    text = "Nom complet;Pseudo;Réseau;Abonnés;name;email\nAnn;@ann;X;12,4 k;zzz;broken\n"
    reading, (parsed,) = influencers(text, mapping=mapping)
    assert (reading.format, reading.unknown_columns) == ("own", ("name", "email"))
    assert (parsed.row.name, parsed.row.email) == ("Ann", "")
    assert (parsed.row.accounts[0].handle, parsed.row.accounts[0].followers) == ("ann", 12_400)


def test_a_mapping_names_columns_that_exist_on_both_sides():
    content = io.BytesIO(b"a,b\n1,2\n")
    code, params = refused(read_influencers, content, "f", mapping={"a": "nickname"})
    assert (code, params["columns"]) == ("mapping_unknown", ["nickname"])
    assert refused(read_influencers, content, "f", mapping={"c": "name"}) == ("mapping_missing", {"columns": ["c"]})


def test_an_error_in_a_renamed_column_is_said_by_the_file_s_name(influencers):
    _, (parsed,) = influencers("Nom,Courriel\nAnn,ann@\n", mapping={"Nom": "name", "Courriel": "email"})
    assert [(e.column, e.code) for e in parsed.errors] == [("Courriel", "email_invalid")]
