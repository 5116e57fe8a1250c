"""The files we hand out to be filled in: every column, and one row that shows how each is written."""

import csv
import io
from collections.abc import Mapping

from crm.formats import causes, own

_INFLUENCER = {
    "external_id": "crm-1027",
    "name": "Maïa Rivière",
    "kind": "person",
    "email": "maia@studio.example",
    "email_kind": "professional",
    "email_source": "the page “Contact” of her site",
    "basis": "legitimate_interest",
    "language": "fr",
    "languages": "fr|en",
    "country": "FR",
    "city": "Brest",
    "timezone": "Europe/Paris",
    "bio": "Dives, films the sea and says what lies on its floor.",
    "topics": "sdg-14|surf",
    "hashtags": "ocean|freediving",
    "platform": "instagram",
    "handle": "maia.plonge.example",
    "url": "https://www.instagram.com/maia.plonge.example/",
    "followers": "48000",
    "following": "610",
    "posts": "820",
    "avg_likes": "1900",
    "avg_comments": "74",
    "avg_views": "21000",
    "engagement_rate": "0.041",
    "audience_countries": "FR:0.7|BE:0.1",
    "audience_languages": "fr:0.8|en:0.1",
    "audience_ages": "18-24:0.3|25-34:0.4",
    "audience_genders": "female:0.6|male:0.4",
    "audience_interests": "travel:0.3|sport:0.2",
    "observed_at": "2026-11-24",
    "notes": "Met at the boat show.",
}
_CAUSE = {
    "slug": "clean-beaches",
    "name": "Clean beaches",
    "description": "We clear beaches of plastic every spring, together with those who live there.",
    "topics": "sdg-14",
    "languages": "fr|en",
    "countries": "FR|BE",
    "hashtags": "cleanbeaches|ocean",
    "audience_countries": "FR:0.8|BE:0.2",
    "audience_languages": "fr:0.9",
    "audience_ages": "18-24:0.4|25-34:0.4",
    "audience_genders": "female:0.5|male:0.5",
    "audience_interests": "travel:0.3",
    "goals": "donation:20000 EUR|signature:5000",
    "conflicts": "fast_fashion|plastic_packaging",
    "platforms": "instagram|youtube",
    "website": "https://beaches.example/",
}
_FILES: Mapping[str, tuple[tuple[str, ...], Mapping[str, str]]] = {
    "influencers": (own.COLUMNS, _INFLUENCER),
    "causes": (causes.COLUMNS, _CAUSE),
}


def template(subject: str) -> str:
    """CSV of a subject ("influencers", "causes"): the header and one invented row. Raises KeyError for another one."""
    columns, row = _FILES[subject]
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerow(row)
    return text.getvalue()
