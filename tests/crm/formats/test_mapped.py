"""Anybody's table, read by what somebody said of its columns."""

import io
from datetime import date

import pytest

from crm.errors import DomainError
from crm.formats.field_maps import FieldMap
from crm.formats.registry import read_influencers
from crm.formats.rows import AccountReading


def read(text: str | bytes, columns: dict[str, str], constants: dict[str, str] | None = None, **said: str):
    content = text if isinstance(text, bytes) else text.encode()
    mapping = FieldMap(columns, constants or {}, **said)
    reading = read_influencers(io.BytesIO(content), "f.csv", mapping=mapping)
    return reading, list(reading.rows)


def test_what_the_file_lacks_is_said_once_for_all_rows():
    text = "Streamer,Fans,Langue\nmaia_live,10,\ntom,20,en\n,,fr\n"
    columns = {"Streamer": "handle", "Fans": "followers", "Langue": "languages"}
    _, rows = read(text, columns, {"platform": "twitch", "country": "FR"})
    first, second = rows[0].row, rows[1].row
    assert first.accounts == (AccountReading("twitch", "maia_live", "https://www.twitch.tv/maia_live", followers=10),)
    assert (first.country, second.languages, second.accounts[0].platform) == ("FR", ("en",), "twitch")
    assert [error.code for error in rows[2].errors] == ["identity_missing"]  # the platform alone is no account


def test_where_a_row_says_something_itself_the_row_counts():
    _, (parsed,) = read("n,p,c\nann,x,Belgique\n", {"n": "handle", "p": "platform", "c": "country"},
                        {"platform": "twitch", "country": "FR"})  # fmt: skip
    assert (parsed.row.accounts[0].platform, parsed.row.country) == ("x", "BE")


def test_an_agency_has_a_column_per_platform_and_a_name_in_two_parts():
    text = "Prénom;Nom;Insta;Abonnés Insta;TikTok;Abonnés TikTok\nMaïa;Rivière;@maia;48,2 k;-;-\nTom;;;;tom.tt;1.250\n"
    columns = {
        "Prénom": "first_name", "Nom": "last_name", "Insta": "instagram.handle", "Abonnés Insta": "instagram.followers",
        "TikTok": "tiktok.handle", "Abonnés TikTok": "tiktok.followers",
    }  # fmt: skip
    _, (maia, tom) = read(text, columns)
    assert (maia.row.name, tom.row.name) == ("Maïa Rivière", "Tom")
    assert [(a.platform, a.handle, a.followers) for a in maia.row.accounts] == [("instagram", "maia", 48_200)]
    assert [(a.platform, a.handle, a.followers) for a in tom.row.accounts] == [("tiktok", "tom.tt", 1_250)]


def test_figures_of_a_platform_without_its_account_are_refused_by_the_file_s_own_column():
    _, (parsed,) = read("Nom;Insta;Fans\nAnn;;12\n", {"Nom": "name", "Insta": "instagram.handle", "Fans": "instagram.followers"})  # fmt: skip
    assert [(error.column, error.code) for error in parsed.errors] == [("Insta", "handle_missing")]


@pytest.mark.parametrize(
    ("numbers", "views", "followers"), [("european", 1234.0, 1234), ("english", 1.234, 1234), ("", 1.234, 1234)]
)
def test_numbers_are_read_as_somebody_says_they_are_written(numbers, views, followers):
    _, (parsed,) = read("h,v,f\nann,1.234,1.234\n", {"h": "handle", "v": "avg_views", "f": "followers"},
                        {"platform": "x"}, numbers=numbers)  # fmt: skip
    assert (parsed.row.accounts[0].avg_views, parsed.row.accounts[0].followers) == (views, followers)


@pytest.mark.parametrize(("dates", "day"), [("day_first", date(2026, 4, 3)), ("month_first", date(2026, 3, 4))])
def test_days_are_read_as_somebody_says_they_are_written(dates, day):
    columns = {"h": "handle", "d": "observed_at"}
    _, (parsed,) = read("h,d\nann,03/04/2026\n", columns, {"platform": "x"}, dates=dates)
    assert parsed.row.accounts[0].observed_at == day
    _, (parsed,) = read("h,d\nann,03/04/2026\n", columns, {"platform": "x"})
    assert [error.code for error in parsed.errors] == ["date_ambiguous"]


@pytest.mark.parametrize(("rates", "cell", "rate"), [("percent", "3.4", 0.034), ("fraction", "0.034", 0.034), ("", "3.4 %", 0.034), ("percent", "0.9", 0.009)])  # fmt: skip
def test_rates_are_read_as_somebody_says_they_are_written(rates, cell, rate):
    _, (parsed,) = read(f"h,r\nann,{cell}\n", {"h": "handle", "r": "engagement_rate"}, {"platform": "x"}, rates=rates)
    assert parsed.row.accounts[0].engagement_rate == rate


@pytest.mark.parametrize(
    ("field", "shares", "cell", "share"),
    [
        *(("real_followers", "percent", "83", 0.83), ("real_followers", "", "0.83", 0.83)),
        *(("real_followers", "fraction", "83 %", 0.83), ("real_followers", "", "-", None)),
        *(("fake_followers", "percent", "17", 0.83), ("fake_followers", "", "17 %", 0.83)),
        *(("fake_followers", "", "0.1", 0.9), ("fake_followers", "", "n/a", None), ("fake_followers", "", "0", 1.0)),
    ],
)
def test_followers_are_told_by_who_is_real_or_who_is_fake(field, shares, cell, share):
    columns = {"h": "handle", "r": "engagement_rate", "s": field}
    _, (parsed,) = read(f"h,r,s\nann,0.034,{cell}\n", columns, {"platform": "x"}, rates="fraction", shares=shares)
    [account] = parsed.row.accounts
    assert (account.engagement_rate, account.credible_share) == (0.034, share)


def test_a_share_of_fakes_speaks_of_an_account_and_is_refused_where_it_is_none():
    columns = {"n": "name", "h": "handle", "s": "fake_followers"}
    _, rows = read("n,h,s\nAnn,,17 %\nBob,bob,170 %\nCat,,\n", columns, {"platform": "x"})
    assert [[(error.column, error.code) for error in row.errors] for row in rows] == [
        [("h", "handle_missing")],
        [("s", "share_out_of_range")],
        [],
    ]


def test_lists_are_divided_by_commas_and_two_columns_make_one():
    text = "n;a;b;l\nAnn;Mer, voyage;Art / Design;français, anglais\n"
    _, (parsed,) = read(text, {"n": "name", "a": "topics", "b": "topics", "l": "languages"})
    assert parsed.row.topics == ("Mer", "voyage", "Art", "Design")
    assert parsed.row.languages == ("fr", "en")


def test_several_columns_of_notes_say_which_is_which():
    _, (parsed,) = read("n;Tarif;Agent\nAnn;300 €;Zoé\n", {"n": "name", "Tarif": "notes", "Agent": "notes"})
    assert parsed.row.notes == "Tarif: 300 €\nAgent: Zoé"


def test_the_columns_left_out_are_named():
    reading, _ = read("n,x,y\nAnn,1,2\n", {"n": "name", "x": ""})
    assert (reading.format, reading.unknown_columns, reading.header) == ("own", ("x", "y"), ("n", "x", "y"))


def test_a_report_has_no_columns():
    with pytest.raises(DomainError, match="mapping_needs_table"):
        read('{"error": false}', {"n": "name"})
