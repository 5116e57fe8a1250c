"""The public "most followed" lists, in files of our own making."""

from datetime import date

import pytest

from crm.formats.ranked_lists import observed_in
from crm.formats.rows import AccountReading, AudienceShare, InfluencerRow, RowError

INSTAGRAM = """\
s.no,Name,Instagram Name,Category-1,Followers,Followers,"
Country",Eng. (Auth.),Eng. (Auth.),Eng. (Avg.),Eng. (Avg.),Category-2,Extra
1,maia.plonge,Maïa 🌊,Sea,48.1K,48100,France,1K,1000,2.4K,2405,Travel,x
2,tom_bakes,,,2M,2000000,,0,0,0,0,,
"""
YOUTUBE = """\
s.no,Youtube channel,youtuber name,Category,Followers,Followers,Country,"
Views (Avg.)","
Views (Avg.)",Likes (Avg.),Likes (Avg.),Comments (Avg.),Comments (Avg.),Category-2
1,✿ Sea Show,Sea Show!,Animation,1.5M,1500000,United Kingdom,199.5,199.5,2.8K,2800,0,0,Animation
"""


def test_instagram_keeps_the_exact_figures_and_the_audience_s_country(influencers):
    reading, rows = influencers(INSTAGRAM, "instagram-nov-2022.csv")
    assert (reading.format, reading.unknown_columns) == ("ranked-instagram", ("Extra",))
    assert rows[0].row == InfluencerRow(
        line=3,
        name="Maïa 🌊",
        topics=("Sea", "Travel"),
        accounts=(
            AccountReading(
                platform="instagram",
                handle="maia.plonge",
                url="https://www.instagram.com/maia.plonge",
                followers=48_100,
                avg_engagements=2405.0,
                engagement_rate=0.05,
                observed_at=date(2022, 11, 30),
                audience=(AudienceShare("country", "FR", None),),
            ),
        ),
        raw=rows[0].raw,
    )
    assert rows[0].raw["Eng. (Auth.) (2)"] == "1000"
    assert rows[0].row.country == ""


def test_what_is_missing_is_no_mistake(influencers):
    row = influencers(INSTAGRAM)[1][1].row
    assert (row.name, row.topics, row.accounts[0].audience, row.accounts[0].observed_at) == ("tom_bakes", (), (), None)
    assert (row.accounts[0].avg_engagements, row.accounts[0].engagement_rate) == (0.0, 0.0)


def test_youtube_keeps_averages_and_makes_up_no_rate(influencers):
    reading, (parsed,) = influencers(YOUTUBE, "youtube dec 2022.csv")
    assert (reading.format, reading.unknown_columns, parsed.line) == ("ranked-youtube", (), 4)
    account = parsed.row.accounts[0]
    assert (parsed.row.name, parsed.row.topics) == ("Sea Show!", ("Animation",))
    assert (account.handle, account.followers, account.avg_views) == ("✿ Sea Show", 1_500_000, 199.5)
    assert (account.avg_likes, account.avg_comments, account.avg_engagements, account.engagement_rate) == (
        2800,
        0,
        None,
        None,
    )
    assert account.observed_at == date(2022, 12, 31)


def test_two_forms_of_a_figure_must_agree(influencers):
    text = "Rank,name,instagram name,followers,followers,Eng. (Avg.),Eng. (Avg.)\n"
    text += (
        "1,a,A,409.8M,405000000,1K,1000\n2,b,B,48.1K,48100,1K,1100\n3,c,C,48.1K,48200,,1000\n4,d,D,48200,48.1K,1K,\n"
    )
    _, rows = influencers(text)
    assert [p.errors for p in rows[:2]] == [
        (RowError(2, "followers", "figures_disagree", {"percent": 1}),),
        (RowError(3, "Eng. (Avg.)", "figures_disagree", {"percent": 1}),),
    ]
    assert [(p.row.accounts[0].followers, p.row.accounts[0].avg_engagements) for p in rows[2:]] == [
        (48_200, 1000),
        (48_200, 1000),
    ]


def test_a_rate_above_one_is_no_rate(influencers):
    row = influencers("name,instagram name,followers,Eng. (Avg.)\na,A,1000,2000\n")[1][0].row
    assert (row.accounts[0].avg_engagements, row.accounts[0].engagement_rate) == (2000.0, None)


def test_an_account_that_stands_twice_counts_once(influencers):
    text = "name,instagram name,followers\nann,Ann,1000\nbob,Bob,500\nann,Ann,1000\nann,Ann,1001\n"
    _, rows = influencers(text)
    assert [p.row is not None for p in rows] == [True, True, True, False]
    assert rows[2].notes == (RowError(4, "", "row_repeated", {"first_line": 2}),)
    assert rows[3].errors == (RowError(5, "name", "account_repeated", {"first_line": 2}),)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (",A,5,FR", "name", "handle_missing"),
        ("two words,A,5,FR", "name", "handle_invalid"),
        ("ann,A,5,Atlantis", "country", "country_unknown"),
        ("ann,A,1.2E+8,FR", "followers", "count_scientific"),
        ("ann,A,5", "", "row_ragged"),
    ],
)
def test_a_row_is_refused_by_column_and_code(influencers, row, column, code):
    _, (parsed,) = influencers(f"name,instagram name,followers,country\n{row}\n")
    assert [(e.line, e.column, e.code) for e in parsed.errors] == [(2, column, code)]


@pytest.mark.parametrize(
    ("filename", "day"),
    [
        ("instagram-dec-2022.csv", date(2022, 12, 31)),
        ("social media influencers - Instagram February 2024.csv", date(2024, 2, 29)),
        ("people.csv", None),
        ("list-2022.csv", None),
        ("decade-2022.csv", date(2022, 12, 31)),
    ],
)
def test_the_file_s_name_tells_the_month(filename, day):
    assert observed_in(filename) == day
