"""YouTube Studio's "Table data.csv"."""

from datetime import UTC, datetime

import pytest

from crm.formats.analytics.youtube_studio import VIDEOS
from crm.formats.rows import AccountReading, InfluencerRow, PostReading, RowError
from tests.crm.formats.analytics_files import FILES, account, keys_of, post, walk, wrong

HEADER = "Content,Video title,Video publish time,Duration,Views\n"


def test_a_row_is_a_video_of_a_channel_that_somebody_has_to_name():
    rows, unknown = walk(VIDEOS, "youtube_studio.csv")
    video = PostReading(
        platform_id="kElpForest1",
        published_at=datetime(2026, 6, 5, tzinfo=UTC),
        format="video",
        text="A year in the kelp forest, from above #ocean #Kelp",
        hashtags=("ocean", "Kelp"),
        url="https://www.youtube.com/watch?v=kElpForest1",
        likes=1100,
        comments=80,
        shares=52,
        views=12_400,
        reach=8200,
        duration_seconds=3723,
    )
    assert VIDEOS.needs_owner
    assert rows[0].row == InfluencerRow(
        line=3, accounts=(AccountReading("youtube", "", published=(video,)),), raw=rows[0].raw
    )
    assert rows[0].title == "A year in the kelp forest, from above #ocean #Kelp"
    assert unknown[:3] == ("Engaged views", "Watch time (hours)", "Subscribers")
    assert "Estimated revenue (USD)" in unknown


def test_the_total_is_no_video_and_the_byte_order_mark_no_part_of_the_header():
    assert (FILES / "youtube_studio.csv").read_bytes().startswith(b"\xef\xbb\xbfContent,")
    rows, _ = walk(VIDEOS, "youtube_studio.csv")
    assert [(parsed.line, post(parsed).platform_id) for parsed in rows] == [
        (3, "kElpForest1"),
        (4, "-tideP00ls_"),
        (5, "emptyCells9"),
    ]


def test_a_video_may_be_called_total():
    rows, _ = walk(VIDEOS, HEADER + 'totaltotal1,Total,"Jun 5, 2026",44,9\nTotal,Total,"Jun 5, 2026",44,9\n')
    assert post(rows[0]).text == "Total"
    assert wrong(rows[1]) == [(3, "Content", "value_invalid")]


def test_lengths_in_three_ways_none_of_which_makes_a_short():
    rows, _ = walk(VIDEOS, "youtube_studio.csv")
    assert [post(parsed).duration_seconds for parsed in rows] == [3723, 44, 31]
    assert {post(parsed).format for parsed in rows} == {"video"}


def test_a_short_is_one_where_the_file_says_so():
    text = 'Content,Content type,Video publish time\nkElpForest1,Shorts,"Jun 5, 2026"\nkElpForest2,Live stream,2026-06-05\n'
    rows, _ = walk(VIDEOS, text)
    assert [post(parsed).format for parsed in rows] == ["short_video", "live"]


def test_empty_cells_say_nothing_and_a_zero_says_zero():
    video = post(walk(VIDEOS, "youtube_studio.csv")[0][2])
    assert (video.views, video.likes, video.comments, video.shares, video.reach) == (0, None, None, None, None)


def test_any_choice_of_columns_in_any_order_will_do():
    rows, unknown = walk(VIDEOS, 'Likes,Video publish time,Content\n"1,100","Jun 5, 2026",kElpForest1\n')
    assert (post(rows[0]).likes, post(rows[0]).views, unknown) == (1100, None, ())


def test_what_was_taken_back_is_noted_and_says_nothing():
    [parsed], _ = walk(VIDEOS, 'Content,Video publish time,Likes,Shares\nkElpForest1,"Jun 5, 2026",-3,2\n')
    assert (post(parsed).likes, post(parsed).shares) == (None, 2)
    assert parsed.notes == (RowError(2, "Likes", "value_ignored", {"reason": "count_negative"}),)


def test_a_studio_that_speaks_french():
    text = (
        "Contenu,Titre de la vidéo,Heure de publication de la vidéo,Durée,Vues engagées,Vues\n"
        'Total,,,,"28\u202f000","44\u202f531"\n'
        'kElpForest1,Une forêt de laminaires,"28 sept. 2026",0:00:34,"9\u202f000","12\u202f400"\n'
    )
    [parsed], unknown = walk(VIDEOS, text)
    assert (post(parsed).views, post(parsed).duration_seconds, unknown) == (12_400, 34, ("Vues engagées",))
    assert post(parsed).published_at == datetime(2026, 9, 28, tzinfo=UTC)


def test_an_id_behind_an_apostrophe():
    [parsed], _ = walk(VIDEOS, HEADER + '\'-tideP00ls_,Pools,"Jun 5, 2026",44,9\n')
    assert post(parsed).platform_id == "-tideP00ls_"


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (',Pools,"Jun 5, 2026",44,9', [(2, "Content", "post_id_missing")]),
        ('1.22158E+17,Pools,"Jun 5, 2026",44,9', [(2, "Content", "value_invalid")]),
        ("kElpForest1,Pools,,44,9", [(2, "Video publish time", "publish_time_missing")]),
        ("kElpForest1,Pools,soon,44,9", [(2, "Video publish time", "date_invalid")]),
        (
            'kElpForest1,Pools,"Jun 5, 2026",long,1.5',
            [(2, "Views", "count_not_whole"), (2, "Duration", "duration_invalid")],
        ),
        ("kElpForest1,Pools", [(2, "", "row_ragged")]),
    ],
)
def test_a_row_that_cannot_be_trusted_is_refused_by_its_columns(row, expected):
    [parsed], _ = walk(VIDEOS, HEADER + row)
    assert wrong(parsed) == expected
    assert parsed.raw


def test_the_header_tells():
    assert VIDEOS.matches(frozenset(keys_of("youtube_studio.csv")) | {"extra"})
    assert not VIDEOS.matches(frozenset({"content", "views"}))
    assert not VIDEOS.matches(frozenset({"content", "video_title", "handle", "platform"}))
    assert account(walk(VIDEOS, "youtube_studio.csv")[0][0]).handle == ""
