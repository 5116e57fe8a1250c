"""What each column of an unknown table may hold: by its name, and by what stands in it. A person has the last word."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from crm.errors import DomainError
from crm.formats import french, own, synonyms
from crm.formats.cells import parse_day, parse_timezone, platform_name
from crm.formats.countries import country_code
from crm.formats.field_maps import FIELDS, MANY, NAMES, OF_ACCOUNTS, Dates, FieldMap, Numbers, Rates
from crm.formats.languages import language_tag
from crm.formats.tables import header_key
from crm.handles import clean_email, parse_average, parse_rate, read_profile_url

_MOST = 0.8  # of a column's values: so many make what they look like a proposal
_SOME = 0.5  # fewer than these, and a name alone is not believed
_COUNTS = frozenset({"followers", "following", "posts", "avg_likes", "avg_comments", "avg_shares", "avg_views"})
_SHARES = frozenset({"real_followers", own.FAKE})
# What makes of followers something else than their number.
_JUDGING = frozenset(
    [
        *("real", "fake", "suspicious", "quality", "score", "authenticity", "credibility"),
        *("reels", "faux", "suspects", "qualite", "authenticite", "credibilite"),
    ]
)
_LISTED = re.compile(r"[|;,/\n•]")
_LAST_GROUP = re.compile(r"[0-9]([.,])([0-9]+)(?= ?(?:k|m|mio|md|%|$))", re.IGNORECASE)
_WRITTEN_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)", re.ASCII)
_THOUSANDS = 3
_MONTHS = 12
_PLAIN = frozenset({"followers", "subscribers", "abonnes", "email", "mail", "courriel", "username", "pseudo"})
_BY_NAME = {header_key(name): field for name, field in french.INFLUENCER_NAMES.items()} | {
    name: name for name in own.COLUMNS
}


@dataclass(frozen=True)
class Column:
    """A column with some of its values, none of them blank."""

    name: str
    values: tuple[str, ...]

    @property
    def key(self) -> str:
        return header_key(self.name)

    def share(self, is_one: Callable[[str], bool]) -> float:
        return sum(map(is_one, self.values)) / len(self.values) if self.values else 0.0


def propose(columns: Sequence[Column], *, filename: str = "", semicolons: bool = False) -> FieldMap:
    """A mapping to start from. `semicolons`: the file divides its cells by them, as European spreadsheets do."""
    claims = [claim for place, column in enumerate(columns) for claim in _claims(place, column)]
    named = {field.partition(".")[0] for _weight, _place, field in claims if field.endswith(".handle")}
    said: dict[int, str] = {}
    taken: set[str] = set()
    for _weight, place, field in sorted(claims):
        is_lost = "." in field and field.partition(".")[0] not in named  # figures of an account that no column names
        if is_lost or place in said or (field in taken and field not in MANY) or _is_said_otherwise(field, taken):
            continue
        said[place] = field
        taken.add(field)
    constants = _settle(said) or _constants(columns, filename, set(said.values()))
    numbers = number_style(columns, semicolons=semicolons)
    return FieldMap(
        columns={column.name: said.get(place, "") for place, column in enumerate(columns)},
        constants=constants,
        numbers=numbers,
        dates=date_style(columns, numbers=numbers),
        rates=rate_style([column for place, column in enumerate(columns) if _is_rate(said.get(place, ""))]),
        shares=rate_style([column for place, column in enumerate(columns) if said.get(place, "") in _SHARES]),
    )


def names_accounts_only_there(header: Sequence[str], unread: Sequence[str]) -> bool:
    """Whether the accounts of a table stand in columns that our own reader leaves out, by their names alone, and in no
    other: a "Nom" beside an "Instagram".
    """
    read = set(header) - set(unread)
    return any(map(_names_account, unread)) and not any(map(_names_account, read))


def _names_account(name: str) -> bool:
    fields = _fields_by_name(header_key(name))
    return any(field in {"handle", "url"} or field.endswith(".handle") for field in fields)


def number_style(columns: Sequence[Column], *, semicolons: bool = False) -> Numbers:
    """By the signs that can be read in one way only; where none can, as files of this kind mostly are."""
    seen: Counter[Numbers] = Counter()
    for column in columns:
        for text in column.values:
            if style := _style_of(text):
                seen[style] += 1
    if seen["european"] != seen["english"]:
        return "european" if seen["european"] > seen["english"] else "english"
    return "european" if semicolons else "english"


def date_style(columns: Sequence[Column], *, numbers: Numbers) -> Dates:
    """Which of day and month comes first; "" where no day can be read in two ways."""
    days = [found for column in columns for text in column.values if (found := _WRITTEN_DAY.match(text))]
    if not days:
        return ""
    first, second = max(int(day[1]) for day in days), max(int(day[2]) for day in days)
    if first > _MONTHS >= second:
        return "day_first"
    if second > _MONTHS >= first:
        return "month_first"
    return "day_first" if numbers == "european" else ""


def rate_style(columns: Sequence[Column]) -> Rates:
    """ "percent" where a number without its sign is above one."""
    above = (text for column in columns for text in column.values if _is_above_one(text))
    return "percent" if next(above, None) else ""


def _claims(place: int, column: Column) -> Iterator[tuple[int, int, str]]:
    """What a column may be: how far behind a better claim it stands, where the column is, the field."""
    for weight, field in enumerate(_fields_by_name(column.key)):
        for better in _seen_in(field, column):
            yield weight, place, better
    for field in _fields_by_value(column):
        yield 9, place, field


def _fields_by_name(key: str) -> list[str]:
    if key in _BY_NAME:
        return ["languages" if _BY_NAME[key] == "language" else _BY_NAME[key]]
    said = synonyms.words(key)
    if said in synonyms.FIELDS:
        return [synonyms.FIELDS[said]]
    for name, platform in synonyms.PLATFORMS.items():
        rest = said - name
        if name <= said:
            field = synonyms.FIELDS.get(rest, "") if rest else "handle"
            field = {"url": "handle", "name": "handle"}.get(field, field)
            return [f"{platform}.{field}", field] if field in OF_ACCOUNTS else [field] if field else []
    # "Followers (Nov 2026)": nobody knows what the other words say, and one is plain.
    plain = (field for name, field in synonyms.FIELDS.items() if name < said and (len(name) > 1 or name <= _PLAIN))
    field = next(plain, "")
    return [field] if field and not (field == "followers" and said & _JUDGING) else []


def _fields_by_value(column: Column) -> list[str]:
    if column.share(_takes(clean_email)) >= _MOST:
        return ["email"]
    if column.share(lambda text: "/" in text and read_profile_url(text) is not None) >= _MOST:
        return ["url"]
    if column.share(_takes(platform_name)) >= _MOST:
        return ["platform"]
    if column.share(lambda text: re.fullmatch(r"@[\w.-]{2,40}", text) is not None) >= _MOST:
        return ["handle"]
    if column.share(lambda text: len(text) > 3 and _takes(country_code)(text)) >= _MOST:  # noqa: PLR2004
        return ["country"]
    if column.share(_are_languages) >= _MOST:
        return ["languages"]
    return []


def _seen_in(field: str, column: Column) -> Iterator[str]:
    """The field, if the values do not speak against it; for an account also what else they may be."""
    name = field.partition(".")[2] or field
    if not column.values:
        yield field
        return
    if name == "handle":
        if column.share(_is_number) >= _MOST and "." in field:
            yield field.replace("handle", "followers")  # "Instagram" above numbers
        elif column.share(lambda text: " " in text.strip()) > _SOME:
            yield "name"
        elif (
            column.share(lambda text: "/" in text and read_profile_url(text) is not None) >= _MOST and "." not in field
        ):
            yield "url"
        elif column.share(_is_number) < _MOST:
            yield field
        return
    is_one = _CHECKS.get("count" if name in _COUNTS else name)
    if is_one is None or column.share(is_one) >= _SOME:
        yield field


def _settle(said: dict[int, str]) -> dict[str, str]:
    """Figures that name no platform beside one column that does ("Instagram", "Followers") are of that account; beside
    several nobody knows whose they are. The constants that this takes.
    """
    of_accounts = {*own.ACCOUNT, own.FAKE} - {"platform"}
    general = {place: field for place, field in said.items() if field in of_accounts}
    if not general or {"handle", "url", "platform_id"} & set(general.values()):
        return {}
    platforms = {field.partition(".")[0] for field in said.values() if "." in field}
    if len(platforms) == 1:
        for place, field in said.items():
            short = field.partition(".")[2]
            said[place] = field if not short else "" if short in general.values() else short
        return {"platform": platforms.pop()}
    said.update(dict.fromkeys(general, ""))
    return {}


def _is_said_otherwise(field: str, taken: set[str]) -> bool:
    """A name is given as a whole or in parts; of followers the real ones are told, or the fake ones."""
    if field in _SHARES:
        return bool(taken & _SHARES)
    return (field == "name" and bool(taken & set(NAMES))) or (field in NAMES and "name" in taken)


def _constants(columns: Sequence[Column], filename: str, taken: set[str]) -> dict[str, str]:
    """The platform, where a handle needs one and the file speaks of one only."""
    if "handle" not in taken or taken & {"platform", "url"}:
        return {}
    said = [header_key(filename).split("_"), *(column.key.split("_") for column in columns)]
    heard = {platform for words in said for platform in _platforms_in(words)}
    heard = heard or {synonyms.JARGON[word] for words in said for word in words if word in synonyms.JARGON}
    return {"platform": heard.pop()} if len(heard) == 1 else {}


def _platforms_in(words: Sequence[str]) -> Iterator[str]:
    for name, platform in synonyms.PLATFORMS.items():
        if name <= set(words) and name != {"x"}:
            yield platform


def _style_of(text: str) -> Numbers:
    """How a number is written, where it shows."""
    text = text.strip()
    if not re.fullmatch(r"[0-9][0-9.,  \u00a0\u202f']*(?: ?(?:k|m|mio|md|%))?", text, re.IGNORECASE):
        return ""
    if "," in text and "." in text:
        return "european" if text.rindex(",") > text.rindex(".") else "english"
    sign = "," if "," in text else "."
    if text.count(sign) > 1:
        return "english" if sign == "," else "european"
    found = _LAST_GROUP.search(text)
    if found is None or (len(found[2]) == _THOUSANDS and not re.match(r"0[.,]", text)):
        return ""
    return "european" if sign == "," else "english"


def _takes(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def takes(text: str) -> bool:
        with suppress(DomainError):
            parse(text)
            return True
        return False

    return takes


def _is_number(text: str) -> bool:
    return any(_takes(partial(parse_average, decimal_comma=comma))(text) for comma in (False, True))


def _is_rate_value(text: str) -> bool:
    return _takes(partial(parse_rate, unit="percent"))(text)


def _is_above_one(text: str) -> bool:
    return "%" not in text and not _takes(parse_rate)(text) and _is_rate_value(text)


def _is_rate(field: str) -> bool:
    return field.rpartition(".")[2] == "engagement_rate"


def _is_day(text: str) -> bool:
    return any(_takes(partial(parse_day, day_first=first))(text) for first in (True, False))


def _are_languages(text: str) -> bool:
    parts = [part.strip() for part in _LISTED.split(text) if part.strip()]
    return bool(parts) and all(
        (len(part) > 3 or (len(part) == 2 and part.islower())) and _takes(language_tag)(part)  # noqa: PLR2004
        for part in parts
    )


def _are_languages_by_name(text: str) -> bool:
    return all(_takes(language_tag)(part.strip()) for part in _LISTED.split(text) if part.strip())


_CHECKS: Mapping[str, Callable[[str], bool]] = {
    "count": _is_number,
    **dict.fromkeys(("engagement_rate", *_SHARES), _is_rate_value),
    "email": _takes(clean_email),
    "url": lambda text: read_profile_url(text) is not None or text.startswith(("http://", "https://")),
    "platform": _takes(platform_name),
    "country": _takes(country_code),
    "languages": _are_languages_by_name,
    "timezone": _takes(parse_timezone),
    "observed_at": _is_day,
    "kind": lambda text: not own.wrong_with({"kind": text}, day_first=None),
    "email_kind": lambda text: not own.wrong_with({"email_kind": text}, day_first=None),
    "basis": lambda text: not own.wrong_with({"basis": text}, day_first=None),
}
assert set(_BY_NAME.values()) <= set(FIELDS)
