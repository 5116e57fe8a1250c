"""A campaign's report as files: the same figures in all of them, names for those who may see them only."""

import csv
import io
from datetime import timedelta
from decimal import Decimal
from zipfile import ZipFile

import pytest
from django.utils import translation
from openpyxl import load_workbook

from crm.models import AccountSnapshot
from outreach.models import Click
from outreach.services import campaign_report, conversions, costs, report_book
from outreach.sources.events import told
from tests.factories import NOW, AccountFactory, CampaignFactory, LinkFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign():
    return CampaignFactory(name="Été : plages", slug="plages", starts_date=NOW.date() - timedelta(days=9))


@pytest.fixture
def link(campaign):
    link = LinkFactory(
        outreach__campaign=campaign, outreach__stage="live", outreach__influencer__name="=Élodie Œuvrard"
    )
    account = AccountFactory(influencer=link.outreach.influencer, handle="elodie.o")
    for day, followers in ((12, 1000), (2, 1100)):
        at = NOW - timedelta(days=day)
        AccountSnapshot.objects.create(account=account, observed_at=at, source="x", followers=followers)
    Click.objects.create(link=link, click_id="a", at=NOW, method="GET")
    event = told(
        source="x", external_id="1", kind="donation", occurred_at=NOW, code=link.code, amount_minor=1250, currency="EUR"
    )
    conversions.record_by_hand(event=event, at=NOW)
    costs.record(
        outreach=link.outreach, kind="fee", amount_minor=5000, currency="EUR", on_date=NOW.date(), by=UserFactory()
    )
    return link


def made(campaign, kind, *, with_names=True, language="en") -> bytes:
    with translation.override(language):
        whole = campaign_report.read(campaign=campaign, at=NOW)
        return report_book.file(whole=whole, kind=kind, with_names=with_names)[1]


def tables(content: bytes) -> dict[str, list[list[str]]]:
    with ZipFile(io.BytesIO(content)) as files:
        return {name: list(csv.reader(io.StringIO(files.read(name).decode()))) for name in files.namelist()}


def test_comma_separated_files_are_plain(campaign, link):
    found = tables(made(campaign, "csv", language="fr"))
    actions = next(rows for name, rows in found.items() if name.endswith("-actions.csv"))
    assert actions[1][1:4] == ["1", "12.50", "EUR"]
    days = next(rows for name, rows in found.items() if name.endswith("-days.csv"))
    assert days[1:] == [["2026-11-24", "0", "0", "1", "1"]]


def test_what_is_unknown_is_blank_and_not_nothing(campaign, link):
    rows = next(rows for name, rows in tables(made(campaign, "csv")).items() if name.endswith("-funnel.csv"))
    told = dict(rows)
    assert (told["Reach"], told["Engagement"], told["Publications"], told["Clicks"]) == ("", "", "0", "1")


def test_a_name_that_begins_like_a_formula_is_none(campaign, link):
    rows = next(rows for name, rows in tables(made(campaign, "csv")).items() if name.endswith("-influencers.csv"))
    assert rows[1][0] == "'=Élodie Œuvrard"
    sheet = load_workbook(io.BytesIO(made(campaign, "xlsx")))["By influencer"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("'=Élodie Œuvrard", "s")


def test_a_workbook_has_a_sheet_a_table_and_numbers_as_numbers(campaign, link):
    book = load_workbook(io.BytesIO(made(campaign, "xlsx")))
    assert book.sheetnames == [
        "Funnel", "Concrete actions", "By influencer", "By platform", "By day", "Costs", "Growth of partners’ accounts",
    ]  # fmt: skip
    assert [cell.value for cell in book["Costs"][2]] == ["'=Élodie Œuvrard", 50, "EUR"]
    assert book["By day"]["A2"].value.date() == NOW.date()
    clicks = book["By influencer"]["F2"]
    assert (clicks.value, clicks.number_format) == (
        1,
        "#,##0",
    )  # thousands apart, in whatever way the reader's Excel does
    assert Decimal(str(book["Growth of partners’ accounts"]["G2"].value)) == Decimal("0.1")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_title_is_longer_than_the_tab_of_a_sheet(campaign, link, language):
    with translation.override(language):
        whole = campaign_report.read(campaign=campaign, at=NOW)
        titles = [table.title for table in report_book.book(whole=whole, with_names=True).tables]
    assert [title for title in titles if len(title) > 31] == []


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_without_the_right_to_see_names_there_is_none(campaign, link, kind):
    whole = campaign_report.read(campaign=campaign, at=NOW)
    told = str(report_book.book(whole=whole, with_names=False))
    assert "Œuvrard" not in told
    assert "elodie" not in told
    assert str(link.outreach.public_id) in told
    assert made(campaign, kind, with_names=False) != made(campaign, kind)


def test_who_was_erased_has_no_name(campaign, link):
    link.outreach.influencer = None
    link.outreach.save()
    whole = campaign_report.read(campaign=campaign, at=NOW)
    assert "Erased person" in str(report_book.book(whole=whole, with_names=True))


@pytest.mark.parametrize("kind", ["csv", "pdf"])
def test_the_same_report_is_the_same_bytes(campaign, link, kind):
    assert made(campaign, kind) == made(campaign, kind)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_an_empty_campaign_has_a_report_too(campaign, language):
    assert made(campaign, "pdf", language=language)[:5] == b"%PDF-"
    assert "no-reach" not in str(tables(made(campaign, "csv", language=language)))


def test_days_without_anything_have_their_place_in_the_chart(campaign, link):
    Click.objects.create(link=link, click_id="b", at=NOW - timedelta(days=3), method="GET")
    whole = campaign_report.read(campaign=campaign, at=NOW)
    assert report_book.book(whole=whole, with_names=True).series[0].values == (1.0, 0.0, 0.0, 1.0)


def test_a_file_is_named_after_the_campaign_and_the_day(campaign):
    whole = campaign_report.read(campaign=campaign, at=NOW)
    names = [report_book.file(whole=whole, kind=kind, with_names=True)[0] for kind in report_book.KINDS]
    assert names == ["plages-2026-11-24.csv.zip", "plages-2026-11-24.xlsx", "plages-2026-11-24.pdf"]
