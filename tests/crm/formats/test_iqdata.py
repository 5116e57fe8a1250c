"""The report shape of IQFluence and its kin, in a file of our own making."""

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from crm.formats.documents import Documents
from crm.formats.reports import iqdata
from crm.formats.rows import AccountReading, AudienceShare, FiguresReading, InfluencerRow, RowError

FILE = (Path(__file__).parent / "files" / "iqdata.json").read_text()


def read(content: object):
    text = content if isinstance(content, str) else json.dumps(content)
    return list(iqdata.read(Documents(io.BytesIO(text.encode())), "report.json"))


def changed(**user) -> dict[str, object]:
    body = json.loads(FILE)
    body["user_profile"] |= user
    return body


def test_a_report_becomes_a_person_with_an_account_and_its_past():
    [parsed] = read(FILE)
    assert (parsed.errors, parsed.title) == ((), "Maïa Rivière")
    assert parsed.notes == (
        RowError(1, "user_profile.stat_history[1].month", "value_ignored", {"reason": "date_invalid"}),
    )
    assert parsed.row == InfluencerRow(
        line=1,
        name="Maïa Rivière",
        email="maia@studio.example",
        languages=("fr",),
        country="FR",
        city="Brest",
        bio="Dives and films the sea.",
        topics=("Travel",),
        hashtags=("ocean",),
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
                avg_comments=74.0,
                avg_shares=12.0,
                avg_views=21_000.0,
                engagement_rate=0.05,
                credible_share=0.8,
                observed_at=datetime(2026, 11, 18, 6, 30, tzinfo=UTC),
                audience=(
                    AudienceShare("country", "FR", 0.7),
                    AudienceShare("language", "fr", 0.8),
                    AudienceShare("age", "18-24", 0.4),
                    AudienceShare("age", "65+", 0.01),
                    AudienceShare("gender", "male", 0.4),
                    AudienceShare("gender", "female", 0.6),
                    AudienceShare("interest", "Travel", 0.3),
                ),
                past=(
                    FiguresReading(
                        date(2026, 2, 28),
                        followers=40_000,
                        following=600,
                        avg_likes=1700.0,
                        avg_comments=60.0,
                        avg_shares=9.0,
                        avg_views=18_000.0,
                    ),
                ),
            ),
        ),
        raw=parsed.row.raw,
    )


def test_what_is_not_taken_is_named_and_not_kept():
    unknown = set(iqdata.unknown_keys(Documents(io.BytesIO(FILE.encode()))))
    data = "audience_followers.data"
    assert {f"{data}.audience_ethnicities", f"{data}.notable_users", f"{data}.credibility_class"} <= unknown
    assert f"{data}.audience_credibility" not in unknown
    assert {"user_profile.paid_post_perfomance", "user_profile.similar_users", "user_profile.gender"} <= unknown
    kept = json.dumps(dict(read(FILE)[0].row.raw))
    assert not [word for word in ("White", "notable.example", "somebody.else") if word in kept]


@pytest.mark.parametrize(
    ("user", "platform", "handle"),
    [
        ({"type": "tiktok"}, "tiktok", "maia.plonge.example"),
        ({"type": None}, "instagram", "maia.plonge.example"),  # by the link
        ({"type": "youtube", "username": None, "custom_name": "@maia.example"}, "youtube", "maia.example"),
        (
            {"type": "youtube", "username": None, "user_id": "UCabcdefghijklmnopqrstuv"},
            "youtube",
            "UCabcdefghijklmnopqrstuv",
        ),
    ],
)
def test_platform_and_handle_are_told_in_several_ways(user, platform, handle):
    [parsed] = read(changed(**user))
    [account] = parsed.row.accounts
    assert (account.platform, account.handle) == (platform, handle)


@pytest.mark.parametrize(
    ("user", "column", "code"),
    [
        ({"type": "snapchat"}, "user_profile.type", "platform_unknown"),
        ({"type": None, "url": None}, "user_profile.url", "platform_missing"),
        ({"username": None}, "user_profile.username", "handle_missing"),  # a number is no handle on Instagram
        ({"user_id": "1.22158E+17"}, "user_profile.user_id", "id_scientific"),
        ({"followers": "many"}, "user_profile.followers", "count_invalid"),
    ],
)
def test_a_report_is_refused_by_path_and_code(user, column, code):
    [parsed] = read(changed(**user))
    assert [(error.column, error.code) for error in parsed.errors] == [(column, code)]


def test_a_rate_in_percent_is_not_taken_for_a_part_of_one():
    [parsed] = read(changed(engagement_rate=4.1))
    assert parsed.row.accounts[0].engagement_rate is None
    assert RowError(1, "user_profile.engagement_rate", "value_ignored", {"reason": "rate_out_of_range"}) in parsed.notes


def test_a_report_without_the_day_of_its_figures_has_the_day_it_was_made():
    body = json.loads(FILE)
    del body["report_info"]["profile_updated"]
    assert read(body)[0].row.accounts[0].observed_at == datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_an_answer_without_a_report_is_refused():
    rows = read([json.loads(FILE), {"success": False, "error": "retry_later"}, {"x": 1}])
    assert [[error.code for error in row.errors] for row in rows] == [[], ["report_failed"], ["report_shape_unknown"]]


def test_a_report_is_known_by_its_shape():
    assert iqdata.matches(Documents(io.BytesIO(FILE.encode())))
    for other in ("modash", "hypeauditor", "influencers_club"):
        path = Path(__file__).parent / "files" / f"{other}.json"
        assert not iqdata.matches(Documents(io.BytesIO(path.read_bytes())))
