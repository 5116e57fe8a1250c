"""The demo's words, in texts/: phrase banks per subject area, names, causes, messages. All invented, nobody real."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent / "texts"


@dataclass(frozen=True)
class Bank:
    """What people of one area say in one language.

    Slots: {city}, {n} (a few), {big} (many), {day}, {month}. A phrase that begins with "f:" or "m:" is said by women or
    by men only: French agrees.
    """

    words: tuple[str, ...]  # parts of handles: small letters
    tags: tuple[str, ...]
    interests: tuple[str, ...]
    roles: tuple[str, ...]  # what a bio begins with
    details: tuple[str, ...]  # how it goes on
    posts: tuple[str, ...]
    ends: tuple[str, ...]  # how a post may end


@dataclass(frozen=True)
class Area:
    name: str
    topics: tuple[str, ...]  # slugs; none in an area that is nobody's cause
    banks: Mapping[str, Bank]  # by language


@dataclass(frozen=True)
class Origin:
    """Where people come from: names, cities, the languages they may speak. `weight`: how many of 285."""

    country: str
    language: str
    also: tuple[str, ...]
    weight: int
    timezone: str
    cities: tuple[str, ...]
    women: tuple[str, ...]
    men: tuple[str, ...]
    last: tuple[str, ...]


@dataclass(frozen=True)
class Organisation:
    """A brand or an agency that has accounts, too."""

    kind: str
    language: str
    country: str
    city: str
    name: str
    area: str  # blank: none
    bio: str


@dataclass(frozen=True)
class Phrases:
    touches: Mapping[str, tuple[str, ...]]  # how a bio may end, by language
    adverts: Mapping[str, tuple[str, ...]]
    organisations: tuple[Organisation, ...]


@dataclass(frozen=True)
class Template:
    name: str
    language: str
    register: str
    subject: str
    body: str


def areas() -> tuple[Area, ...]:
    return tuple(_area(path) for path in sorted((_FOLDER / "areas").glob("*.json")))


def origins() -> tuple[Origin, ...]:
    return tuple(Origin(**_tuples(said)) for said in _read("origins.json"))


def phrases() -> Phrases:
    said = _read("phrases.json")
    organisations = tuple(Organisation(**organisation) for organisation in said["organisations"])
    return Phrases(_tuples(said["touches"]), _tuples(said["adverts"]), organisations)


def templates() -> tuple[Template, ...]:
    return tuple(Template(**said | {"body": "\n".join(said["body"])}) for said in _read("templates.json"))


def file(name: str) -> bytes:
    """A file that somebody of the demo brought, as it stands in texts/."""
    return (_FOLDER / name).read_bytes()


def _area(path: Path) -> Area:
    said = json.loads(path.read_text())
    banks = {language: Bank(**_tuples(said[language])) for language in ("fr", "en")}
    return Area(path.stem, tuple(said["topics"]), banks)


def _read(name: str) -> Any:
    return json.loads(file(name))


def _tuples(said: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
