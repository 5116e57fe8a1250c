"""YouTube Studio's "Table data.csv", in English or French: one row per video, of a channel the file does not name.

Which metrics there are was chosen by who made the file, and their figures are those of the chosen period, which only
the folder's name tells: of all time where "Lifetime" was chosen, else of less. A first row "Total" sums up the others
and is passed over. Percentages, watch times and earnings have no place here.
"""

import re
from collections.abc import Mapping

from crm.formats.analytics.captions import hashtags_in
from crm.formats.analytics.exports import Entry, Export
from crm.formats.analytics.post_types import format_of
from crm.formats.rows import Parsed, PostReading
from crm.handles import fold

_VIDEO = re.compile(r"[A-Za-z0-9_-]{11}")
_TOTAL = frozenset({"total", "gesamt"})
_COLUMNS = {
    "post_id": "Content|Contenu",
    "text": "Video title|Titre de la vidéo",
    "published": "Video publish time|Heure de publication de la vidéo",
    "duration": "Duration|Durée",
    "type": "Content type|Type de contenu",
    "views": "Views|Vues",
    "likes": "Likes|J’aime",
    "comments": "Comments added|Comments|Commentaires ajoutés",
    "shares": "Shares|Partages",
    "reach": "Unique viewers|Spectateurs uniques",
}


def _video(entry: Entry) -> Parsed:
    identifier, text = _video_id(entry), entry.text("text")
    post = PostReading(
        platform_id=identifier,
        published_at=entry.moment("published"),
        # A length says nothing: videos of a minute are no Shorts when they are wide.
        format=format_of(entry.word("type")) or "video",
        text=text,
        hashtags=hashtags_in(text),
        url=f"https://www.youtube.com/watch?v={identifier}",
        likes=entry.figure("likes"),
        comments=entry.figure("comments"),
        shares=entry.figure("shares"),
        views=entry.figure("views"),
        reach=entry.figure("reach"),
        duration_seconds=entry.seconds("duration"),
    )
    return entry.post(post, handle="")


def _video_id(entry: Entry) -> str:
    """Behind an apostrophe where it begins with "-", lest a spreadsheet takes it for a formula."""
    identifier = entry.word("post_id").removeprefix("'")
    if not identifier:
        entry.fail("post_id", "post_id_missing")
    elif not _VIDEO.fullmatch(identifier):
        entry.fail("post_id", "value_invalid")
    return identifier


def _is_total(values: Mapping[str, str]) -> bool:
    return fold(values["post_id"]) in _TOTAL and not values.get("text") and not values.get("published")


VIDEOS = Export("youtube", _COLUMNS, ("post_id", "text|published"), _video, needs_owner=True, is_summary=_is_total)
