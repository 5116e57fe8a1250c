"""What the platforms' statistics exports share: how a file is known, and how a row becomes a post or a day."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from crm.formats.analytics.times import is_without_year, parse_duration, parse_moment
from crm.formats.cells import TITLE_LENGTH, Cells, parse_link, read_rows
from crm.formats.rows import AccountReading, DayReading, InfluencerRow, Parsed, PostReading, RowError
from crm.formats.tables import Table, TableRow, header_key
from crm.handles import clean_handle, profile_url

_OURS = frozenset({"platform", "handle"})  # our template's columns: such a file is ours, whatever else it has
_TEXT_LIMIT = 65_000  # characters; the longest that any of the platforms allows is 63,206
_ID_LIMIT = 100
_NEVER = datetime.min.replace(tzinfo=UTC)  # stands in a reading that is refused


class Entry:
    """One row of an export, read cell by cell. A figure below zero is set aside with a note: platforms take back what
    they counted before, so that a period's figure may be negative, and such a one says nothing of a post or a day.
    """

    def __init__(self, cells: Cells, platform: str, names: Mapping[str, str]) -> None:
        self._cells = cells
        self._platform = platform
        self._names = names
        self._notes: list[RowError] = []

    def fail(self, column: str, code: str, **params: object) -> None:
        self._cells.fail(column, code, **params)

    def is_called(self, column: str, name: str) -> bool:
        """Whether that is what the file's header calls the column."""
        return header_key(self._names.get(column, "")) == header_key(name)

    def word(self, column: str) -> str:
        return self._cells.text(column, limit=200)

    def text(self, column: str) -> str:
        return self._cells.prose(column, limit=_TEXT_LIMIT)

    def link(self, column: str) -> str:
        return self._cells.read(column, parse_link) or ""

    def identifier(self, column: str, *, missing: str = "") -> str:
        """Of digits that no spreadsheet has shortened; "" where it is refused, or not there, for which `missing` is
        the code.
        """
        if missing and not self._cells.has(column):
            self.fail(column, missing)
        identifier = self._cells.identifier(column, limit=_ID_LIMIT)
        if identifier and not (identifier.isascii() and identifier.isdecimal()):
            self.fail(column, "value_invalid")
            return ""
        return identifier

    def handle(self, column: str) -> str:
        if not self._cells.has(column):
            self.fail(column, "handle_missing", platform=self._platform)
        return self._cells.read(column, lambda text: clean_handle(self._platform, text)) or ""

    def moment(self, column: str, *, day_first: bool = False, otherwise: datetime | None = None) -> datetime:
        """When a post was published; `otherwise` where the year is not told. Where that cannot be told at all the row
        is refused, and the answer means nothing.
        """
        if not self._cells.has(column):
            self.fail(column, "publish_time_missing")
        if otherwise and is_without_year(self.word(column)):
            return otherwise
        return self._cells.read(column, lambda text: parse_moment(text, day_first=day_first)) or _NEVER

    def day(self, column: str) -> date:
        if not self._cells.has(column):
            self.fail(column, "day_missing")
        return (self._cells.read(column, parse_moment) or _NEVER).date()

    def seconds(self, column: str) -> int | None:
        """A length; none of a picture, which some files say has 0 seconds."""
        return self._cells.read(column, parse_duration) or None

    def figure(self, column: str) -> int | None:
        figure = self._cells.count(column)
        errors = self._cells.errors
        if errors and errors[-1].code == "count_negative":
            error = errors.pop()
            self._notes.append(RowError(error.line, error.column, "value_ignored", {"reason": error.code}))
        return figure

    def post(self, post: PostReading, *, handle: str, platform_id: str = "", name: str = "") -> Parsed:
        """The verdict on a row that tells of one post; it calls itself by whose it is, and by what it says."""
        said = " ".join(post.text[:TITLE_LENGTH].split()) or post.platform_id
        title = " · ".join(filter(None, [name or handle, said]))[:TITLE_LENGTH]
        account = AccountReading(self._platform, handle, self._profile(handle), platform_id, published=(post,))
        return replace(self._verdict(account, name), title=title)

    def figures_of_day(self, reading: DayReading) -> Parsed:
        """The verdict on a row that tells of one day of an account which the file does not name."""
        account = AccountReading(self._platform, "", days=(reading,))
        return replace(self._verdict(account), title="" if self._cells.errors else reading.day.isoformat())

    def _profile(self, handle: str) -> str:
        return profile_url(self._platform, handle) if handle else ""

    def _verdict(self, account: AccountReading, name: str = "") -> Parsed:
        row = InfluencerRow(line=self._cells.line, name=name, accounts=(account,), raw=self._cells.raw)
        return self._cells.verdict(row, tuple(self._notes))


def _never(values: Mapping[str, str]) -> bool:
    return False


@dataclass(frozen=True, eq=False)  # each is itself, and may stand in a set
class Export:
    """One kind of file that a platform's statistics page writes.

    `columns`: our key, and what the file may call it ("Total views|Views"): the first of these that is there is read.
    `required`: by these a header is known, of "a|b" by either; our key stands for all its names, anything else for
    itself. `excluded`: names that no such file has. `needs_owner`: nothing in the file says whose account it is, so
    the handle is "" and somebody has to say. `is_summary`: rows, by our keys, that are passed over: they sum up others.
    """

    platform: str
    columns: Mapping[str, str]
    required: tuple[str, ...]
    verdict: Callable[[Entry], Parsed]
    needs_owner: bool
    excluded: str = ""
    is_summary: Callable[[Mapping[str, str]], bool] = _never

    def matches(self, keys: frozenset[str]) -> bool:
        if keys & _OURS or keys & self._keys(self.excluded):
            return False
        return all(keys & self._keys(names) for names in self.required)

    def read(self, table: Table, filename: str) -> Iterator[Parsed]:
        columns = self._positions(table)
        names = {key: table.header[position] for key, position in columns.items()}
        rows = (row for row in table.rows if not self._is_summary(row, columns))
        return read_rows(
            replace(table, rows=rows), columns, lambda cells: self.verdict(Entry(cells, self.platform, names))
        )

    def unknown_columns(self, table: Table) -> tuple[str, ...]:
        read = set(self._positions(table).values())
        return tuple(name for position, name in enumerate(table.header) if position not in read)

    def _positions(self, table: Table) -> dict[str, int]:
        found = ((key, map(header_key, names.split("|"))) for key, names in self.columns.items())
        first = ((key, next((name for name in names if name in table.positions), "")) for key, names in found)
        return {key: table.positions[name][0] for key, name in first if name}

    def _keys(self, names: str) -> frozenset[str]:
        said = (self.columns.get(name, name).split("|") for name in names.split("|") if name)
        return frozenset(header_key(name) for group in said for name in group)

    def _is_summary(self, row: TableRow, columns: Mapping[str, int]) -> bool:
        return not row.errors and self.is_summary({key: row.cells[at].strip() for key, at in columns.items()})
