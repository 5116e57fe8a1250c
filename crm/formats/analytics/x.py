"""X's exports of posts and of days, and those of posts that were made when it was Twitter.

Posts are told by their day, which is taken as its midnight in UTC; Twitter told the minute. Whose post it is, its link
says; the export of days does not say it. Impressions are kept as views, replies as comments, reposts as shares and
bookmarks as saves; "Shares", a use of the button of that name, is another thing and has no place.
"""

import re

from crm.formats.analytics.captions import hashtags_in
from crm.formats.analytics.exports import Entry, Export
from crm.formats.rows import DayReading, Parsed, PostReading

_LINK = re.compile(r"https?://(?:www\.|mobile\.)?(?:x|twitter)\.com/([A-Za-z0-9_]{1,15})/status(?:es)?/([0-9]+).*")
_NOBODY = "i"  # x.com/i/status/1 is a post of whomever
_POSTS = {
    "post_id": "Post id|Tweet id",
    "published": "Date|time",
    "text": "Post text|Tweet text",
    "url": "Post Link|Tweet permalink",
    "views": "Impressions",
    "likes": "Likes|Favorites",
    "saves": "Bookmarks",
    "comments": "Replies",
    "shares": "Reposts|Retweets",
}
_DAYS = {
    "day": "Date",
    "views": "Impressions",
    "engagements": "Engagements",
    "likes": "Likes",
    "comments": "Replies",
    "shares": "Reposts",
    "follows": "New follows",
    "unfollows": "Unfollows",
}


def _post(entry: Entry) -> Parsed:
    text, url = entry.text("text"), entry.link("url")
    identifier = entry.identifier("post_id", missing="post_id_missing")
    post = PostReading(
        platform_id=identifier,
        published_at=entry.moment("published"),
        text=text,
        hashtags=hashtags_in(text),
        url=url,
        likes=entry.figure("likes"),
        comments=entry.figure("comments"),
        shares=entry.figure("shares"),
        views=entry.figure("views"),
        saves=entry.figure("saves"),
    )
    return entry.post(post, handle=_author(entry, url, identifier))


def _author(entry: Entry, url: str, identifier: str) -> str:
    """Spreadsheets keep 15 digits of an id's 19, and nobody sees it. The link has them all."""
    found = _LINK.fullmatch(url)
    if found is None or found[1].lower() == _NOBODY:
        entry.fail("url", "handle_missing", platform="x")
        return ""
    if identifier and identifier != found[2]:
        entry.fail("post_id", "post_id_not_in_link")
    return found[1]


def _day(entry: Entry) -> Parsed:
    reading = DayReading(
        day=entry.day("day"),
        views=entry.figure("views"),
        engagements=entry.figure("engagements"),
        likes=entry.figure("likes"),
        comments=entry.figure("comments"),
        shares=entry.figure("shares"),
        follows=entry.figure("follows"),
        unfollows=entry.figure("unfollows"),
    )
    return entry.figures_of_day(reading)


POSTS = Export("x", _POSTS, ("post_id", "published", "url"), _post, needs_owner=False)
DAYS = Export(
    "x",
    _DAYS,
    ("day", "views|engagements", "New follows|Unfollows|Reposts|Profile visits|Create Post"),
    _day,
    needs_owner=True,
    excluded="Post id|Tweet id|Post Link|Tweet permalink",
)
