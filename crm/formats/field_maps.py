"""What somebody said of a table's columns: which is which field of ours, what holds for every row, how it is written.

One object for the page, the command (`--mapping MAP.json`), the API and the next file with the same columns.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from crm.errors import DomainError
from crm.formats import own
from crm.formats.tables import Table, header_key
from crm.handles import PLATFORMS

Numbers = Literal["", "european", "english"]
Dates = Literal["", "day_first", "month_first"]
Rates = Literal["", "fraction", "percent"]

NUMBERS: tuple[Numbers, ...] = ("european", "english")  # 1.234,5 and 1,234.5
DATES: tuple[Dates, ...] = ("day_first", "month_first")
RATES: tuple[Rates, ...] = ("fraction", "percent")

NAMES = ("first_name", "last_name")
OF_ACCOUNTS = ("handle", "followers", "engagement_rate", "avg_views")  # what a column may say of one platform's account
FIELDS = (*own.COLUMNS, *NAMES, own.FAKE, *(f"{platform}.{name}" for platform in PLATFORMS for name in OF_ACCOUNTS))
_OFFERED = (*own.COLUMNS, *NAMES, own.FAKE, *(f"{PLATFORMS[0]}.{name}" for name in OF_ACCOUNTS), "…")
# Several columns may say these; one column says any other.
MANY = frozenset({"languages", "topics", "hashtags", "notes"})
CONSTANTS = ("platform", "observed_at", "language", "country", "kind", "topics", "email_kind", "email_source", "basis")
_WHO = frozenset({"external_id", "name", *NAMES, "email", "handle", "url", *(f"{name}.handle" for name in PLATFORMS)})
_LENGTH = 500
_PARTS = ("columns", "constants", "numbers", "dates", "rates", "shares")


@dataclass(frozen=True)
class FieldMap:
    """`columns`: the file's name of a column → our field, "" for one that is left out; a column that is not named is
    read where it bears our name. `constants`: field → what holds where a row says nothing itself. Of the ways to write,
    "" is what the file shows by itself.
    """

    columns: Mapping[str, str]
    constants: Mapping[str, str] = field(default_factory=dict)
    numbers: Numbers = ""
    dates: Dates = ""
    rates: Rates = ""
    shares: Rates = ""  # of real and of fake followers: tools write them otherwise than engagement rates

    def as_json(self) -> dict[str, Any]:
        return {name: dict(value) if isinstance(value := getattr(self, name), Mapping) else value for name in _PARTS}


def parse(data: object) -> FieldMap:
    """A mapping from JSON: the whole object, or its `columns` alone.

    Raises DomainError: mapping_invalid (part); mapping_unknown (columns, known); and what `check` raises.
    """
    if not isinstance(data, Mapping):
        raise DomainError("mapping_invalid", part="{}")
    if not isinstance(data.get("columns"), Mapping):
        data = {"columns": data}
    if strange := sorted(str(name) for name in data if name not in _PARTS):
        raise DomainError("mapping_invalid", part=strange[0][:_LENGTH])
    found = FieldMap(
        columns=_texts(data, "columns"),
        constants={name: text for name, text in _texts(data, "constants").items() if text},
        numbers=_choice(data, "numbers", NUMBERS),
        dates=_choice(data, "dates", DATES),
        rates=_choice(data, "rates", RATES),
        shares=_choice(data, "shares", RATES),
    )
    check(found)
    return found


def check(said: FieldMap) -> None:
    """What is wrong with a mapping whatever the file.

    Raises DomainError: mapping_unknown (columns, known); mapping_twice (field, columns); mapping_constant_unknown
    (fields, known); mapping_constant_needless (field); mapping_constant_invalid (field, reason).
    """
    if unknown := sorted({target for target in said.columns.values() if target and target not in FIELDS}):
        raise DomainError("mapping_unknown", columns=unknown, known=list(_OFFERED))
    by_field: dict[str, list[str]] = {}
    for column, target in said.columns.items():
        by_field.setdefault(target, []).append(column)
    for target, columns in by_field.items():
        if target and target not in MANY and len(columns) > 1:
            raise DomainError("mapping_twice", field=target, columns=columns)
    parts = sorted(set(by_field) & set(NAMES))
    if parts and "name" in by_field:
        raise DomainError("mapping_twice", field="name", columns=by_field["name"] + by_field[parts[0]])
    if "real_followers" in by_field and own.FAKE in by_field:
        both = by_field["real_followers"] + by_field[own.FAKE]
        raise DomainError("mapping_twice", field="real_followers", columns=both)
    _check_constants(said)


def header_set(header: Iterable[str]) -> str:
    """Equal for files that have the same columns, in whatever order."""
    keys = sorted({header_key(name) for name in header})
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()


def places(table: Table, said: FieldMap) -> dict[str, tuple[int, ...]]:
    """Where in a table each field stands.

    Raises DomainError: mapping_missing (columns); mapping_nobody, where no column says who a row is about.
    """
    found: dict[str, tuple[int, ...]] = {}
    spoken: set[int] = set()
    missing = []
    for column, target in said.columns.items():
        at = _position(table, column)
        if at is None:
            missing.append(column)
            continue
        spoken.add(at)
        if target:
            found[target] = (*found.get(target, ()), at)
    if missing:
        raise DomainError("mapping_missing", columns=sorted(missing))
    # A column that nobody spoke of has the field whose name it bears, unless somebody gave that to another.
    for target, at in own.called_ours(table).first(own.COLUMNS).items():
        if target not in found and at not in spoken:
            found[target] = (at,)
    if not _WHO & found.keys():
        raise DomainError("mapping_nobody")
    return dict(sorted(found.items(), key=lambda item: FIELDS.index(item[0])))


def _position(table: Table, column: str) -> int | None:
    if column in table.header:
        return table.header.index(column)
    key = header_key(column)
    return table.positions[key][0] if key in table.positions else None


def _texts(data: Mapping[Any, Any], part: str) -> dict[str, str]:
    said = data.get(part) or {}
    if not isinstance(said, Mapping):
        raise DomainError("mapping_invalid", part=part)
    for name, value in said.items():
        if not isinstance(name, str) or not isinstance(value, str | None) or len(value or "") > _LENGTH:
            raise DomainError("mapping_invalid", part=part)
    return {name: (value or "").strip() for name, value in said.items()}


def _choice(data: Mapping[Any, Any], part: str, known: tuple[Any, ...]) -> Any:
    said = data.get(part) or ""
    if said and said not in known:
        raise DomainError("mapping_invalid", part=part)
    return said


def _check_constants(said: FieldMap) -> None:
    constants = {name: text for name, text in said.constants.items() if text}
    if unknown := sorted(set(constants) - set(CONSTANTS)):
        raise DomainError("mapping_constant_unknown", fields=unknown, known=list(CONSTANTS))
    for name, code in own.wrong_with(constants, day_first=said.dates != "month_first"):
        raise DomainError("mapping_constant_invalid", field=name, reason=code)
