"""A report as a workbook: a sheet a table, its numbers as numbers."""

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from crm.formats.formulas import neutralised
from outreach.printing.tables import Book, Table, flat

_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
_TITLE = 31  # signs, as Excel counts the name of a sheet
_LEAST, _MOST = 12, 48  # how wide a column is
_SHADE = "F3F5F8"  # behind titles, as on paper
_CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32)], "�")


def workbook(book: Book, *, at: datetime, currency_title: str) -> bytes:
    """Texts that a spreadsheet would run stand behind an apostrophe; nothing is ever stored as a formula."""
    from openpyxl import Workbook  # not above: a third of a second and 20 MB, for a button seldom pressed

    made = Workbook()
    made.properties.creator, made.properties.title = "Causeway", book.title
    made.properties.created = made.properties.modified = at.replace(tzinfo=None)
    made.remove(made.active)
    for table in book.tables:
        _fill(made.create_sheet(table.title.translate(_FORBIDDEN)[:_TITLE]), table, currency_title)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def _fill(sheet: Any, table: Table, currency_title: str) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    titles, rows = flat(table, currency_title)
    sheet.freeze_panes = "A2"
    kinds = [
        kind
        for column in table.columns
        for kind in ([column.kind, "text"] if column.kind == "money" else [column.kind])
    ]
    for number, (title, kind) in enumerate(zip(titles, kinds, strict=True), 1):
        cell = sheet.cell(1, number, _text(title))
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=_SHADE)
        cell.alignment = Alignment(horizontal="left" if kind == "text" else "right")
        longest = max([len(title), *(len(str(row[number - 1])) for row in rows if isinstance(row[number - 1], str))])
        sheet.column_dimensions[cell.column_letter].width = min(_MOST, max(_LEAST, longest + 2))
        for place, row in enumerate(rows, 2):
            _write(sheet.cell(place, number), row[number - 1], kind)


def _write(cell: Any, value: str | float | date | Decimal | None, kind: str) -> None:
    if isinstance(value, str):
        cell.value, cell.data_type = _text(value), "s"
        return
    cell.value = value
    if kind in {"number", "reach"} and isinstance(value, int | float):
        cell.number_format = "#,##0" if value == int(value) else "#,##0.0#"
    elif kind == "share":
        cell.number_format = "0.0%"
    elif kind == "day":
        cell.number_format = "yyyy-mm-dd"
    elif kind == "money" and isinstance(value, Decimal):
        places = -int(value.as_tuple().exponent)
        cell.number_format = "#,##0" + ("." + "0" * places if places else "")


def _text(value: str) -> str:
    return neutralised(value.translate(_CONTROL))
