"""LinkedIn's exports of a page's posts, days and new followers."""

import io
from datetime import UTC, date, datetime

import pytest

from crm.formats.analytics import linkedin
from crm.formats.analytics.linkedin import FOLLOWERS, METRICS, POSTS
from crm.formats.rows import AccountReading, DayReading, PostReading, RowError
from crm.formats.tables import Table, TableRow, header_key, open_table
from tests.crm.formats.analytics_files import account, day, keys_of, post, walk, wrong

HEADER = "Post title,Post link,Created date,Impressions\n"
FILES = {"linkedin_posts.csv": POSTS, "linkedin_metrics.csv": METRICS, "linkedin_followers.csv": FOLLOWERS}


def read(export, content):
    return walk(export, content, is_header=linkedin.is_header)


def test_a_post_of_a_page_that_somebody_has_to_name():
    rows, unknown = read(POSTS, "linkedin_posts.csv")
    assert POSTS.needs_owner
    assert account(rows[0]) == AccountReading(
        "linkedin",
        "",
        published=(
            PostReading(
                platform_id="urn:li:activity:7302260698879819777",
                published_at=datetime(2026, 6, 5, tzinfo=UTC),
                format="image",
                text="We are hiring a seal counter.\nApply by June. #jobs",
                hashtags=("jobs",),
                url="https://www.linkedin.com/feed/update/urn:li:activity:7302260698879819777/",
                likes=120,
                comments=14,
                shares=9,
                views=12_400,
            ),
        ),
    )
    assert (post(rows[1]).platform_id, post(rows[1]).comments) == ("urn:li:ugcPost:7506283500161994752", None)
    assert "Posted by" in unknown
    assert "Click through rate (CTR)" in unknown


def test_a_note_above_the_header_is_not_the_header_and_lines_are_counted_from_the_top():
    rows, _ = read(POSTS, "linkedin_posts.csv")
    assert [parsed.line for parsed in rows] == [3, 5]
    rows, _ = read(METRICS, "linkedin_metrics.csv")
    assert [parsed.line for parsed in rows] == [3, 4]


@pytest.mark.parametrize(
    "above", ["", "A note\n", "A note\n\n\n", "sep=;\nA note; in two parts\n", '"A note,\nbroken"\n']
)
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_the_header_is_found_under_any_note_and_in_any_dialect(above, delimiter):
    if "sep=" in above and delimiter != ";":
        return
    link = "https://www.linkedin.com/feed/update/urn:li:share:7302260698879819777/"
    rows = [["Post title", "Post link", "Created date", "Impressions"], ["Seals, 212", link, "06/05/2026", "12,4 k"]]
    text = above + "".join(delimiter.join(row) + "\r\n" for row in rows)
    [parsed], _ = read(POSTS, text)
    assert (post(parsed).text, post(parsed).views, parsed.line) == ("Seals, 212", 12_400, above.count("\n") + 2)


def test_a_header_that_comes_too_late_is_none_and_others_keep_their_first_line():
    late = open_table(io.BytesIO(("Note\n" * 5 + HEADER).encode()), linkedin.is_header)
    assert late.header == ("Note",)
    other = open_table(io.BytesIO(b"name,email\nAnn,ann@garden.example\n"), linkedin.is_header)
    assert (other.header, [row.line for row in other.rows]) == (("name", "email"), [2])
    declared = open_table(io.BytesIO(b"sep=;\nname;email\nAnn;ann@garden.example\n"), linkedin.is_header)
    assert (declared.header, [row.line for row in declared.rows]) == (("name", "email"), [3])


def test_a_table_out_of_a_workbook_reads_the_same():
    header = ("Post title", "Post link", "Created date", "Impressions")
    cells = ("Seals", "https://www.linkedin.com/feed/update/urn:li:share:73022606988/", "2026-06-05", "12400")
    table = Table(header, tuple(map(header_key, header)), ",", "utf-8", iter([TableRow(3, cells)]))
    [parsed] = POSTS.read(table, "page.xlsx")
    assert (post(parsed).published_at, post(parsed).views) == (datetime(2026, 6, 5, tzinfo=UTC), 12_400)


@pytest.mark.parametrize(
    ("link", "urn"),
    [
        ("https://www.linkedin.com/feed/update/urn:li:share:73022606988/", "urn:li:share:73022606988"),
        ("https://www.linkedin.com/feed/update/urn%3Ali%3Aactivity%3A73022606988", "urn:li:activity:73022606988"),
        ("https://www.linkedin.com/posts/tidewatch_seals-activity-73022606988-AbCd", "urn:li:activity:73022606988"),
    ],
)
def test_a_post_is_named_by_the_urn_in_its_link(link, urn):
    [parsed], _ = read(POSTS, HEADER + f"Seals,{link},06/05/2026,5\n")
    assert post(parsed).platform_id == urn


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("Seals,,06/05/2026,5", [(2, "Post link", "post_id_missing")]),
        ("Seals,https://www.linkedin.com/company/tidewatch,06/05/2026,5", [(2, "Post link", "post_id_missing")]),
        (
            "Seals,https://www.linkedin.com/feed/update/urn:li:share:73022606988/,,5",
            [(2, "Created date", "publish_time_missing")],
        ),
        (
            "Seals,https://www.linkedin.com/feed/update/urn:li:share:73022606988/,06/05/2026,2.5%",
            [(2, "Impressions", "count_invalid")],
        ),
    ],
)
def test_a_row_that_cannot_be_trusted_is_refused_by_its_columns(row, expected):
    [parsed], _ = read(POSTS, HEADER + row)
    assert wrong(parsed) == expected


def test_of_a_day_s_three_figures_the_total_is_read():
    rows, unknown = read(METRICS, "linkedin_metrics.csv")
    assert METRICS.needs_owner
    assert account(rows[0]) == AccountReading(
        "linkedin",
        "",
        days=(DayReading(day=date(2026, 6, 5), views=1000, likes=22, comments=4, shares=3),),
    )
    assert day(rows[1]) == DayReading(day=date(2026, 6, 6))
    assert "Impressions (organic)" in unknown
    assert "Engagement rate (total)" in unknown


def test_the_followers_of_a_day_are_those_who_came_on_it():
    rows, unknown = read(FOLLOWERS, "linkedin_followers.csv")
    assert (day(rows[0]).follows, day(rows[0]).followers) == (16, None)
    assert (day(rows[1]).follows, rows[1].notes) == (
        None,
        (RowError(3, "Total followers", "value_ignored", {"reason": "count_negative"}),),
    )
    assert unknown == ("Sponsored followers", "Organic followers", "Auto-invited followers")


@pytest.mark.parametrize("file", FILES)
def test_the_header_tells(file):
    keys = frozenset(keys_of(file, is_header=linkedin.is_header)) | {"extra"}
    assert [export for export in FILES.values() if export.matches(keys)] == [FILES[file]]
