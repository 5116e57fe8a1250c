"""Public lists of the most followed accounts on Instagram and YouTube: one row per account, no texts, no addresses.

As they are: "name" (Instagram) and "Youtube channel" hold the handle, "Instagram name" and "youtuber name" what people
see; every figure stands twice, short and exact ("409.8M", 409800000); "country" is the audience's main country, not
the influencer's; the day of the figures is only in the file's name. "Eng. (Avg.)" is a number of engagements per post,
kept as avg_engagements, and the engagement rate is that number over the followers. "Eng. (Auth.)", the vendor's
estimate of the genuine part, stays in the raw row. YouTube's lists have no such figure, and none is made up from likes
and comments: comments read 0 where they are switched off.
"""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from crm.formats.cells import Cells, clean_word, read_rows
from crm.formats.countries import country_code
from crm.formats.rows import AccountReading, AudienceShare, InfluencerRow, Parsed, RowError
from crm.formats.tables import Table
from crm.handles import clean_handle, handle_key, profile_url

N = TypeVar("N", int, float)

_DISAGREEMENT = 0.01  # between the short and the exact form of a figure
_IGNORED = frozenset({"rank", "s_no", "eng_auth"})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class _List:
    platform: str
    handle: str
    name: str
    topics: tuple[str, ...]
    averages: tuple[str, ...]

    @property
    def keys(self) -> frozenset[str]:
        return frozenset({self.handle, self.name, "followers", "country", *self.topics, *self.averages}) | _IGNORED


INSTAGRAM = _List("instagram", "name", "instagram_name", ("category_1", "category_2"), ("eng_avg",))
YOUTUBE = _List(
    "youtube",
    "youtube_channel",
    "youtuber_name",
    ("category", "category_2"),
    ("views_avg", "likes_avg", "comments_avg"),
)


def matches_instagram(keys: frozenset[str]) -> bool:
    return {"name", "instagram_name", "followers"} <= keys


def matches_youtube(keys: frozenset[str]) -> bool:
    return {"youtube_channel", "youtuber_name", "followers"} <= keys


def read_instagram(table: Table, filename: str) -> Iterator[Parsed]:
    return _read(INSTAGRAM, table, filename)


def read_youtube(table: Table, filename: str) -> Iterator[Parsed]:
    return _read(YOUTUBE, table, filename)


def unknown_columns_instagram(table: Table) -> tuple[str, ...]:
    return tuple(name for name, key in zip(table.header, table.keys, strict=True) if key not in INSTAGRAM.keys)


def unknown_columns_youtube(table: Table) -> tuple[str, ...]:
    return tuple(name for name, key in zip(table.header, table.keys, strict=True) if key not in YOUTUBE.keys)


def observed_in(filename: str) -> date | None:
    """The last day of the month a file name tells ("instagram-dec-2022.csv"): by then its figures were known."""
    found = re.search(r"(?<![a-z])([a-z]{3})[a-z]*[ _.-]*(20[0-9]{2})(?![0-9])", filename.lower())
    if found is None or found[1] not in _MONTHS:
        return None
    year, month = int(found[2]), _MONTHS.index(found[1]) + 1
    return date(year, month, calendar.monthrange(year, month)[1])


def _read(kind: _List, table: Table, filename: str) -> Iterator[Parsed]:
    day = observed_in(filename)
    # A figure's second column is read under its key and "#2".
    columns = {key: at[0] for key, at in table.positions.items()}
    columns |= {f"{key}#2": at[1] for key, at in table.positions.items() if len(at) > 1}
    seen: dict[str, tuple[int, AccountReading]] = {}
    return read_rows(table, columns, lambda cells: _verdict(kind, cells, day, seen))


def _verdict(kind: _List, cells: Cells, day: date | None, seen: dict[str, tuple[int, AccountReading]]) -> Parsed:
    """These lists name some accounts twice, mostly with the same figures. Of two that differ nobody knows the true one,
    and taking both would make each import change the profile twice: the first stays.
    """
    row = _influencer(kind, cells, day)
    if cells.errors or not row.accounts:
        return cells.verdict(None)
    [account] = row.accounts
    key = handle_key(kind.platform, account.handle)
    line, first = seen.setdefault(key, (cells.line, account))
    if line == cells.line:
        return cells.verdict(row)
    if first != account:
        cells.fail(kind.handle, "account_repeated", first_line=line)
    return cells.verdict(row, (RowError(cells.line, "", "row_repeated", {"first_line": line}),))


def _influencer(kind: _List, cells: Cells, day: date | None) -> InfluencerRow:
    handle = cells.read(kind.handle, lambda text: clean_handle(kind.platform, text)) or ""
    if not cells.has(kind.handle):
        cells.fail(kind.handle, "handle_missing", platform=kind.platform)
    topics = [word for column in kind.topics if (word := cells.read(column, clean_word))]
    return InfluencerRow(
        line=cells.line,
        name=cells.text(kind.name, limit=200) or handle,
        topics=tuple(dict.fromkeys(topics)),
        accounts=(_account(kind, cells, handle, day),),
        raw=cells.raw,
    )


def _account(kind: _List, cells: Cells, handle: str, day: date | None) -> AccountReading:
    country = cells.read("country", country_code)
    followers = _figure(cells, "followers", cells.count)
    averages = {column: _figure(cells, column, cells.average) for column in kind.averages}
    engagements = averages.get("eng_avg")
    rate = engagements / followers if followers and engagements is not None else None
    return AccountReading(
        platform=kind.platform,
        handle=handle,
        url=profile_url(kind.platform, handle) if handle else "",
        followers=followers,
        avg_engagements=engagements,
        avg_likes=averages.get("likes_avg"),
        avg_comments=averages.get("comments_avg"),
        avg_views=averages.get("views_avg"),
        engagement_rate=rate if rate is not None and rate <= 1 else None,
        observed_at=day,
        audience=(AudienceShare("country", country),) if country else (),
    )


def _figure(cells: Cells, column: str, read: Callable[[str], N | None]) -> N | None:
    """The exact one of a figure's two forms. Two that differ make the row untrustworthy."""
    short, exact = read(column), read(f"{column}#2")
    if short is None or exact is None:
        return short if exact is None else exact
    if cells.is_plain_number(column):
        short, exact = exact, short
    if abs(short - exact) > _DISAGREEMENT * max(short, exact):
        cells.fail(column, "figures_disagree", percent=round(100 * _DISAGREEMENT))
    return exact
