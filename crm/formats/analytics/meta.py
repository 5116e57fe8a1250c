"""Meta Business Suite's exports of posts on Instagram and on Facebook, with headers in English, French or German.

Publish times are in the account's own zone, which the file does not tell: they are taken as UTC, up to half a day off.
English files write the month first, French and German ones the day. `Date` says "Lifetime" where the figures are those
of all time; a day there makes the row a part of a post's figures, and such a row is refused. An account on Instagram
bears its name and its id, a page on Facebook its id only, which stands for its name too: facebook.com/123 leads there.

The French and German headers are worded as Meta's own pages are; no such file was at hand. Extra words do no harm.
"""

from crm.formats.analytics.captions import hashtags_in
from crm.formats.analytics.exports import Entry, Export
from crm.formats.analytics.post_types import format_of
from crm.formats.rows import Parsed, PostReading

_POST = {
    "post_id": "Post ID|ID de publication|ID de la publication|Identifiant de publication"
    "|Identifiant de la publication|Beitrags-ID|ID des Beitrags",
    "text": "Description|Beschreibung",
    "duration": "Duration (sec)|Durée (s)|Durée (sec)|Durée (en secondes)|Durée (secondes)|Durée"
    "|Dauer (Sek.)|Dauer (Sekunden)|Dauer (in Sekunden)|Dauer",
    "published": "Publish time|Heure de publication|Date et heure de publication|Date de publication"
    "|Veröffentlichungszeitpunkt|Zeitpunkt der Veröffentlichung|Veröffentlichungszeit|Veröffentlicht am",
    "url": "Permalink|Permalien|Lien permanent|Dauerlink",
    "type": "Post type|Type de publication|Beitragstyp|Beitragsart|Art des Beitrags",
    "date": "Date|Datum",
    "views": "Views|Vues|Aufrufe|Impressions|Impressionen",
    "reach": "Reach|Couverture|Portée|Reichweite|Accounts reached|Comptes touchés|Erreichte Konten",
    "comments": "Comments|Commentaires|Kommentare",
    "shares": "Shares|Partages|Geteilte Inhalte|Geteilt|Geteilte Beiträge",
}
_INSTAGRAM = _POST | {
    "platform_id": "Account ID|ID de compte|ID du compte|Identifiant du compte|Konto-ID|Account-ID",
    "handle": "Account username|Nom d’utilisateur du compte|Nom d’utilisateur|Konto-Benutzername"
    "|Benutzername des Kontos|Konto-Nutzername|Nutzername des Kontos|Benutzername|Nutzername",
    "name": "Account name|Nom du compte|Kontoname|Name des Kontos|Account-Name",
    "likes": "Likes|J’aime|Mentions J’aime|Gefällt mir|„Gefällt mir“-Angaben",
    "saves": "Saves|Enregistrements|Éléments enregistrés|Gespeicherte Beiträge|Gespeicherte Inhalte|Gespeichert",
}
_FACEBOOK = _POST | {
    "platform_id": "Page ID|ID de la Page|ID de Page|Identifiant de la Page|Seiten-ID|ID der Seite",
    "name": "Page name|Nom de la Page|Nom de Page|Seitenname|Name der Seite",
    "title": "Title|Titre|Titel",
    "likes": "Reactions|Réactions|Reaktionen",
}


def _instagram(entry: Entry) -> Parsed:
    post = _post(entry, entry.text("text"))
    return entry.post(
        post, handle=entry.handle("handle"), platform_id=entry.identifier("platform_id"), name=entry.word("name")
    )


def _facebook(entry: Entry) -> Parsed:
    title = entry.text("title")
    post = _post(entry, entry.text("text") or title)
    page = entry.identifier("platform_id", missing="handle_missing")
    return entry.post(post, handle=page, platform_id=page, name=entry.word("name"))


def _post(entry: Entry, text: str) -> PostReading:
    if any(character.isdecimal() for character in entry.word("date")):
        entry.fail("date", "post_split_by_day")
    return PostReading(
        platform_id=entry.identifier("post_id", missing="post_id_missing"),
        published_at=entry.moment("published", day_first=not entry.is_called("published", "Publish time")),
        format=format_of(entry.word("type")),
        text=text,
        hashtags=hashtags_in(text),
        url=entry.link("url"),
        likes=entry.figure("likes"),
        comments=entry.figure("comments"),
        shares=entry.figure("shares"),
        views=entry.figure("views"),
        saves=entry.figure("saves"),
        reach=entry.figure("reach"),
        duration_seconds=entry.seconds("duration"),
    )


INSTAGRAM = Export(
    "instagram", _INSTAGRAM, ("post_id", "published", "handle"), _instagram, needs_owner=False, excluded="Page ID"
)
FACEBOOK = Export("facebook", _FACEBOOK, ("post_id", "published", "platform_id"), _facebook, needs_owner=False)
