"""Modash's report, in a file of our own making."""

import io
import json
from datetime import date
from pathlib import Path

import pytest

from crm.formats.documents import Documents
from crm.formats.reports import modash
from crm.formats.rows import AccountReading, AudienceShare, FiguresReading, InfluencerRow, RowError

FILE = (Path(__file__).parent / "files" / "modash.json").read_text()


def read(content: object):
    text = content if isinstance(content, str) else json.dumps(content)
    return list(modash.read(Documents(io.BytesIO(text.encode())), "modash.json"))


def changed(**outer):
    """The report with other values; those of `inner` in the inner profile."""
    body = json.loads(FILE)
    body["profile"]["profile"] |= outer.pop("inner", {})
    body["profile"] |= outer
    return body


def account(**outer) -> AccountReading:
    [parsed] = read(changed(**outer))
    return parsed.row.accounts[0]


def test_a_report_becomes_a_person_with_an_account_and_its_past():
    [parsed] = read(FILE)
    assert (parsed.errors, parsed.notes, parsed.title) == ((), (), "Maïa Rivière")
    assert parsed.names == {
        "name": "profile.profile.fullname",
        "handle": "profile.profile.username",
        "email": "profile.contacts[1].value",
    }
    assert parsed.row == InfluencerRow(
        line=1,
        name="Maïa Rivière",
        email="maia@studio.example",
        languages=("fr",),
        country="FR",
        city="Brest",
        bio="Dives, films the sea\nand says what lies on its floor.",
        topics=("Sea & Boats",),
        hashtags=("ocean", "freediving"),
        accounts=(
            AccountReading(
                platform="instagram",
                handle="maia.plonge.example",
                url="https://www.instagram.com/maia.plonge.example",
                platform_id="17841400000000027",
                followers=48_100,
                posts=820,
                avg_engagements=2405.0,
                avg_likes=1900.0,
                avg_comments=74.5,
                avg_shares=12.0,
                avg_views=21_000.0,
                engagement_rate=0.05,
                credible_share=0.81,
                audience=(
                    AudienceShare("country", "FR", 0.7),
                    AudienceShare("country", "BE", 0.1),
                    AudienceShare("language", "fr", 0.8),
                    AudienceShare("age", "18-24", 0.3),
                    AudienceShare("age", "25-34", 0.4),
                    AudienceShare("age", "65+", 0.01),
                    AudienceShare("gender", "female", 0.6),
                    AudienceShare("gender", "male", 0.4),
                    AudienceShare("interest", "Travel: far away", 0.3),
                ),
                past=(
                    FiguresReading(
                        date(2026, 9, 30), 46_000, 600, avg_likes=1800.0, avg_comments=70.0, avg_views=20_000.0
                    ),
                    FiguresReading(
                        date(2026, 10, 31), 47_200, 605, avg_likes=1850.0, avg_comments=72.0, avg_views=20_500.0
                    ),
                ),
            ),
        ),
        raw=parsed.row.raw,
    )


def test_what_is_not_taken_is_named_and_not_kept():
    unknown = modash.unknown_keys(Documents(io.BytesIO(FILE.encode())))
    assert {"profile.audience.ethnicities", "profile.audience.notableUsers", "profile.lookalikes"} <= set(unknown)
    assert {"profile.audience.audienceTypes", "profile.paidPostPerformance", "profile.profile.picture"} <= set(unknown)
    kept = json.dumps(dict(read(FILE)[0].row.raw), ensure_ascii=False)
    assert not [word for word in ("White", "notable.example", "somebody.else", "1 99 00", "second@") if word in kept]


def test_the_kind_of_an_address_is_not_said_and_a_broken_one_is_passed_over():
    [parsed] = read(changed(contacts=[{"type": "email", "value": "at"}, {"type": "email", "value": "a@b.example"}, 5]))
    assert (parsed.row.email, parsed.row.email_kind, parsed.row.basis) == ("a@b.example", "", "")
    assert parsed.notes == (RowError(1, "profile.contacts[0].value", "value_ignored", {"reason": "email_invalid"}),)


@pytest.mark.parametrize(("rate", "expected"), [(0.05, 0.05), (0.9, 0.9), (1, 1.0), (5, None), (None, None)])
def test_rates_are_parts_of_one(rate, expected):
    assert account(inner={"engagementRate": rate}).engagement_rate == expected


@pytest.mark.parametrize(
    ("said", "share"), [(0.81, 0.81), (1, 1.0), (0, None), (None, None), (81, None), ("good", None)]
)
def test_credibility_is_the_part_of_the_followers_that_is_not_fake(said, share):
    [parsed] = read(changed(audience={"credibility": said}))
    assert parsed.row.accounts[0].credible_share == share
    assert [note.column for note in parsed.notes] == (["profile.audience.credibility"] if said in (81, "good") else [])


def test_figures_stand_in_one_of_three_places():
    inside = changed(inner={"avgLikes": 3, "avgViews": 4, "userId": "5", "postsCount": 6})
    for key in ("avgLikes", "userId", "postsCount"):
        del inside["profile"][key]
    [parsed] = read(inside)
    told = parsed.row.accounts[0]
    assert (told.avg_likes, told.avg_views, told.platform_id, told.posts) == (3.0, 4.0, "5", 6)


def test_what_is_not_told_is_not_zero():
    told = account(statHistory=None, audience=None, avgReelsPlays=None, stats=None, postsCount=None)
    assert (told.past, told.audience, told.avg_views, told.avg_shares, told.posts) == ((), (), None, None, None)


def test_of_the_past_a_month_counts_once_and_by_its_last_day():
    months = [
        {"month": "2024-02", "followers": 5},
        {"month": "2024-02", "followers": 6},
        {"month": "2024-13", "followers": 7},
        {"month": "2024-04-01", "followers": "many", "avgLikes": 3},
    ]
    [parsed] = read(changed(statHistory=months))
    assert parsed.row.accounts[0].past == (
        FiguresReading(date(2024, 2, 29), followers=5),
        FiguresReading(date(2024, 4, 30), avg_likes=3.0),
    )
    assert [(note.column, note.params["reason"]) for note in parsed.notes] == [
        ("profile.statHistory[2].month", "date_invalid"),
        ("profile.statHistory[3].followers", "count_invalid"),
    ]


@pytest.mark.parametrize(
    ("url", "platform"),
    [
        ("https://www.tiktok.com/@maia.plonge.example", "tiktok"),
        ("https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv", "youtube"),
    ],
)
def test_the_link_tells_the_platform(url, platform):
    assert account(inner={"url": url}).platform == platform


@pytest.mark.parametrize(
    ("inner", "column", "code"),
    [
        ({"url": None}, "profile.profile.url", "platform_missing"),
        ({"username": ""}, "profile.profile.username", "handle_missing"),
        ({"username": "two words"}, "profile.profile.username", "handle_invalid"),
        ({"followers": 1.5}, "profile.profile.followers", "count_not_whole"),
        ({"userId": 1.78e16}, "profile.profile.userId", "id_scientific"),
    ],
)
def test_a_report_is_refused_by_path_and_code(inner, column, code):
    [parsed] = read(changed(inner=inner))
    assert [(error.column, error.code) for error in parsed.errors] == [(column, code)]


def test_an_answer_without_a_report_is_refused():
    rows = read([json.loads(FILE), {"error": True, "message": "no such person"}])
    assert [(row.line, [error.code for error in row.errors]) for row in rows] == [(1, []), (2, ["report_failed"])]


def test_a_report_is_known_by_its_shape():
    assert modash.matches(Documents(io.BytesIO(FILE.encode())))
    for other in ("hypeauditor", "influencers_club", "iqdata"):
        path = Path(__file__).parent / "files" / f"{other}.json"
        assert not modash.matches(Documents(io.BytesIO(path.read_bytes())))
