"""The page that asks what the columns of a file hold."""

import json
import re

import pytest
from django.utils import timezone

from crm.models import ColumnMapping, ImportBatch, Influencer
from tests.crm.admin.test_imports import LIST, UPLOAD, file, work
from tests.factories import UserFactory, analysed, browser_of

pytestmark = pytest.mark.django_db

FILE = 'Streamer,Fans,Notes\nmaia_live,"1,204",a\nzoe-art,3,b\n'


@pytest.fixture
def client():
    return browser_of(UserFactory(role="officer"))


@pytest.fixture
def batch(client) -> ImportBatch:
    client.post(UPLOAD, {"subject": "influencers", "file": file(FILE, "streams.csv")})
    batch = ImportBatch.objects.get()
    work(batch)
    return batch


def form(**said: str) -> dict[str, str]:
    return {"column_0": "handle", "column_1": "followers", "column_2": "", "platform": "twitch"} | said


def test_an_unknown_file_leads_to_a_page_that_asks(client, batch):
    answer = client.get(f"{LIST}{batch.pk}/change/")
    assert answer.headers["Location"] == f"{LIST}{batch.pk}/mapping/"
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Nobody has told us yet what the columns of streams.csv hold." in page
    assert re.findall(r'<label class="cw-strong" for="id_column_\d">(\w+)</label>', page) == [
        "Streamer",
        "Fans",
        "Notes",
    ]
    chosen = re.findall(r'<select name="column_\d".*?value="([\w.]*)" selected', page)
    assert chosen == ["handle", "followers", "notes"]
    assert '<option value="twitch" selected>Twitch</option>' in page
    assert "<span>maia_live</span><span>zoe-art</span>" in page
    assert "2 rows, 1 rejected" in page
    assert "This cannot be a handle on Twitch." in page
    assert not Influencer.objects.exists()


def test_another_choice_shows_other_rows_and_keeps_nothing(client, batch):
    page = client.post(f"{LIST}{batch.pk}/mapping/", form(platform="")).content.decode()
    assert "2 rows, 2 rejected" in page
    assert "A handle needs its platform." in page
    batch.refresh_from_db()
    assert (batch.state, batch.mapping) == ("unmapped", None)
    assert not ColumnMapping.objects.exists()


def test_what_is_said_is_read_and_told_with_who_said_it(client, batch):
    answer = client.post(f"{LIST}{batch.pk}/mapping/", form(step="save"))
    assert answer.headers["Location"] == f"{LIST}{batch.pk}/change/"
    work(batch)
    assert (batch.state, batch.created_count, batch.rejected_count) == ("analysed", 1, 1)
    page = client.get(f"{LIST}{batch.pk}/change/").content.decode()
    assert "The columns were read as Léa Martin said on" in page
    assert "Left out: Notes." in page
    assert f'href="{LIST}{batch.pk}/mapping/"' in page
    again = analysed(FILE, at=timezone.now())
    assert again.state == "analysed"
    assert "As Léa Martin said of these columns on" in client.get(f"{LIST}{again.pk}/mapping/").content.decode()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"column_1": "handle"}, "Several columns were said to hold the same field, “Account”: Streamer, Fans."),
        ({"column_0": ""}, "No column says who a row is about."),
        ({"country": "Atlantis"}, "What was said for all rows cannot be read (Country): This country is not known."),
        ({"column_0": "nickname"}, "The mapping leads to columns that do not exist: nickname."),
    ],
)
def test_what_cannot_be_is_said_on_the_page_and_nothing_is_written(client, batch, said, words):
    page = client.post(f"{LIST}{batch.pk}/mapping/", form(step="save", **said)).content.decode()
    assert f'<div class="cw-note cw-note--bad" role="alert"><p>{words}' in page
    batch.refresh_from_db()
    assert (batch.state, batch.mapping) == ("unmapped", None)
    assert not ColumnMapping.objects.exists()


def test_the_mapping_comes_as_a_file_for_the_command(client, batch):
    answer = client.post(f"{LIST}{batch.pk}/mapping/", form(step="download", language="French"))
    assert answer["Content-Disposition"] == f'attachment; filename="causeway-mapping-{batch.pk}.json"'
    assert json.loads(answer.content) == {
        "columns": {"Streamer": "handle", "Fans": "followers", "Notes": ""},
        "constants": {"platform": "twitch", "language": "French"},
        "numbers": "", "dates": "", "rates": "", "shares": "",
    }  # fmt: skip


def test_what_was_said_is_forgotten_on_a_button(client, batch):
    client.post(f"{LIST}{batch.pk}/mapping/", form(step="save"))
    work(batch)
    assert client.get(f"{LIST}{batch.pk}/forget_mapping/").status_code == 405
    client.post(f"{LIST}{batch.pk}/forget_mapping/")
    work(batch)
    assert batch.state == "unmapped"


def test_a_known_file_with_strange_columns_leads_there_too(client):
    batch = analysed("name,shoe_size\nAnn,38\n")
    assert (
        f'<a href="{LIST}{batch.pk}/mapping/">Say what the columns hold</a>'
        in client.get(f"{LIST}{batch.pk}/change/").content.decode()
    )


def test_a_decided_file_is_asked_nothing(client, batch):
    client.post(f"{LIST}{batch.pk}/discard/")
    assert client.get(f"{LIST}{batch.pk}/mapping/").headers["Location"] == f"{LIST}{batch.pk}/change/"
    assert "This file was let go." in client.get(f"{LIST}{batch.pk}/change/").content.decode()


def test_an_analyst_reads_that_somebody_is_asked_and_says_nothing(batch):
    analyst = browser_of(UserFactory(role="analyst"))
    page = analyst.get(f"{LIST}{batch.pk}/change/").content.decode()
    assert "Somebody has to say what the columns of this file hold." in page
    assert analyst.get(f"{LIST}{batch.pk}/mapping/").status_code == 403
    assert analyst.post(f"{LIST}{batch.pk}/forget_mapping/").status_code == 403


def test_a_column_or_a_cell_runs_nothing(client):
    evil = "<script>alert(1)</script>"
    text = f'"{evil}",b\n"{evil}",2\n'
    batch = analysed(text)
    assert evil not in client.get(f"{LIST}{batch.pk}/mapping/").content.decode()


def test_a_table_of_very_many_columns_is_asked_about_in_part(client):
    header = ",".join(f"c{n}" for n in range(1200))
    text = f"{header}\n{','.join(['1'] * 1200)}\n"
    batch = analysed(text)
    page = client.get(f"{LIST}{batch.pk}/mapping/").content.decode()
    assert page.count('<select name="column_') == 200
    assert "1,000 further columns are not shown and not imported." in page
    said = {f"column_{n}": "name" if n == 0 else "" for n in range(200)}
    assert client.post(f"{LIST}{batch.pk}/mapping/", said | {"step": "save"}).status_code == 302
