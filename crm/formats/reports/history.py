"""The earlier months of an account, as a vendor counted them."""

import calendar
import re
from collections.abc import Mapping
from datetime import date

from crm.errors import DomainError
from crm.formats.reports.values import Report
from crm.formats.rows import FiguresReading

_MONTHS = 240


def read_history(report: Report, path: str, columns: Mapping[str, str]) -> tuple[FiguresReading, ...]:
    """[{"month": "2026-05", …}] as figures of each month's last day: by then they were known. `columns` says how the
    vendor calls our figures. Of a month that stands twice the first stays; one that cannot be read is noted.
    """
    months: dict[date, FiguresReading] = {}
    for place, _entry in report.entries(path, limit=_MONTHS):
        day = report.read(f"{place}.month", last_day, ignore=True)
        if day is not None and day not in months:
            months[day] = _figures(report, place, day, columns)
    return tuple(months.values())


def last_day(text: str) -> date:
    """Of "2026-05" or "2026-05-01". Raises DomainError: date_invalid."""
    found = re.fullmatch(r"(\d{4})-(\d{2})(?:-\d{2})?", text, re.ASCII)
    try:
        year, month = (int(found[1]), int(found[2])) if found else (0, 0)
        return date(year, month, calendar.monthrange(year, month)[1])
    except (calendar.IllegalMonthError, ValueError):
        raise DomainError("date_invalid") from None


def _figures(report: Report, place: str, day: date, columns: Mapping[str, str]) -> FiguresReading:
    def average(column: str) -> float | None:
        return report.average(f"{place}.{columns[column]}", ignore=True) if column in columns else None

    return FiguresReading(
        observed_at=day,
        followers=report.count(f"{place}.{columns['followers']}", ignore=True),
        following=report.count(f"{place}.{columns['following']}", ignore=True),
        avg_likes=average("avg_likes"),
        avg_comments=average("avg_comments"),
        avg_shares=average("avg_shares"),
        avg_views=average("avg_views"),
    )
