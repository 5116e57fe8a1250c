"""What platforms call the kinds of posts, in English, French and German."""

import re

from crm.handles import fold

# The narrower first: a "photo album" is a carousel, a "live video" no plain video.
_WORDS = {
    "story": "story stories storys",
    "live": "live direct",
    "short_video": "reel reels short shorts",
    "carousel": "carousel carrousel karussell album document dokument",
    "article": "article articles artikel newsletter",
    "video": "video videos",
    "image": "image images photo photos picture foto fotos bild bilder",
    "text": "text texte status statut",
}


def format_of(post_type: str) -> str:
    """One of crm.models.Post.Format for "IG reel" or "Carrousel IG"; "" where the words say none."""
    words = set(re.findall(r"[a-z]+", fold(post_type)))
    return next((form for form, names in _WORDS.items() if words & set(names.split())), "")
