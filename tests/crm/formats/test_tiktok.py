"""TikTok Studio's export of videos."""

from datetime import UTC, datetime

import pytest

from crm.formats.analytics.tiktok import VIDEOS
from crm.formats.rows import AccountReading, PostReading
from tests.crm.formats.analytics_files import account, post, walk, wrong

HEADER = "Video title,Video link,Post time,Total views\n"
LINK = "https://www.tiktok.com/@lea.velo.example/video/7400000000000000001"


def test_a_video_s_link_says_whose_it_is():
    rows, unknown = walk(VIDEOS, "tiktok.csv")
    assert not VIDEOS.needs_owner
    assert account(rows[0]) == AccountReading(
        "tiktok",
        "lea.velo.example",
        url="https://www.tiktok.com/@lea.velo.example",
        published=(
            PostReading(
                platform_id="7400000000000000001",
                published_at=datetime(2026, 10, 3, 9, 10, tzinfo=UTC),
                format="short_video",
                text="Chair test, take two #lowtide",
                hashtags=("lowtide",),
                url=LINK,
                likes=1200,
                comments=22,
                shares=15,
                views=18_400,
                saves=40,
            ),
        ),
    )
    assert unknown == ("Total play time", "Average watch time", "Watched full video")


def test_photos_and_a_day_without_its_year():
    rows, _ = walk(VIDEOS, "tiktok.csv")
    photos = post(rows[1])
    assert (account(rows[1]).handle, photos.format, photos.shares, photos.saves) == (
        "noorgarden",
        "carousel",
        None,
        None,
    )
    assert photos.published_at == datetime(2026, 9, 4, 16, 16, 52, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Quay,,2026-10-03,5", [(2, "Video link", "post_id_missing")]),
        ("Quay,https://www.tiktok.com/@lea,2026-10-03,5", [(2, "Video link", "post_id_missing")]),
        ("Quay,https://evil.example/tiktok.com/@lea/video/74000,2026-10-03,5", [(2, "Video link", "post_id_missing")]),
        (f"Quay,{LINK},,5", [(2, "Post time", "publish_time_missing")]),
        ("Quay,https://www.tiktok.com/@lea/video/12345,September 4,5", [(2, "Post time", "date_invalid")]),
        (f"Quay,{LINK},2026-10-03,38%", [(2, "Total views", "count_invalid")]),
    ],
)
def test_a_row_that_cannot_be_trusted_is_refused_by_its_columns(row, expected):
    [parsed], _ = walk(VIDEOS, HEADER + row)
    assert wrong(parsed) == expected


def test_a_european_spreadsheet_reads_the_same():
    [parsed], _ = walk(VIDEOS, f"\ufeffVideo title;Video link;Post time;Total views\nQuay;{LINK};2026-10-03;18.400\n")
    assert post(parsed).views == 18_400
