"""LinkedIn's exports of a page's posts ("All posts"), of its days ("Metrics") and of its new followers by day.

A note may stand in a row above the header: see crm.formats.tables.open_table. None of them names the page. Days are
written with the month first. Impressions are kept as views, and of the three figures of a day (organic, sponsored,
total) the total. "Total followers" of a day are those who came on that day, by all ways together, not the page's
followers; below zero, more had left. Who posted for the page is a person of its staff and stays unread.
"""

import re
from urllib.parse import unquote

from crm.formats.analytics.captions import hashtags_in
from crm.formats.analytics.exports import Entry, Export
from crm.formats.analytics.post_types import format_of
from crm.formats.rows import DayReading, Parsed, PostReading

# …/feed/update/urn:li:activity:123/ and …/posts/page_what-it-says-activity-123-AbCd
_POST_ID = re.compile(r"(?:urn:li:|-)(activity|share|ugcPost)[:-]([0-9]{5,25})(?![0-9])")
_POSTS = {
    "text": "Post title|Update title",
    "url": "Post link|Update link",
    "published": "Created date",
    "type": "Content Type",
    "views": "Impressions",
    "likes": "Likes|Reactions",
    "comments": "Comments",
    "shares": "Reposts|Shares",
}
_METRICS = {
    "day": "Date",
    "views": "Impressions (total)|Impressions",
    "likes": "Reactions (total)|Reactions",
    "comments": "Comments (total)|Comments",
    "shares": "Reposts (total)|Shares (total)|Reposts|Shares",
}
_OF_METRICS = "|".join(
    f"{metric} ({part})"
    for metric in ("Impressions", "Unique impressions", "Clicks", "Reactions", "Comments", "Reposts", "Shares")
    for part in ("organic", "sponsored", "total")
)
_FOLLOWERS = {"day": "Date", "follows": "Total followers"}


def is_header(keys: frozenset[str]) -> bool:
    """Whether a line is the header of one of these exports, which need not be a file's first line."""
    return any(export.matches(keys) for export in (POSTS, METRICS, FOLLOWERS))


def _post(entry: Entry) -> Parsed:
    text, url = entry.text("text"), entry.link("url")
    post = PostReading(
        platform_id=_post_id(entry, url),
        published_at=entry.moment("published"),
        format=format_of(entry.word("type")),
        text=text,
        hashtags=hashtags_in(text),
        url=url,
        likes=entry.figure("likes"),
        comments=entry.figure("comments"),
        shares=entry.figure("shares"),
        views=entry.figure("views"),
    )
    return entry.post(post, handle="")


def _post_id(entry: Entry, url: str) -> str:
    """As a whole ("urn:li:share:123"): the same number names one post as an activity and another as a share."""
    found = _POST_ID.search(unquote(url))
    if found is None:
        entry.fail("url", "post_id_missing")
        return ""
    return f"urn:li:{found[1]}:{found[2]}"


def _metrics(entry: Entry) -> Parsed:
    reading = DayReading(
        day=entry.day("day"),
        views=entry.figure("views"),
        likes=entry.figure("likes"),
        comments=entry.figure("comments"),
        shares=entry.figure("shares"),
    )
    return entry.figures_of_day(reading)


def _followers(entry: Entry) -> Parsed:
    return entry.figures_of_day(DayReading(day=entry.day("day"), follows=entry.figure("follows")))


POSTS = Export("linkedin", _POSTS, ("url", "text|published"), _post, needs_owner=True, excluded="Post id|Post text")
METRICS = Export(
    "linkedin",
    _METRICS,
    ("day", f"{_OF_METRICS}|Unique impressions"),
    _metrics,
    needs_owner=True,
    excluded="Post link|Post title|New follows",
)
FOLLOWERS = Export(
    "linkedin",
    _FOLLOWERS,
    ("day", "follows", "Organic followers|Sponsored followers|Auto-invited followers"),
    _followers,
    needs_owner=True,
)
