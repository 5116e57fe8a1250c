"""HypeAuditor's reports, in a file of our own making."""

import io
import json
from pathlib import Path

import pytest

from crm.formats.documents import Documents
from crm.formats.reports import hypeauditor
from crm.formats.rows import AccountReading, AudienceShare, InfluencerRow, RowError

FILE = (Path(__file__).parent / "files" / "hypeauditor.json").read_text()


def read(content: object):
    text = content if isinstance(content, str) else json.dumps(content)
    return list(hypeauditor.read(Documents(io.BytesIO(text.encode())), "report.json"))


def report(state="READY", **user) -> dict[str, object]:
    return {"report_state": state, "user": {"username": "tom.bakes.example", "full_name": "Tom Four"} | user}


def account(**user) -> AccountReading:
    [parsed] = read(report(**user))
    return parsed.row.accounts[0]


def test_a_report_becomes_a_person_with_all_their_accounts():
    parsed = read(FILE)[0]
    assert (parsed.line, parsed.title, parsed.errors) == (1, "Maïa Rivière", ())
    assert parsed.row == InfluencerRow(
        line=1,
        name="Maïa Rivière",
        email="maia@studio.example",
        languages=("fr", "en"),
        country="GB",
        city="Falmouth",
        bio="Dives and films the sea.",
        topics=("Travel", "Sea"),
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
                engagement_rate=0.041,
                credible_share=0.83,
                audience=(
                    AudienceShare("country", "GB", 0.625),
                    AudienceShare("country", "FR", 0.2),
                    AudienceShare("language", "en", 0.701),
                    AudienceShare("gender", "female", 0.605),
                    AudienceShare("gender", "male", 0.395),
                    AudienceShare("age", "18-24", 0.425),
                    AudienceShare("age", "65+", 0.01),
                    AudienceShare("interest", "Travel", None),
                    AudienceShare("interest", "Sport", None),
                ),
            ),
            AccountReading(
                platform="youtube",
                handle="UCabcdefghijklmnopqrstuv",
                url="https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv",
                platform_id="UCabcdefghijklmnopqrstuv",
                followers=1200,
                engagement_rate=0.025,
            ),
            AccountReading(
                platform="twitch",
                handle="maia_example",
                url="https://www.twitch.tv/maia_example",
                platform_id="5512",
                followers=90,
            ),
            AccountReading(
                platform="x",
                handle="maia_example",
                url="https://x.com/maia_example",
                platform_id="991",
                followers=5100,
                engagement_rate=0.004,
            ),
        ),
        raw=parsed.row.raw,
    )
    networks = "result.user.social_networks.data"
    assert parsed.notes == (
        RowError(1, "result.user.contact_details.emails[0]", "value_ignored", {"reason": "email_invalid"}),
        RowError(1, f"{networks}[4]", "account_ignored", {"reason": "platform_unknown"}),
    )


def test_a_report_that_is_none_yet_is_refused_and_an_unsure_one_is_noted():
    rows = read(FILE)
    assert [row.line for row in rows] == [1, 2, 3, 4]
    assert rows[1].row.accounts[0].followers == 900
    assert rows[1].notes == (RowError(2, "result.report_state", "report_low_confidence"),)
    assert [(row.title, row.errors) for row in rows[2:]] == [
        ("later.example", (RowError(3, "result.report_state", "report_not_ready"),)),
        ("closed.example", (RowError(4, "result.report_state", "report_private"),)),
    ]


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("DELETED", "report_deleted"),
        ("RESTRICTED", "report_restricted"),
        ("LOW_VIEWS", "report_low_views"),
        ("BREWING", "report_state_unknown"),
    ],
)
def test_every_other_state_is_refused_in_words(state, code):
    [parsed] = read(report(state))
    assert (parsed.row, [error.code for error in parsed.errors]) == (None, [code])


def test_an_answer_with_an_error_is_refused():
    assert [row.errors[0].code for row in read([{"error": {"code": 7}}, {"other": 1}])] == [
        "report_failed",
        "report_shape_unknown",
    ]


def test_percentages_are_of_a_hundred():
    assert account(er={"value": 0.9}).engagement_rate == 0.009
    assert account(er={"value": 140}).engagement_rate is None
    [share] = account(audience_geography={"countries": [{"code": "uk", "value": 0.5}]}).audience
    assert share == AudienceShare("country", "GB", 0.005)


def test_lists_may_be_wrapped_or_not():
    told = account(
        audience_languages=[{"code": "de", "value": 50}],
        audience_interests=[{"category_name": "Tea", "weight": 0.4}],
    )
    assert told.audience == (AudienceShare("language", "de", 0.5), AudienceShare("interest", "Tea", None))
    [parsed] = read(report(social_networks=[{"type": 3, "username": "tom.bakes.example", "subscribers_count": 4}]))
    assert [(a.platform, a.followers) for a in parsed.row.accounts] == [("instagram", None), ("tiktok", 4)]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"type": 7, "username": "tom"}, "platform_unknown"),
        ({"type": [1], "username": "tom"}, "platform_unknown"),
        ({"type": 3, "username": None}, "handle_missing"),
        ({"type": 4, "username": "two words"}, "handle_invalid"),
        (5, "platform_unknown"),
    ],
)
def test_a_further_account_that_cannot_be_read_is_set_aside(entry, reason):
    [parsed] = read(report(social_networks={"data": [entry]}))
    assert [a.platform for a in parsed.row.accounts] == ["instagram"]
    assert parsed.notes == (RowError(1, "user.social_networks.data[0]", "account_ignored", {"reason": reason}),)


def test_an_account_named_twice_counts_once():
    twice = [{"type": 5, "username": "tom_example"}, {"type": 5, "username": "Tom_Example"}]
    [parsed] = read(report(social_networks={"data": twice}))
    assert [(a.platform, a.handle) for a in parsed.row.accounts[1:]] == [("x", "tom_example")]


def test_a_further_account_s_lost_id_is_not_stored():
    [parsed] = read(report(social_networks={"data": [{"type": 5, "username": "tom_example", "social_id": "9.9E+17"}]}))
    assert parsed.row.accounts[1].platform_id == ""
    assert [note.params for note in parsed.notes] == [{"reason": "id_scientific"}]


def test_categories_by_number_say_nothing():
    [parsed] = read(report(blogger_categories=[1020, 7]))
    assert (parsed.row.topics, parsed.notes) == ((), ())


def test_what_is_not_taken_is_named_and_not_kept():
    unknown = hypeauditor.unknown_keys(Documents(io.BytesIO(FILE.encode())))
    assert {"result.user.audience_ethnicity", "result.user.aqs", "result.user.contact_details.phones"} <= set(unknown)
    assert "white" not in json.dumps(dict(read(FILE)[0].row.raw))


def test_a_report_is_known_by_its_shape():
    assert hypeauditor.matches(Documents(io.BytesIO(FILE.encode())))
    assert hypeauditor.matches(Documents(io.BytesIO(b'{"result": {"report_state": "NOT_READY"}}')))
    for other in ("modash", "influencers_club", "iqdata"):
        path = Path(__file__).parent / "files" / f"{other}.json"
        assert not hypeauditor.matches(Documents(io.BytesIO(path.read_bytes())))


@pytest.mark.parametrize(
    ("types", "share"),
    [
        ({"real": 61.5, "susp": 17, "infs": 4.5, "mass": 17}, 0.83),  # not what is called real, which is less
        ({"real": 100, "susp": 0, "infs": 0, "mass": 0}, 1.0),
        ({"real": 0, "susp": 0, "infs": 0, "mass": 0}, None),  # nobody looked
        ({"real": 61.5, "susp": None}, None),
        ({"susp": 170}, None),
        (None, None),
    ],
)
def test_all_but_suspicious_accounts_are_held_to_be_real(types, share):
    assert account(audience_type=types, audience_authenticity={"value": 71.5}, aqs=81).credible_share == share


def test_no_score_is_taken_for_a_share():
    unknown = set(hypeauditor.unknown_keys(Documents(io.BytesIO(FILE.encode()))))
    user = "result.user"
    assert {f"{user}.aqs", f"{user}.audience_authenticity", f"{user}.audience_type.real"} <= unknown
    assert f"{user}.audience_type.susp" not in unknown
