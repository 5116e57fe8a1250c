"""The page that answers "what will this file do?"."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from crm.models import Cause, ImportBatch, Influencer
from tests.factories import InfluencerFactory, UserFactory, analysed, browser_of, committed, uploaded, worked

pytestmark = pytest.mark.django_db

LIST = "/admin/crm/importbatch/"
UPLOAD = f"{LIST}upload/"
FILE = """\
external_id,name,platform,handle,followers,shoe_size
q1,Nour Haddad,instagram,nour.example,5000,38
q2,Renamed,,,,
q3,,instagram,,12,
"""


@pytest.fixture
def client() -> Client:
    return browser_of(UserFactory(role="officer"))


def file(text: str = FILE, name: str = "people.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode(), "text/csv")


def work(batch: ImportBatch) -> None:
    worked(batch, at=timezone.now())


@pytest.fixture
def batch() -> ImportBatch:
    InfluencerFactory(name="Old name", external_id="q2")
    return analysed(FILE, filename="people.csv")


def page_of(client: Client, batch: ImportBatch, query: str = "") -> str:
    response = client.get(f"{LIST}{batch.pk}/change/{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_an_empty_list_says_what_an_import_is_and_leads_to_the_first(client):
    page = client.get(LIST).content.decode()
    assert "An import brings people or causes from a spreadsheet." in page
    assert UPLOAD in page


def test_a_file_is_kept_and_its_page_says_that_it_waits(client):
    response = client.post(UPLOAD, {"subject": "influencers", "file": file()})
    batch = ImportBatch.objects.get()
    assert response.headers["Location"] == f"{LIST}{batch.pk}/change/"
    assert (batch.filename, batch.format, batch.uploaded_by.first_name) == ("people.csv", "", "Léa")
    page = page_of(client, batch)
    assert "The file waits for its turn." in page
    assert '<meta http-equiv="refresh" content="2">' in page


def test_what_was_analysed_stands_on_the_page_and_is_not_stored(client, batch):
    page = page_of(client, batch)
    assert "refresh" not in page
    assert "Nothing is stored yet. <strong>2</strong> rows would be." in page
    assert "We know no column called shoe_size: it was left out." in page
    assert re.search(r'<del[^>]*>Old name</del> <span aria-hidden="true">→</span> <ins>Renamed</ins>', page)
    assert '<strong class="cw-strong">handle:</strong> This row gives figures of an account' in page
    assert "Store 2 rows" in page
    assert not Influencer.objects.filter(external_id="q1").exists()


@pytest.mark.parametrize(
    ("only", "shown"),
    [("", {2, 3, 4}), ("created", {2}), ("updated", {3}), ("unchanged", set()), ("rejected", {4}), ("nonsense", {2, 3, 4})],
)  # fmt: skip
def test_rows_are_shown_by_verdict(client, batch, only, shown):
    page = page_of(client, batch, f"?only={only}")
    assert set(map(int, re.findall(r'<td data-label="Line">(\d+)</td>', page))) == shown


def test_a_long_file_is_shown_fifty_rows_at_a_time(client):
    text = "name,platform,handle\n" + "".join(f"Person {n},instagram,person.{n}\n" for n in range(60))
    long = analysed(text)
    assert "1 to 50 of 60" in page_of(client, long)
    assert "51 to 60 of 60" in page_of(client, long, "?page=2")


def test_storing_twice_stores_once_and_says_so_both_times(client, batch):
    for _press in range(2):
        response = client.post(f"{LIST}{batch.pk}/store/", follow=True)
        assert "This file is being stored." in response.content.decode()
    batch.refresh_from_db()
    assert batch.state == "accepted"
    work(batch)
    client.post(f"{LIST}{batch.pk}/store/")
    work(batch)
    assert Influencer.objects.filter(name="Nour Haddad").count() == 1
    page = page_of(client, batch)
    assert "See the influencers" in page
    assert f'href="/admin/crm/influencer/{Influencer.objects.get(external_id="q1").pk}/change/"' in page


def test_looking_at_the_store_button_s_address_stores_nothing(client, batch):
    for step in ("store", "discard"):
        assert client.get(f"{LIST}{batch.pk}/{step}/").status_code == 405
    batch.refresh_from_db()
    assert batch.state == "analysed"


def test_a_discarded_file_stores_nothing_and_cannot_be_stored(client, batch):
    assert "The file was let go." in client.post(f"{LIST}{batch.pk}/discard/", follow=True).content.decode()
    refused = client.post(f"{LIST}{batch.pk}/store/", follow=True).content.decode()
    assert "Somebody has decided about this import already." in refused
    batch.refresh_from_db()
    assert batch.state == "discarded"


def test_a_file_that_is_none_says_what_and_what_to_do(client):
    page = page_of(client, analysed("colour;size\nred;7\n", format="aspire"))
    assert "The file is not of the format “aspire”. Its columns are: colour, size." in page
    assert f"{LIST}template/?subject=influencers" in page
    assert f"{UPLOAD}?subject=influencers" in page


@pytest.mark.parametrize(("subject", "model"), [("influencers", Influencer), ("causes", Cause)])
def test_our_template_brought_back_as_it_is_stores_its_row(client, subject, model):
    answer = client.get(f"{LIST}template/?subject={subject}")
    assert answer["Content-Disposition"] == f'attachment; filename="causeway-{subject}.csv"'
    brought = SimpleUploadedFile("t.csv", answer.content, "text/csv")
    client.post(UPLOAD, {"subject": subject, "file": brought})
    batch = ImportBatch.objects.get()
    work(batch)
    client.post(f"{LIST}{batch.pk}/store/")
    work(batch)
    assert (batch.created_count, batch.rejected_count, model.objects.count()) == (1, 0, 1)


class Untouched:
    """A body that nobody may read."""

    def read(self, *args):
        raise AssertionError("read")

    readline = read


def test_a_body_too_large_is_refused_before_it_is_read(settings):
    settings.UPLOAD_MAX_BYTES = 2**20
    checked = browser_of(UserFactory(role="officer"), enforce_csrf_checks=True)  # the check for forgery reads the body
    response = checked.generic(
        "POST", UPLOAD, content_type="multipart/form-data; boundary=x", CONTENT_LENGTH="1200000",
        **{"wsgi.input": Untouched()},
    )  # fmt: skip
    assert response.status_code == 413
    assert "The file is too large: at most 1 MB." in response.content.decode()


def test_51_megabytes_are_refused_before_they_are_read_as_the_instance_is_set_up():
    checked = browser_of(UserFactory(role="officer"), enforce_csrf_checks=True)
    response = checked.generic(
        "POST", UPLOAD, content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=str(51 * 1024**2),
        **{"wsgi.input": Untouched()},
    )  # fmt: skip
    assert response.status_code == 413
    assert "The file is too large: at most 50 MB." in response.content.decode()


def test_an_old_workbook_is_refused_on_the_page_that_took_it(client):
    old = SimpleUploadedFile("posts.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    page = client.post(UPLOAD, {"subject": "influencers", "file": old}).content.decode()
    assert "This is an old Excel workbook (.xls), as LinkedIn still writes them." in page
    assert not ImportBatch.objects.exists()


def test_the_upload_page_says_what_youtube_and_linkedin_files_need(client):
    page = client.get(UPLOAD).content.decode()
    assert "export with the period “Lifetime”" in page
    assert "LinkedIn gives old Excel files (.xls)" in page


def test_a_file_being_read_says_how_far_it_is_and_for_how_long_still(client):
    batch = uploaded("name\n")
    now = timezone.now()
    began = now - timedelta(minutes=3)
    ImportBatch.objects.filter(pk=batch.pk).update(
        lease_until=now, rows_read=12_000,
        progress={"phase": "reading", "done": 250, "whole": 1000, "began": began.isoformat()},
    )  # fmt: skip
    page = page_of(client, batch)
    assert "The file is being read." in page
    assert '<span style="width: 25%"></span>' in page
    assert "12,000 rows read · 25% · ≈ 9 minutes left" in page
    assert "What the file would do" not in page
    ImportBatch.objects.filter(pk=batch.pk).update(
        progress={"phase": "storing", "done": 3, "whole": 4, "began": began.isoformat()}
    )
    page = page_of(client, batch)
    assert "The rows are being compared with what is known." in page
    assert "75% · ≈ 1 minute left" in page


def test_a_file_too_large_is_refused_in_words(client, settings):
    settings.UPLOAD_MAX_BYTES = 100
    page = client.post(UPLOAD, {"subject": "influencers", "file": file()}).content.decode()
    assert "The file is too large" in page
    assert not ImportBatch.objects.exists()


def test_an_empty_file_and_none_at_all_are_refused_in_words(client):
    assert (
        "The submitted file is empty."
        in client.post(UPLOAD, {"subject": "influencers", "file": file("")}).content.decode()
    )
    assert "The file is empty." in client.post(UPLOAD, {"subject": "influencers", "file": file(" \n")}).content.decode()
    assert "This field is required." in client.post(UPLOAD, {"subject": "influencers"}).content.decode()


def test_a_forged_form_brings_nothing():
    forger = browser_of(UserFactory(role="officer"), enforce_csrf_checks=True)
    assert forger.post(UPLOAD, {"subject": "influencers", "file": file()}).status_code == 403
    assert not ImportBatch.objects.exists()


def test_an_analyst_reads_and_decides_nothing(batch):
    analyst = browser_of(UserFactory(role="analyst"))
    page = page_of(analyst, batch)
    assert "Store 2 rows" not in page
    assert analyst.get(UPLOAD).status_code == 403
    assert analyst.post(UPLOAD, {"subject": "influencers", "file": file()}).status_code == 403
    assert analyst.post(f"{LIST}{batch.pk}/store/").status_code == 403
    assert analyst.post(f"{LIST}{batch.pk}/discard/").status_code == 403


def test_a_name_of_a_column_or_a_person_runs_nothing(client):
    evil = "<script>alert(1)</script>"
    text = f'name,platform,handle,"{evil}"\n"{evil}",instagram,evil.example,1\n'
    batch = analysed(text, filename=f"{evil}.csv")
    assert batch.created_count == 1
    assert evil not in page_of(client, batch)


@pytest.mark.parametrize("length", ["abc", "", "-1", "1e9", "9" * 5000])
def test_a_length_that_is_no_number_is_no_error_of_ours(client, length):
    assert client.post(UPLOAD, {}, CONTENT_LENGTH=length).status_code in {200, 400, 413}


def test_the_refused_rows_come_as_a_file_that_can_be_corrected_and_brought_again(client):
    text = "name,platform,handle,country,notes\nAnn,x,@ann,Atlantis,=1+1\nBob,x,bob,FR,\n"
    batch = analysed(text)
    answer = client.get(f"{LIST}{batch.pk}/rejects/")
    assert answer["Content-Disposition"].endswith('-rejected.csv"')
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "name,platform,handle,country,notes,Line,Why it was refused"
    assert lines[1].startswith("Ann,x,'@ann,Atlantis,'=1+1,2,")
    assert "This country is not known." in lines[1]
    corrected = answer.content.replace(b"Atlantis", b"France")
    again = analysed(corrected, filename="r.csv")
    assert (again.created_count, again.rejected_count) == (1, 0)
    committed(again)
    ann = Influencer.objects.get()
    assert (ann.name, ann.country, ann.notes, ann.accounts.get().handle) == ("Ann", "FR", "=1+1", "ann")


def test_a_row_refused_for_whom_it_names_is_in_that_file_too(client):
    InfluencerFactory(external_id="a")
    InfluencerFactory(external_id="b").addresses.create(
        email="b@x.example", email_key="b@x.example", digest="v1:b", kind="personal"
    )
    text = "external_id,email,city\na,b@x.example,Brest\n"
    batch = analysed(text)
    assert batch.rows.get().errors[0]["code"] == "identity_conflict"
    assert "a,b@x.example,Brest,2," in client.get(f"{LIST}{batch.pk}/rejects/").content.decode()


def test_a_stored_import_is_undone_after_a_question(client, batch):
    client.post(f"{LIST}{batch.pk}/store/")
    work(batch)
    assert f"{LIST}{batch.pk}/undo/" in page_of(client, batch)
    assert "Undo this import?" in client.get(f"{LIST}{batch.pk}/undo/").content.decode()
    batch.refresh_from_db()
    assert batch.state == "committed"
    page = client.post(f"{LIST}{batch.pk}/undo/", follow=True).content.decode()
    assert "This import was undone" in page
    assert not Influencer.objects.filter(external_id="q1").exists()
    assert Influencer.objects.get(external_id="q2").name == "Old name"


def test_the_template_comes_as_a_workbook_too_and_is_taken_back(client):
    answer = client.get(f"{LIST}template/?subject=influencers&as=xlsx")
    assert answer["Content-Disposition"] == 'attachment; filename="causeway-influencers.xlsx"'
    batch = analysed(answer.content, filename="t.xlsx")
    assert (batch.created_count, batch.rejected_count) == (1, 0), list(batch.rows.values("errors"))


REPORTS = Path("tests/crm/formats/files")


def report(name: str) -> ImportBatch:
    return analysed((REPORTS / name).read_bytes(), filename=name)


def test_a_report_of_a_tool_says_what_it_was_recognised_as_and_speaks_of_fields(client):
    batch = report("hypeauditor.json")
    page = page_of(client, batch)
    assert "recognised: Report from HypeAuditor" in page
    assert "14 fields of the file were left out" in page
    assert '<p class="cw-quiet cw-small">Not among our topics, so kept as interests: Travel.</p>' in page
    assert "no column" not in page
    for address in ("template/", "mapping/"):
        assert address not in page


def test_rejected_entries_of_a_report_are_offered_to_be_read_and_not_to_be_brought_again(client):
    page = page_of(client, report("hypeauditor.json"))
    assert "Download the rejected entries as a table, to read why" in page
    assert "export it anew" in page
    assert "bring them again</a>" not in page


def test_a_table_of_our_own_columns_says_so_and_offers_our_template_to_none_but_its_like(client, batch):
    assert "columns named as in our template" in page_of(client, batch)
    text = "influencer_id;media_url;email;shoe\n9001;https://www.instagram.com/noor/;noor@garden.example;38\n"
    vendor = analysed(text, filename="u.csv")
    page = page_of(client, vendor)
    assert vendor.format == "upfluence"
    assert "recognised: Upfluence" in page
    assert "1 column of the file was left out" in page
    assert f"{vendor.pk}/mapping/" in page
    asked = client.get(f"{LIST}{vendor.pk}/mapping/").content.decode()
    assert "u.csv was recognised: Upfluence. What you say here takes the place of that." in asked
    assert "template/" not in page


def test_rows_of_statistics_are_days_or_posts(client):
    person = InfluencerFactory()
    owner = person.accounts.create(platform="x", handle="ann", handle_key="ann")
    csv = "Date,Impressions,Engagements,Likes,New follows,Profile visits\n2026-11-01,10,2,1,0,3\n"
    client.post(UPLOAD, {"subject": "influencers", "file": file(csv), "owner": f"x.com/{owner.handle}"})
    batch = ImportBatch.objects.get()
    work(batch)
    page = page_of(client, batch)
    assert batch.format == "x-days"
    assert '<th scope="col">Day</th>' in page
    assert '<th scope="col">Influencer</th>' not in page
    assert "mapping/" not in page


def test_json_that_no_tool_writes_is_told_by_its_fields(client):
    client.post(UPLOAD, {"subject": "influencers", "file": file('{"shoe": 38}', "s.json")})
    batch = ImportBatch.objects.get()
    work(batch)
    assert "No tool that we know writes JSON with these fields: shoe." in page_of(client, batch)


def test_a_file_of_statistics_asks_whose_they_are_and_takes_the_link(client):
    csv = "Date,Impressions,Engagements,Likes,New follows,Profile visits\n2026-11-01,10,2,1,0,3\n"
    client.post(UPLOAD, {"subject": "influencers", "file": file(csv, "overview.csv")})
    batch = ImportBatch.objects.get()
    work(batch)
    assert "does not say whose account" in page_of(client, batch)
    person = InfluencerFactory()
    person.accounts.create(platform="x", handle="ann", handle_key="ann")
    refused = client.post(UPLOAD, {"subject": "influencers", "file": file(csv), "owner": "https://x.com/bob"})
    assert "Nobody we know has this account." in refused.content.decode()
    client.post(UPLOAD, {"subject": "influencers", "file": file(csv), "owner": "x.com/ann"})
    batch = ImportBatch.objects.latest("pk")
    work(batch)
    assert (batch.state, batch.updated_count) == ("analysed", 1)
