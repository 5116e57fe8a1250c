"""TikTok Studio's export of videos: the link says whose video it is, and which.

Times of posting are taken as UTC: the file does not tell their zone. Some files leave out the year ("September 4");
then the instant is read from the video's id, whose upper 32 bits are its second since 1970.
"""

import re
from datetime import UTC, datetime

from crm.formats.analytics.captions import hashtags_in
from crm.formats.analytics.exports import Entry, Export
from crm.formats.rows import Parsed, PostReading

_LINK = re.compile(r"https?://(?:[a-z]+\.)?tiktok\.com/@([A-Za-z0-9._]{1,24})/(video|photo)/([0-9]{5,20})(?:[/?#].*)?")
_FORMATS = {"video": "short_video", "photo": "carousel"}
_FIRST_SECOND, _LAST_SECOND = 1_400_000_000, 4_000_000_000  # what is outside is no instant of TikTok's
_COLUMNS = {
    "text": "Video title",
    "url": "Video link",
    "published": "Post time",
    "likes": "Total likes|Likes",
    "comments": "Total comments|Comments",
    "shares": "Total shares|Shares",
    "views": "Total views|Views|Video views",
    "saves": "Add to favorites|Total bookmarks|Favorites",
}


def _video(entry: Entry) -> Parsed:
    text, url = entry.text("text"), entry.link("url")
    handle, kind, identifier = _read_link(entry, url)
    post = PostReading(
        platform_id=identifier,
        published_at=entry.moment("published", otherwise=_instant_in(identifier)),
        format=_FORMATS.get(kind, ""),
        text=text,
        hashtags=hashtags_in(text),
        url=url,
        likes=entry.figure("likes"),
        comments=entry.figure("comments"),
        shares=entry.figure("shares"),
        views=entry.figure("views"),
        saves=entry.figure("saves"),
    )
    return entry.post(post, handle=handle)


def _read_link(entry: Entry, url: str) -> tuple[str, str, str]:
    """Handle, kind and id of the post a link leads to."""
    found = _LINK.fullmatch(url)
    if found is None:
        entry.fail("url", "post_id_missing")
        return "", "", ""
    return found[1], found[2], found[3]


def _instant_in(identifier: str) -> datetime | None:
    second = int(identifier or 0) >> 32
    return datetime.fromtimestamp(second, UTC) if _FIRST_SECOND <= second <= _LAST_SECOND else None


VIDEOS = Export("tiktok", _COLUMNS, ("url", "text|published|views"), _video, needs_owner=False)
