"""What the columns of a file are: asked, shown as it would be stored, said once, remembered."""

import io
from datetime import timedelta

import pytest
from openpyxl import Workbook

from crm.errors import DomainError
from crm.formats.field_maps import FieldMap
from crm.models import ColumnMapping, ImportBatch, Influencer, SocialAccount, StagedRow
from crm.services import import_files, importing, mappings
from tests.factories import NOW, AccountFactory, InfluencerFactory, UserFactory, analysed, committed, worked

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=7)
FILE = """\
Streamer,Fans,Average viewers,Langue
maia_live,"1,204",12345,French
tom_cooks,18400,900,English
zoe-art,87,,Spanish
"""
SAID = FieldMap(
    {"Streamer": "handle", "Fans": "followers", "Average viewers": "avg_views", "Langue": "languages"},
    {"platform": "twitch"},
)


def told(rows) -> list[tuple]:
    return [(row.line, row.verdict, row.title, row.changes, row.errors, row.influencer_id) for row in rows]


def nothing_changed() -> bool:
    return not (Influencer.objects.exists() or SocialAccount.objects.exists() or StagedRow.objects.exists())


def test_a_file_nobody_knows_waits_for_somebody_to_say_what_its_columns_are():
    batch = analysed("colour;size\nred;7\n")
    assert (batch.state, batch.error["code"], batch.finished_at) == ("unmapped", "format_unknown", None)
    assert b"".join(import_files.pieces(batch.pk)) == b"colour;size\nred;7\n"
    assert not ImportBatch.objects.due(at=LATER).exists()


@pytest.mark.parametrize(
    ("content", "format"), [(b'{"colour": "red"}', ""), (b"colour\nred\n", "own"), (b"%PDF-1.7", "")]
)
def test_what_has_no_columns_or_is_said_to_be_something_is_unusable(content, format):
    assert analysed(content, format=format).state == "failed"


@pytest.mark.parametrize("text", [FILE.replace(",", ";").replace('"1;204"', "1204"), FILE.replace(",", "\t")])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_columns_are_asked_for_in_any_dialect(text, encoding):
    asked = mappings.ask(batch=analysed(text.encode(encoding)))
    assert [column.name for column in asked.columns] == ["Streamer", "Fans", "Average viewers", "Langue"]
    assert asked.columns[0].values == ("maia_live", "tom_cooks", "zoe-art")
    assert list(asked.proposed.columns.values()) == ["handle", "followers", "avg_views", "languages"]
    assert asked.proposed.constants == {"platform": "twitch"}
    assert asked.remembered is None


def test_columns_of_a_workbook_are_those_of_its_table():
    """Not of a page in front of it, and not of the title above it."""
    book = Workbook()
    book.active.append(["Agence Soleil"])
    sheet = book.create_sheet("Talents")
    for row in (["Talents, novembre"], ["Créateur", "Fans"], ["maia_live", 12], ["tom", 13]):
        sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    asked = mappings.ask(batch=analysed(content.getvalue(), filename="agence.xlsx"))
    assert asked.proposed.columns == {"Créateur": "handle", "Fans": "followers"}


def test_a_sheet_with_known_columns_is_the_one_that_is_read():
    book = Workbook()
    book.active.append(["Metrics", "Value", "Remark"])
    book.active.append(["x", 1, ""])
    sheet = book.create_sheet("People")
    sheet.append(["name", "platform", "handle"])
    sheet.append(["Ann", "x", "ann"])
    content = io.BytesIO()
    book.save(content)
    batch = analysed(content.getvalue(), filename="two.xlsx")
    assert (batch.state, batch.created_count, batch.header) == ("analysed", 1, ["name", "platform", "handle"])


def test_examples_are_short_distinct_and_three():
    text = "Pseudo;Bla\n" + "a;x\na;\nb;\nc;\nd;" + "y" * 500 + "\n"
    asked = mappings.ask(batch=analysed("X" + text))
    assert asked.columns[0].values == ("a", "b", "c")
    assert asked.columns[1].values == ("x", "y" * 120 + "…")


def test_the_first_rows_are_shown_exactly_as_the_import_takes_them():
    """New, changed, same, refused for its form and refused for what it says: the same words, nothing stored by it."""
    AccountFactory(platform="twitch", handle="tom_cooks", handle_key="tom_cooks", followers=12)
    same = AccountFactory(platform="twitch", handle="same", handle_key="same", followers=7)
    InfluencerFactory(external_id="a")
    AccountFactory(platform="twitch", handle="other", handle_key="other")
    text = "Streamer,Fans,Langue,Ref\n" + "".join(
        f"{row}\n"
        for row in (
            "maia_live,\"1,204\",French,", "tom_cooks,18400,English,", f"same,7,{same.influencer.languages[0]},",
            "zoe-art,87,Spanish,", "other,1,fr,a", "maia_live,\"1,204\",French,", ",,,",
        )
    ) + "".join(f"person_{n},{n},fr,\n" for n in range(30))  # fmt: skip
    said = FieldMap(
        {"Streamer": "handle", "Fans": "followers", "Langue": "languages", "Ref": "external_id"},
        {"platform": "twitch", "observed_at": "2026-11-01"},
    )
    batch = analysed(text)
    before = list(SocialAccount.objects.order_by("pk").values())
    shown = told(mappings.preview(batch=batch, mapping=said, at=LATER))
    assert list(SocialAccount.objects.order_by("pk").values()) == before
    assert not StagedRow.objects.exists()
    mappings.say(batch=batch, mapping=said, at=LATER, by=None)
    worked(batch, at=LATER)
    stored = told(batch.rows.order_by("line")[: mappings.SHOWN])
    assert len(shown) == mappings.SHOWN == 20
    assert {verdict for _, verdict, *_ in shown} == {"created", "updated", "unchanged", "rejected"}
    assert shown == stored


def test_what_is_said_is_read_stored_and_remembered():
    batch = analysed(FILE)
    officer = UserFactory()
    mappings.say(batch=batch, mapping=SAID, at=NOW, by=officer)
    worked(batch)
    assert (batch.state, batch.created_count, batch.rejected_count) == ("analysed", 2, 1)
    committed(batch)
    maia = SocialAccount.objects.get(handle="maia_live")
    assert (maia.platform, maia.followers, maia.influencer.languages) == ("twitch", 1204, ["fr"])
    again = analysed("Langue,Fans,Streamer,Average viewers\nFrench,9,new_one,\n", at=LATER)
    assert (again.state, again.created_count, again.mapping) == ("analysed", 1, SAID.as_json())
    kept = ColumnMapping.objects.get()
    assert (kept.made_by, kept.made_at, kept.used_at) == (officer, NOW, LATER)


def test_what_was_remembered_is_asked_again_and_changed():
    mappings.say(batch=analysed(FILE), mapping=SAID, at=NOW, by=None)
    batch = analysed(FILE, at=LATER)
    asked = mappings.ask(batch=batch)
    assert (asked.proposed, asked.remembered.made_at) == (SAID, NOW)
    other = FieldMap({**SAID.columns, "Fans": "following"}, SAID.constants)
    mappings.say(batch=batch, mapping=other, at=LATER, by=None)
    worked(batch, at=LATER)
    assert (batch.state, batch.mapping) == ("analysed", other.as_json())
    assert ColumnMapping.objects.get().mapping == other.as_json()


def test_what_was_remembered_is_forgotten():
    mappings.say(batch=analysed(FILE), mapping=SAID, at=NOW, by=None)
    batch = analysed(FILE, at=LATER)
    mappings.forget(batch=batch)
    worked(batch, at=LATER)
    assert (batch.state, batch.mapping) == ("unmapped", None)
    assert not ColumnMapping.objects.exists()


def test_a_known_file_may_be_read_otherwise():
    batch = analysed("name,email,followers\nAnn,ann@x.example,12\n")
    assert batch.rows.get().errors[0]["code"] == "platform_missing"
    mappings.say(batch=batch, mapping=FieldMap({"name": "name", "email": "", "followers": ""}), at=NOW, by=None)
    worked(batch)
    assert (batch.created_count, batch.unknown_columns) == (1, ["email", "followers"])


def test_people_whose_accounts_stand_where_our_reader_does_not_look_are_asked_about():
    batch = analysed("Nom;Instagram;Abonnés\nMaïa Rivière;@maia;12,4 k\n")
    assert (batch.state, batch.error) == ("unmapped", {"code": "columns_unsaid", "params": {"columns": ["Instagram"]}})
    assert mappings.ask(batch=batch).proposed.constants == {"platform": "instagram"}


@pytest.mark.parametrize(
    ("mapping", "code"),
    [
        (FieldMap({"Streamer": "handle", "Fans": "handle"}), "mapping_twice"),
        (FieldMap({"Fans": "followers"}), "mapping_nobody"),
        (FieldMap({"Nobody": "handle"}), "mapping_missing"),
        (FieldMap({"Streamer": "nickname"}), "mapping_unknown"),
        (FieldMap({"Streamer": "handle"}, {"platform": "myspace"}), "mapping_constant_invalid"),
    ],
)
def test_a_mapping_that_cannot_be_leaves_everything_as_it_was(mapping, code):
    batch = analysed(FILE)
    for refused in (
        lambda: mappings.say(batch=batch, mapping=mapping, at=NOW, by=None),
        lambda: mappings.preview(batch=batch, mapping=mapping, at=NOW),
    ):
        with pytest.raises(DomainError) as caught:
            refused()
        assert caught.value.code == code
    batch.refresh_from_db()
    assert (batch.state, batch.mapping) == ("unmapped", None)
    assert not ColumnMapping.objects.exists()
    assert nothing_changed()


def test_a_decision_that_was_taken_cannot_be_said_otherwise():
    batch = analysed(FILE)
    mappings.say(batch=batch, mapping=SAID, at=NOW, by=None)
    worked(batch)
    importing.accept(batch=batch)
    for act in (lambda: mappings.say(batch=batch, mapping=SAID, at=NOW, by=None), lambda: mappings.forget(batch=batch)):
        with pytest.raises(DomainError, match="import_not_waiting"):
            act()
    batch.refresh_from_db()
    assert batch.state == "accepted"


def test_a_discarded_file_is_asked_nothing():
    batch = analysed(FILE)
    importing.discard(batch=batch, at=NOW)
    with pytest.raises(DomainError, match="import_not_waiting"):
        mappings.ask(batch=batch)


@pytest.mark.parametrize("text", ["", "{", "[1]", "[" * 100_000, '"x"'])
def test_a_file_that_is_no_mapping_is_refused(text):
    with pytest.raises(DomainError, match="mapping_invalid"):
        mappings.read(text)


def test_an_old_workbook_is_refused_at_the_door():
    with pytest.raises(DomainError, match="workbook_old"):
        analysed(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), filename="linkedin.xls")
    assert not ImportBatch.objects.exists()
