"""A report as files of comma-separated values, one a table, in one archive."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from crm.formats.formulas import neutralised
from outreach.printing.tables import Book, flat


def archive(book: Book, *, at: datetime, currency_title: str) -> bytes:
    """UTF-8, commas, a point before decimals, days as 2026-11-24, unknown blank; the same book twice is the same bytes.

    Texts that a spreadsheet would run stand behind an apostrophe.
    """
    content = io.BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as files:
        for number, table in enumerate(book.tables, 1):
            text = io.StringIO()
            writer = csv.writer(text)
            titles, rows = flat(table, currency_title)
            writer.writerow(map(neutralised, titles))
            writer.writerows([_plain(cell) for cell in row] for row in rows)
            info = ZipInfo(f"{number:02d}-{table.slug}.csv", date_time=at.timetuple()[:6])
            info.compress_type = ZIP_DEFLATED
            files.writestr(info, text.getvalue())
    return content.getvalue()


def _plain(cell: str | float | date | Decimal | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return neutralised(cell)
    if isinstance(cell, float):
        return f"{Decimal(str(round(cell, 6))).normalize():f}"
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)  # a day as ISO writes it
