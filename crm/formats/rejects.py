"""Refused rows as a file to correct and bring again: the file's own columns, and beside them why."""

import csv
import io
from collections.abc import Mapping, Sequence

from crm.formats.formulas import neutralised


def table(header: Sequence[str], rows: Sequence[tuple[int, Mapping[str, str], str]], *, line: str, why: str) -> str:
    """CSV of the file's header and of its refused rows: (line in the file, cells by column, why it was refused).

    `line` and `why` name two columns more. Cells that a spreadsheet would run stand behind an apostrophe, which the
    readers of tables take off again.
    """
    columns = list(dict.fromkeys([*header, *(name for _number, cells, _reason in rows for name in cells)]))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*map(neutralised, columns), line, why])
    for number, cells, reason in rows:
        writer.writerow([*(neutralised(str(cells.get(name, ""))) for name in columns), number, neutralised(reason)])
    return text.getvalue()
