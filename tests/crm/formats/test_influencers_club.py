"""Influencers.club's enriched creators, in a file of our own making."""

import io
import json
from pathlib import Path

import pytest

from crm.formats.documents import Documents
from crm.formats.reports import influencers_club
from crm.formats.rows import AccountReading, AudienceShare, InfluencerRow, RowError

FILE = (Path(__file__).parent / "files" / "influencers_club.json").read_text()


def read(content: object):
    text = content if isinstance(content, str) else json.dumps(content)
    return list(influencers_club.read(Documents(io.BytesIO(text.encode())), "creator.json"))


def result(**blocks) -> dict[str, object]:
    return {"credits_cost": 1, "result": blocks}


def test_a_result_becomes_a_person_with_an_account_for_each_block():
    [parsed] = read(FILE)
    assert (parsed.errors, parsed.notes, parsed.title) == ((), (), "Maïa Rivière")
    assert parsed.row == InfluencerRow(
        line=1,
        name="Maïa Rivière",
        email="maia@studio.example",
        email_kind="professional",
        languages=("fr",),
        country="FR",
        bio="Dives and films the sea.",
        topics=("Travel", "Diving", "Sea"),
        hashtags=("ocean", "freediving"),
        accounts=(
            AccountReading(
                platform="instagram",
                handle="maia.plonge.example",
                url="https://www.instagram.com/maia.plonge.example",
                platform_id="17841400000000027",
                followers=48_100,
                following=610,
                posts=820,
                avg_likes=1900.0,
                avg_comments=74.0,
                avg_views=21_000.0,
                engagement_rate=0.041,
                credible_share=0.8,
                audience=(
                    AudienceShare("country", "FR", 0.7),
                    AudienceShare("age", "18-24", 0.4),
                    AudienceShare("age", "65+", 0.01),
                    AudienceShare("gender", "male", 0.4),
                    AudienceShare("gender", "female", 0.6),
                ),
            ),
            AccountReading(
                platform="youtube",
                handle="maia.example",
                url="https://www.youtube.com/@maia.example",
                platform_id="UCabcdefghijklmnopqrstuv",
                followers=1200,
                posts=51,
                avg_views=800.5,
                engagement_rate=0.025,
                audience=(
                    AudienceShare("country", "FR", 0.6),
                    AudienceShare("country", "BE", 0.2),
                    AudienceShare("gender", "male", 0.3),
                    AudienceShare("gender", "female", 0.7),
                ),
            ),
            AccountReading(
                platform="x",
                handle="maia_example",
                url="https://x.com/maia_example",
                platform_id="991",
                followers=5100,
            ),
            AccountReading(
                platform="twitch",
                handle="maia_example",
                url="https://www.twitch.tv/maia_example",
                platform_id="5512",
                followers=90,
                avg_views=12.0,
            ),
            AccountReading(
                platform="linkedin",
                handle="maia-riviere-example",
                url="https://www.linkedin.com/in/maia-riviere-example",
                platform_id="7",
                followers=410,
            ),
        ),
        raw=parsed.row.raw,
    )


def test_a_failed_audience_is_no_audience_and_no_mistake():
    data = {"audience_genders": {"male": 0.4}, "audience_credibility": 0.9}
    failed = {"success": False, "error": "empty_audience", "data": data}
    block = {"username": "tom.example", "audience_followers": failed, "audience_likers": None}
    [parsed] = read(result(tiktok=block))
    assert (parsed.row.accounts[0].audience, parsed.row.accounts[0].credible_share, parsed.notes) == ((), None, ())


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("business", "professional"),
        ("Personal", "personal"),
        ("harvested", ""),
        ("verified", ""),
        (None, ""),
        (5, ""),
    ],
)
def test_the_file_says_the_kind_of_an_address_or_nobody_does(said, kind):
    [parsed] = read(result(email="a@b.example", email_type=said, twitter={"username": "tom_example"}))
    assert (parsed.row.email, parsed.row.email_kind, parsed.row.basis) == ("a@b.example", kind, "")


def test_twitch_names_people_in_camel_case():
    [parsed] = read(result(first_name="Tom", twitch={"username": "tom_example", "displayName": "Tom_Example"}))
    assert (parsed.row.name, parsed.names["name"]) == ("Tom_Example", "result.twitch.displayName")


def test_a_channel_without_a_name_of_its_own_is_known_by_its_id():
    [parsed] = read(result(youtube={"id": "UCabcdefghijklmnopqrstuv", "custom_url": None, "title": "Tom"}))
    assert parsed.row.accounts[0].handle == "UCabcdefghijklmnopqrstuv"


def test_rates_are_of_a_hundred():
    [parsed] = read(result(instagram={"username": "tom.example", "engagement_percent": 0.9}))
    assert parsed.row.accounts[0].engagement_rate == 0.009


def test_credibility_stands_where_the_audience_does_and_only_that_of_followers_counts():
    def told(**block) -> float | None:
        [parsed] = read(result(instagram={"username": "tom.example", **block}))
        return parsed.row.accounts[0].credible_share

    said = {"data": {"audience_credibility": 0.9}}
    assert told(audience={"audience_followers": said}) == 0.9
    assert told(audience_likers=said, audience={"audience_commenters": said}) is None


def test_a_block_that_points_nowhere_is_passed_over_and_a_broken_one_noted():
    [parsed] = read(
        result(
            instagram={"username": "tom.example"},
            tiktok={"username": None, "follower_count": 5},
            twitter={"username": "two words", "follower_count": 5},
        )
    )
    assert [a.platform for a in parsed.row.accounts] == ["instagram"]
    assert parsed.notes == (RowError(1, "result.twitter.username", "value_ignored", {"reason": "handle_invalid"}),)


@pytest.mark.parametrize(
    ("body", "column", "code"),
    [
        (result(twitter={"username": "two words"}), "result.twitter.username", "handle_invalid"),
        (result(email="a@b.example", twitter={"username": None}), "result", "handle_missing"),
        (
            result(twitter={"username": "tom_example", "userid": "9.9E+17"}),
            "result.twitter.userid",
            "id_scientific",
        ),
        ({"error": "No data found"}, "error", "report_failed"),
        ({"result": {"email": "a@b.example"}}, "", "report_shape_unknown"),
    ],
)
def test_a_result_is_refused_by_path_and_code(body, column, code):
    [parsed] = read(body)
    assert [(error.column, error.code) for error in parsed.errors] == [(column, code)]


def test_results_may_stand_one_a_line():
    line = json.dumps(json.loads(FILE))
    rows = read(f"{line}\n{{broken\n\n{line}\n")
    assert [(row.line, [error.code for error in row.errors]) for row in rows] == [
        (1, []),
        (2, ["json_invalid"]),
        (4, []),
    ]


def test_what_is_not_taken_is_named_and_not_kept():
    unknown = set(influencers_club.unknown_keys(Documents(io.BytesIO(FILE.encode()))))
    data = "result.instagram.audience_followers.data"
    assert {f"{data}.audience_ethnicities", f"{data}.notable_users", f"{data}.credibility_class"} <= unknown
    assert f"{data}.audience_credibility" not in unknown
    assert {"result.gender", "result.location", "result.instagram.post_data", "result.twitch.isPartner"} <= unknown
    kept = json.dumps(dict(read(FILE)[0].row.raw))
    assert not [word for word in ("white", "notable.example", "good") if word in kept]


def test_a_result_is_known_by_its_shape():
    assert influencers_club.matches(Documents(io.BytesIO(FILE.encode())))
    for other in ("modash", "hypeauditor", "iqdata"):
        path = Path(__file__).parent / "files" / f"{other}.json"
        assert not influencers_club.matches(Documents(io.BytesIO(path.read_bytes())))
