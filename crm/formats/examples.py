"""The files we hand out to be filled in: every column, and one row that shows how each is written."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crm.formats import causes, french, own
from crm.formats.cells import parse_day
from crm.formats.formulas import neutralised

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
    "real_followers": "0.83",
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
    "goals": "donation:20000 EUR by 2026-12-31|signature:5000",
    "conflicts": "fast fashion|#disposable|@plastic.brand.example",
    "platforms": "instagram|youtube",
    "website": "https://beaches.example/",
    "values": "local|open data",
    "tone": "Warm and concrete. We blame nobody on the beach.",
    "transparency": "Of each euro, 82 cents pay for gloves, skips and analyses.",
    "transparency_source": "Annual report 2025, page 12",
}
_INFLUENCER_FR = _INFLUENCER | {
    "kind": "personne",
    "email_kind": "professionnelle",
    "email_source": "la page «\u202fContact\u202f» de son site",
    "basis": "intérêt légitime",
    "language": "français",
    "languages": "français|anglais",
    "country": "France",
    "bio": "Plonge, filme la mer et raconte ce qui gît au fond.",
    "topics": "Vie aquatique|surf",
    "hashtags": "ocean|apnee",
    "engagement_rate": "4,1 %",
    "real_followers": "83 %",
    "audience_countries": "France:70 %|Belgique:10 %",
    "audience_languages": "français:80 %|anglais:10 %",
    "audience_ages": "18-24:30 %|25-34:40 %",
    "audience_genders": "femmes:60 %|hommes:40 %",
    "audience_interests": "voyage:30 %|sport:20 %",
    "observed_at": "24/11/2026",
    "notes": "Rencontrée au salon nautique.",
}
_CAUSE_FR = _CAUSE | {
    "slug": "plages-propres",
    "name": "Plages propres",
    "description": "Chaque printemps, nous débarrassons les plages du plastique avec les gens qui y vivent.",
    "topics": "Vie aquatique",
    "languages": "français|anglais",
    "countries": "France|Belgique",
    "hashtags": "plagespropres|ocean",
    "audience_countries": "France:80 %|Belgique:20 %",
    "audience_languages": "français:90 %",
    "audience_ages": "18-24:40 %|25-34:40 %",
    "audience_genders": "femmes:50 %|hommes:50 %",
    "audience_interests": "voyage:30 %",
    "goals": "don:20000 EUR avant le 31/12/2026|signature:5000",
    "conflicts": "mode éphémère|#jetable|@marque.plastique.example",
    "website": "https://plages.example/",
    "values": "local|données ouvertes",
    "tone": "Chaleureux et concret. Personne n’est montré du doigt sur la plage.",
    "transparency": "Sur chaque euro, 82 centimes paient les gants, les bennes et les analyses.",
    "transparency_source": "Rapport annuel 2025, page 12",
}


@dataclass(frozen=True)
class _Example:
    columns: tuple[str, ...]
    row: Mapping[str, str]
    titles: Mapping[str, str] = field(default_factory=dict)  # where they are not our names of the columns
    delimiter: str = ","


_FILES: Mapping[tuple[str, str], _Example] = {
    ("influencers", "en"): _Example(own.COLUMNS, _INFLUENCER),
    ("causes", "en"): _Example(causes.COLUMNS, _CAUSE),
    # As spreadsheets that speak French write and expect it.
    ("influencers", "fr"): _Example(own.COLUMNS, _INFLUENCER_FR, french.INFLUENCER_TITLES, ";"),
    ("causes", "fr"): _Example(causes.COLUMNS, _CAUSE_FR, french.CAUSE_TITLES, ";"),
}


_LONG = frozenset({"bio", "description", "notes", "email_source", "tone", "transparency", "transparency_source"})
_AS_TEXT = frozenset({"external_id", "platform_id", "handle", "slug"})  # a number would lose digits and zeros
_WIDTHS = (12, 24, 48)  # characters: the least a column has, the most, and what long texts have
_SHEETS = {
    ("influencers", "en"): "Influencers",
    ("influencers", "fr"): "Influenceurs",
    ("causes", "en"): "Causes",
    ("causes", "fr"): "Causes",
}


def template(subject: str, language: str = "en") -> str:
    """CSV of a subject ("influencers", "causes"): the header and one invented row, in "en" or "fr".

    Raises KeyError for another subject; another language gets the English file.
    """
    example = _FILES[_key(subject, language)]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=example.delimiter)
    writer.writerow(example.titles.get(column, column) for column in example.columns)
    writer.writerow(example.row.get(column, "") for column in example.columns)
    return text.getvalue()


def workbook(subject: str, language: str = "en") -> bytes:
    """The same file as template, as an .xlsx: a header that stays in sight, and numbers and days as such.

    Raises KeyError for another subject; another language gets the English file.
    """
    from openpyxl import Workbook  # not above: a third of a second and 20 MB, for a button seldom pressed

    subject, language = _key(subject, language)
    example = _FILES[subject, language]
    book = Workbook()
    sheet = book.active
    sheet.title = _SHEETS[subject, language]
    sheet.freeze_panes = "A2"
    for number, column in enumerate(example.columns, 1):
        title = neutralised(example.titles.get(column, column))
        cells = sheet.cell(1, number, title), sheet.cell(2, number, _value(column, example.row.get(column, "")))
        _dress(sheet.column_dimensions[cells[0].column_letter], *cells, column=column, language=language)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _dress(dimension: Any, title: Any, cell: Any, *, column: str, language: str) -> None:
    """A column as it looks, also where people go on writing: ids stay texts, days are days."""
    from openpyxl.styles import Alignment, Font

    title.font = Font(bold=True)
    least, most, long = _WIDTHS
    dimension.width = long if column in _LONG else min(most, max(least, len(title.value) + 2))
    if column in _LONG:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    if column in _AS_TEXT:
        dimension.number_format = cell.number_format = "@"
    elif column == "observed_at":
        dimension.number_format = cell.number_format = "dd/mm/yyyy" if language == "fr" else "yyyy-mm-dd"


def _value(column: str, text: str) -> str | int | float | date | None:
    if not text or column in _AS_TEXT:
        return neutralised(text) or None
    if column == "observed_at":
        return parse_day(text, day_first=True)
    if text.isdecimal():
        return int(text)
    return float(text) if re.fullmatch(r"[0-9]+\.[0-9]+", text) else neutralised(text)


def _key(subject: str, language: str) -> tuple[str, str]:
    return (subject, language) if (subject, language) in _FILES else (subject, "en")
