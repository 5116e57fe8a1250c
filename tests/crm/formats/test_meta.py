"""Meta Business Suite's exports of posts, in three languages."""

from datetime import UTC, datetime

import pytest

from crm.formats.analytics.meta import FACEBOOK, INSTAGRAM
from crm.formats.rows import AccountReading, InfluencerRow, PostReading
from tests.crm.formats.analytics_files import account, keys_of, post, walk, wrong

IG = "Post ID,Account ID,Account username,Publish time,Date,Likes\n"
FB = "Post ID,Page ID,Publish time,Reactions\n"


def test_a_row_on_instagram_names_its_account():
    rows, unknown = walk(INSTAGRAM, "meta_instagram.csv")
    reel = PostReading(
        platform_id="18011223344556677",
        published_at=datetime(2026, 10, 3, 8, 31, tzinfo=UTC),
        format="short_video",
        text="Chair test at low tide, again. #Océan #lowtide",
        hashtags=("Océan", "lowtide"),
        url="https://www.instagram.com/reel/DAbc123/",
        likes=610,
        comments=57,
        shares=88,
        views=12_400,
        saves=230,
        reach=9100,
        duration_seconds=44,
    )
    assert not INSTAGRAM.needs_owner
    assert rows[0].row == InfluencerRow(
        line=2,
        name="Maïa Rivière",
        accounts=(
            AccountReading(
                "instagram",
                "maia.plonge.example",
                url="https://www.instagram.com/maia.plonge.example",
                platform_id="17841400000000011",
                published=(reel,),
            ),
        ),
        raw=rows[0].raw,
    )
    assert unknown == ("Data comment", "Follows")


def test_the_kind_of_post_and_what_a_picture_has_not():
    rows, _ = walk(INSTAGRAM, "meta_instagram.csv")
    assert [post(parsed).format for parsed in rows[:4]] == ["short_video", "carousel", "image", "story"]
    assert [post(parsed).duration_seconds for parsed in rows[:4]] == [44, None, None, 12]
    assert (post(rows[1]).saves, post(rows[3]).likes, post(rows[3]).shares) == (None, None, 2)


def test_a_file_may_hold_several_accounts():
    rows, _ = walk(INSTAGRAM, "meta_instagram.csv")
    assert [(account(parsed).handle, account(parsed).platform_id) for parsed in rows[2:4]] == [
        ("maia.plonge.example", "17841400000000011"),
        ("wim.op.wielen.example", "17841400000000022"),
    ]


def test_a_post_s_figures_of_one_day_are_not_those_of_the_post():
    rows, _ = walk(INSTAGRAM, "meta_instagram.csv")
    assert wrong(rows[4]) == [(6, "Date", "post_split_by_day")]
    [parsed], _ = walk(INSTAGRAM, IG + "18011,17841,noor,10/03/2026 08:31,,5\n")
    assert post(parsed).likes == 5


def test_a_german_file_writes_the_day_first_and_groups_with_dots():
    rows, unknown = walk(INSTAGRAM, "meta_instagram_de.csv")
    assert [post(parsed).published_at for parsed in rows] == [
        datetime(2026, 9, 1, 18, tzinfo=UTC),
        datetime(2026, 9, 3, 6, 15, tzinfo=UTC),
    ]
    reel = post(rows[0])
    assert (reel.views, reel.reach, reel.likes, reel.shares, reel.comments, reel.saves, reel.duration_seconds) == (
        12_400,
        5200,
        210,
        31,
        9,
        96,
        44,
    )
    assert [post(parsed).format for parsed in rows] == ["short_video", "carousel"]
    assert (account(rows[0]).handle, rows[0].row.name, unknown) == (
        "anni.im.watt.example",
        "Anni Petersen",
        ("Datenkommentar", "Follows"),
    )


def test_a_french_file_writes_the_day_first_and_groups_with_spaces():
    [parsed], unknown = walk(INSTAGRAM, "meta_instagram_fr.csv")
    reel = post(parsed)
    assert reel.published_at == datetime(2026, 9, 5, 18, tzinfo=UTC)
    assert (reel.format, reel.hashtags) == ("short_video", ("marée",))
    assert (reel.views, reel.reach, reel.likes, reel.shares, reel.comments, reel.saves, reel.duration_seconds) == (
        12_400,
        9100,
        610,
        88,
        57,
        230,
        44,
    )
    assert unknown == ("Commentaire sur les données", "Followers")


def test_an_english_file_writes_the_month_first():
    [parsed], _ = walk(INSTAGRAM, IG + "18011,17841,noor,05/06/2026 08:31,Lifetime,5\n")
    assert post(parsed).published_at == datetime(2026, 5, 6, 8, 31, tzinfo=UTC)
    [parsed], _ = walk(INSTAGRAM, IG + "18011,17841,noor,15/06/2026 08:31,Lifetime,5\n")
    assert wrong(parsed) == [(2, "Publish time", "date_invalid")]


@pytest.mark.parametrize("lifetime", ["Lifetime", "Gesamte Laufzeit", "Durée de vie", "Total"])
def test_all_time_has_a_word_in_each_language(lifetime):
    [parsed], _ = walk(INSTAGRAM, IG + f"18011,17841,noor,10/03/2026 08:31,{lifetime},5\n")
    assert post(parsed).likes == 5


def test_a_row_on_facebook_names_its_page_by_its_number():
    rows, unknown = walk(FACEBOOK, "meta_facebook.csv")
    assert account(rows[0]) == AccountReading(
        "facebook",
        "61571000000001",
        url="https://www.facebook.com/61571000000001",
        platform_id="61571000000001",
        published=(
            PostReading(
                platform_id="122158111222333444",
                published_at=datetime(2026, 11, 10, 21, 0, tzinfo=UTC),
                format="short_video",
                text="We counted 212 seals this morning. #seals",
                hashtags=("seals",),
                url="https://www.facebook.com/reel/900000000000001",
                likes=412,
                comments=33,
                shares=21,
                views=8300,
                reach=6100,
                duration_seconds=27,
            ),
        ),
    )
    assert (rows[0].row.name, unknown) == ("Tidewatch Example", ("Average Seconds viewed",))
    assert (post(rows[1]).text, post(rows[1]).format) == ("Volunteers wanted", "image")


def test_ids_that_a_spreadsheet_shortened_are_refused():
    rows, _ = walk(FACEBOOK, "meta_facebook.csv")
    assert wrong(rows[2]) == [(4, "Post ID", "id_scientific"), (4, "Page ID", "id_scientific")]
    [parsed], _ = walk(INSTAGRAM, IG + '"1,8E+16",1.78414E+16,noor,10/03/2026 08:31,Lifetime,5\n')
    assert wrong(parsed) == [(2, "Post ID", "id_scientific"), (2, "Account ID", "id_scientific")]


@pytest.mark.parametrize(
    ("export", "text", "expected"),
    [
        (INSTAGRAM, IG + ",17841,noor,10/03/2026 08:31,Lifetime,5", [(2, "Post ID", "post_id_missing")]),
        (INSTAGRAM, IG + "18011,17841,,10/03/2026 08:31,Lifetime,5", [(2, "Account username", "handle_missing")]),
        (INSTAGRAM, IG + "18011,17841,no or,10/03/2026 08:31,Lifetime,5", [(2, "Account username", "handle_invalid")]),
        (INSTAGRAM, IG + "DAbc123,17841,noor,10/03/2026 08:31,Lifetime,5", [(2, "Post ID", "value_invalid")]),
        (INSTAGRAM, IG + "18011,17841,noor,,Lifetime,5", [(2, "Publish time", "publish_time_missing")]),
        (INSTAGRAM, IG + "18011,17841,noor,10/03/2026 08:31,Lifetime,many", [(2, "Likes", "count_invalid")]),
        (FACEBOOK, FB + "12215,,10/03/2026 08:31,5", [(2, "Page ID", "handle_missing")]),
        (FACEBOOK, FB + "12215,Tidewatch,10/03/2026 08:31,5", [(2, "Page ID", "value_invalid")]),
    ],
)
def test_a_row_that_cannot_be_trusted_is_refused_by_its_columns(export, text, expected):
    [parsed], _ = walk(export, text)
    assert wrong(parsed) == expected


def test_a_link_that_a_browser_must_not_follow_is_refused():
    text = "Post ID,Account username,Publish time,Permalink\n18011,noor,10/03/2026 08:31,javascript:alert(1)\n"
    [parsed], _ = walk(INSTAGRAM, text)
    assert wrong(parsed) == [(2, "Permalink", "url_scheme")]


@pytest.mark.parametrize("file", ["meta_instagram.csv", "meta_instagram_de.csv", "meta_instagram_fr.csv"])
def test_the_header_tells(file):
    keys = frozenset(keys_of(file))
    assert (INSTAGRAM.matches(keys | {"extra"}), FACEBOOK.matches(keys)) == (True, False)


def test_the_header_of_facebook_tells():
    keys = frozenset(keys_of("meta_facebook.csv"))
    assert (INSTAGRAM.matches(keys), FACEBOOK.matches(keys)) == (False, True)
    german = frozenset({"beitrags_id", "seiten_id", "seitenname", "veroffentlichungszeitpunkt", "reaktionen"})
    french = frozenset({"id_de_publication", "id_de_la_page", "heure_de_publication", "reactions"})
    assert FACEBOOK.matches(german)
    assert FACEBOOK.matches(french)
