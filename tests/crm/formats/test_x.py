"""X's exports of posts and of days."""

from datetime import UTC, date, datetime

import pytest

from crm.formats.analytics.x import DAYS, POSTS
from crm.formats.rows import AccountReading, DayReading, PostReading
from tests.crm.formats.analytics_files import account, day, keys_of, post, walk, wrong

HEADER = "Post id,Date,Post text,Post Link,Impressions\n"
LINK = "https://x.com/tidewatch_ex/status/2000243348691640646"


def test_a_post_s_link_says_whose_it_is():
    rows, unknown = walk(POSTS, "x_posts.csv")
    assert not POSTS.needs_owner
    assert account(rows[0]) == AccountReading(
        "x",
        "tidewatch_ex",
        url="https://x.com/tidewatch_ex",
        published=(
            PostReading(
                platform_id="2000243348691640646",
                published_at=datetime(2026, 6, 5, tzinfo=UTC),
                text="Seals, counted: 212. #seals #WaddenSea",
                hashtags=("seals", "WaddenSea"),
                url=LINK,
                likes=310,
                comments=22,
                shares=41,
                views=12_400,
                saves=12,
            ),
        ),
    )
    assert unknown == (
        *("Engagements", "Shares", "New follows", "Profile visits"),
        *("Detail Expands", "URL Clicks", "Hashtag Clicks", "Permalink Clicks"),
    )


def test_a_quoted_day_with_commas_is_midnight_in_utc():
    rows, _ = walk(POSTS, "x_posts.csv")
    assert [post(parsed).published_at for parsed in rows] == [
        datetime(2026, 6, 5, tzinfo=UTC),
        datetime(2026, 6, 4, tzinfo=UTC),
    ]


def test_empty_cells_say_nothing():
    reply = post(walk(POSTS, "x_posts.csv")[0][1])
    assert (reply.views, reply.likes, reply.saves, reply.comments) == (48, None, None, 0)


def test_what_twitter_wrote():
    [parsed], unknown = walk(POSTS, "twitter.csv")
    tweet = post(parsed)
    assert tweet.published_at == datetime(2016, 3, 2, 14, 22, tzinfo=UTC)
    assert (tweet.views, tweet.likes, tweet.comments, tweet.shares, tweet.saves) == (1234, 30, 2, 7, None)
    assert (account(parsed).handle, tweet.hashtags) == ("tidewatch_ex", ("WaddenSea",))
    assert unknown[:2] == ("engagements", "engagement rate")


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (f'1.22158E+17,"Fri, Jun 5, 2026",Hi,{LINK},5', [(2, "Post id", "id_scientific")]),
        (f'2000243348691640000,"Fri, Jun 5, 2026",Hi,{LINK},5', [(2, "Post id", "post_id_not_in_link")]),
        (f',"Fri, Jun 5, 2026",Hi,{LINK},5', [(2, "Post id", "post_id_missing")]),
        (f"2000243348691640646,,Hi,{LINK},5", [(2, "Date", "publish_time_missing")]),
        (f"2000243348691640646,Jun 5,Hi,{LINK},5", [(2, "Date", "date_invalid")]),
        ('5,"Fri, Jun 5, 2026",Hi,https://x.com/i/status/5,5', [(2, "Post Link", "handle_missing")]),
        ('5,"Fri, Jun 5, 2026",Hi,https://evil.example/x.com/a/status/5,5', [(2, "Post Link", "handle_missing")]),
        ('5,"Fri, Jun 5, 2026",Hi,,5', [(2, "Post Link", "handle_missing")]),
        (f"2000243348691640646,Fri, Jun 5, 2026,Hi,{LINK},5", [(2, "", "row_ragged")]),
    ],
)
def test_a_row_that_cannot_be_trusted_is_refused_by_its_columns(row, expected):
    [parsed], _ = walk(POSTS, HEADER + row)
    assert wrong(parsed) == expected


def test_a_day_of_an_account_that_somebody_has_to_name():
    rows, unknown = walk(DAYS, "x_days.csv")
    assert DAYS.needs_owner
    assert account(rows[0]) == AccountReading(
        "x",
        "",
        days=(
            DayReading(
                day=date(2026, 6, 5),
                views=2871,
                engagements=43,
                likes=24,
                comments=1,
                shares=7,
                follows=5,
                unfollows=2,
            ),
        ),
    )
    assert (rows[0].title, day(rows[1]).likes, day(rows[1]).follows) == ("2026-06-05", None, 0)
    assert unknown == ("Bookmarks", "Shares", "Profile visits", "Create Post", "Video views", "Media views")


def test_a_day_has_to_be_told():
    rows, _ = walk(DAYS, "Date,Impressions,New follows\n,5,1\nyesterday,5,1\n")
    assert [wrong(parsed) for parsed in rows] == [[(2, "Date", "day_missing")], [(3, "Date", "date_invalid")]]


@pytest.mark.parametrize(
    ("file", "expected"),
    [("x_posts.csv", (True, False)), ("twitter.csv", (True, False)), ("x_days.csv", (False, True))],
)
def test_the_header_tells(file, expected):
    keys = frozenset(keys_of(file))
    assert (POSTS.matches(keys | {"extra"}), DAYS.matches(keys | {"extra"})) == expected
