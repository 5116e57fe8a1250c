"""What came along of ours: click ids, the spoken code, UTM parameters. What does not look like it is left out.

A mark never costs a gift: a source's field with our name may hold anything. Unknown click ids and codes lead nowhere.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from outreach.sources.documents import Node

CLICK: Final = "cw_click"  # as outreach.signing puts it into links
CODE: Final = "cw_code"
UTM: Final = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", "utm_id")
MAX_CLICKS: Final = 100
_CLICK_LIST: Final = re.compile(r"[0-9A-Za-z_-]{1,100}(?:[,|\s]+[0-9A-Za-z_-]{1,100})*")
_CLICK_ID: Final = re.compile(r"[0-9a-f]{32}")
_SPOKEN: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z \u2010-\u2015-]{2,40}")
_TAGGED: Final = re.compile(r"cw-([0-9A-Za-z-]{4,40})")
_HOST: Final = re.compile(r"[\w:%.-]+")
_FIELD_LIMIT: Final = 200
_URL_LIMIT: Final = 2000


@dataclass(frozen=True)
class Marks:
    click_ids: tuple[str, ...] = ()
    code: str = ""
    utm: Mapping[str, str] = field(default_factory=dict)
    referrer: str = ""


def joined(found: Iterable[Marks]) -> Marks:
    """All of them together, the same in whatever order they come. Of two codes the one that sorts first."""
    every = list(found)
    clicks = {click for marks in every for click in marks.click_ids}
    utm: dict[str, str] = {}
    for marks in every:
        for name, value in marks.utm.items():
            utm[name] = min(value, utm.get(name, value))
    return Marks(
        click_ids=tuple(sorted(clicks)[:MAX_CLICKS]),
        code=min((marks.code for marks in every if marks.code), default=""),
        utm={name: utm[name] for name in UTM if name in utm},
        referrer=min((marks.referrer for marks in every if marks.referrer), default=""),
    )


def in_fields(place: Node) -> Marks:
    """Fields by our names: `cw_click`, `cw_code`, `utm_*`."""
    found = {name: place.at(name).text(_URL_LIMIT) for name in (CLICK, CODE, *UTM)}
    clicks = found[CLICK] if _CLICK_LIST.fullmatch(found[CLICK]) else ""
    return Marks(
        click_ids=tuple(re.split(r"[,|\s]+", clicks)) if clicks else (),
        code=found[CODE] if _SPOKEN.fullmatch(found[CODE]) else "",
        utm={name: found[name] for name in UTM if 0 < len(found[name]) <= _FIELD_LIMIT},
    )


def in_answers(answers: Node, name: str, answer: str) -> Marks:
    """A list of questions and answers, such as [{"name": "cw_click", "answer": "…"}]."""
    fields: dict[str, object] = {}
    for entry in answers.items():
        fields.setdefault(entry.at(name).text().lower(), entry.at(answer).value)
    return in_fields(Node(fields))


def in_value(place: Node) -> Marks:
    """A field with room for one value that others use, too: a bare click id, or "cw-" and a click id or code."""
    text = place.text(_FIELD_LIMIT)
    if _CLICK_ID.fullmatch(text):
        return Marks(click_ids=(text,))
    if not (tagged := _TAGGED.fullmatch(text)):
        return Marks()
    return Marks(click_ids=(tagged[1],)) if _CLICK_ID.fullmatch(tagged[1]) else Marks(code=tagged[1])


def host_of(said: str) -> str:
    """The host in an address, or of a host itself; blank where there is none. The rest may name a person."""
    try:
        host = urlsplit(said if "//" in said else f"//{said}").hostname or ""
    except ValueError:
        return ""
    return host if len(host) <= _FIELD_LIMIT and _HOST.fullmatch(host) else ""


def in_url(place: Node) -> Marks:
    """The query of the page on which somebody acted, and its host."""
    try:
        parts = urlsplit(place.text(_URL_LIMIT))
        query = dict(reversed(parse_qsl(parts.query, max_num_fields=100)))  # of a name twice the first
    except ValueError:
        return Marks()
    found = in_fields(Node(query))
    return Marks(click_ids=found.click_ids, code=found.code, utm=found.utm, referrer=host_of(place.text(_URL_LIMIT)))
