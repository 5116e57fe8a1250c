"""`manage.py import_influencers`: the same mapping as the page's."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from crm.formats.field_maps import header_set
from crm.models import ColumnMapping, Influencer, SocialAccount
from tests.factories import NOW

pytestmark = pytest.mark.django_db

FILE = 'Streamer,Fans\nmaia_live,"1,204"\nzoe-art,3\n'
MAPPING = {"columns": {"Streamer": "handle", "Fans": "followers"}, "constants": {"platform": "twitch"}}


@pytest.fixture
def run(tmp_path):
    (tmp_path / "f.csv").write_text(FILE)

    def run(mapping: object = None, *options: str) -> dict[str, object]:
        arguments = [str(tmp_path / "f.csv"), "--json", *options]
        if mapping is not None:
            written = mapping if isinstance(mapping, str) else json.dumps(mapping)
            (tmp_path / "MAP.json").write_text(written)
            arguments += ["--mapping", str(tmp_path / "MAP.json")]
        out = io.StringIO()
        call_command("import_influencers", *arguments, stdout=out)
        return json.loads(out.getvalue())

    return run


def test_a_mapping_says_what_the_columns_hold(run):
    said = run(MAPPING)
    assert (said["rows"], said["created"], said["rejected"], said["unknown_columns"]) == (2, 1, 1, [])
    assert [(error["row"], error["column"], error["code"]) for error in said["errors"]] == [
        (3, "Streamer", "handle_invalid")
    ]
    assert SocialAccount.objects.values_list("platform", "handle", "followers").get() == ("twitch", "maia_live", 1204)


def test_a_mapping_of_columns_alone_is_one_too(run):
    assert run({"Streamer": "name", "Fans": ""})["created"] == 2


def test_a_dry_run_stores_nothing_by_it(run):
    assert run(MAPPING, "--dry-run")["created"] == 1
    assert not Influencer.objects.exists()


def test_what_was_said_on_the_page_holds_here_too(run):
    run(MAPPING, "--dry-run")
    with pytest.raises(CommandError):
        run()
    key = header_set(["Streamer", "Fans"])
    ColumnMapping.objects.create(header_set=key, mapping=MAPPING, made_at=NOW, used_at=NOW)
    assert run()["created"] == 1


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("{", "The mapping cannot be read (JSON)."),
        ([], "The mapping cannot be read ({})."),
        ({"Streamer": "nickname"}, "The mapping leads to columns that do not exist: nickname."),
        ({"Nobody": "name"}, "The mapping names columns that the file does not have: Nobody."),
        ({"Streamer": "name", "Fans": "name"}, "Several columns were said to hold the same field, “Full name”: Streamer, Fans."),
        ({"Fans": "followers"}, "No column says who a row is about."),
        ({"columns": {"Streamer": "name"}, "constants": {"country": "Atlantis"}}, "What was said for all rows cannot be read (Country): This country is not known."),
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_be_ends_with_2_and_words(run, mapping, words):
    with pytest.raises(CommandError) as caught:
        run(mapping)
    assert caught.value.returncode == 2
    assert str(caught.value).startswith(words)
    assert not Influencer.objects.exists()


def test_an_unknown_file_without_one_ends_with_2(run):
    with pytest.raises(CommandError) as caught:
        run()
    assert (caught.value.returncode, "Streamer, Fans" in str(caught.value)) == (2, True)


def test_a_mapping_that_is_not_there_ends_with_2(run, tmp_path):
    with pytest.raises(CommandError) as caught:
        run(None, "--mapping", str(tmp_path / "nowhere.json"))
    assert caught.value.returncode == 2
