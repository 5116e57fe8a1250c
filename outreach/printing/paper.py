"""A report on paper: A4, headings that are repeated on every page, and charts drawn with axes from zero."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from outreach.printing.tables import Bar, Book, Cell, Column, Part, Series, Table

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.util import Padding

_FONTS = Path(__file__).parent / "fonts"
_MARGIN, _WIDTH = 15.0, 180.0  # millimetres
_INK, _QUIET, _LINE, _SHADE = (27, 31, 42), (95, 103, 120), (206, 211, 221), (243, 245, 248)
_COLOURS = ((0, 95, 134), (196, 88, 0))
_NARROW = {0x202F: 0xA0, 0x2011: 0x2D}  # spaces and hyphens that few fonts have
_SIZES = {"title": 18.0, "heading": 12.5, "text": 9.5, "small": 8.0}
_BAR, _PLOT = 8.5, 38.0  # how high a step of the funnel is, and a chart
_MOST_LABELS = 8

Say = Callable[[Cell, str], str]


def paper(book: Book, *, at: datetime, say: Say, page_words: str) -> bytes:
    """`say` writes a cell of a kind by the reader's locale. `page_words` has {page} and {pages}.

    The same book at the same instant is the same bytes.
    """
    pdf = _new(book, at=at, page_words=page_words)
    _words(pdf, book.title, "title", bold=True)
    for line in book.lead:
        _words(pdf, line, "text", colour=_QUIET)
    if book.funnel:
        _heading(pdf, book.funnel_title, room=_BAR * len(book.funnel))
        for bar in book.funnel:
            _step(pdf, bar)
        _scale(pdf, say)
    for part in book.parts:
        _part(pdf, part)
    for place, series in enumerate(book.series):
        _columns(pdf, series, _COLOURS[place % len(_COLOURS)], say)
    for table in book.tables:
        _table(pdf, table, say)
    return bytes(pdf.output())


def _new(book: Book, *, at: datetime, page_words: str) -> "FPDF":
    from fpdf import FPDF  # not above: half a second and 30 MB, for a button seldom pressed

    class Paper(FPDF):
        def footer(self) -> None:
            self.set_y(-12)
            self.set_font("house", size=_SIZES["small"])
            self.set_text_color(*_QUIET)
            self.cell(_WIDTH / 2, 5, book_title)
            said = page_words.format(page=self.page_no(), pages=self.str_alias_nb_pages)
            self.cell(_WIDTH / 2, 5, said, align="R")

    pdf = Paper(format="A4")
    pdf.add_font("house", fname=_FONTS / "DejaVuSans.ttf")
    pdf.add_font("house", "B", _FONTS / "DejaVuSans-Bold.ttf")
    book_title = _shortened(pdf, book.title, _WIDTH / 2 - 4)
    pdf.set_margins(_MARGIN, _MARGIN, _MARGIN)
    pdf.set_auto_page_break(auto=True, margin=18)
    pdf.set_title(book.title)
    pdf.set_lang(book.language)
    pdf.set_creator("Causeway")
    pdf.set_creation_date(at)
    pdf.add_page()
    return pdf


def _printable(pdf: "FPDF", text: str) -> str:
    """The text with the signs that the font has, each other one as a mark: nothing is dropped in silence."""
    known: Any = pdf.fonts["house"]
    return "".join(c if ord(c) in known.cmap or c == "\n" else "�" for c in text.translate(_NARROW))


def _shortened(pdf: "FPDF", text: str, width: float) -> str:
    pdf.set_font("house", size=_SIZES["small"])
    said = _printable(pdf, text)
    while len(said) > 1 and pdf.get_string_width(said) > width:
        said = said.rstrip("…")[:-1] + "…"
    return said


def _words(
    pdf: "FPDF", text: str, size: str, *, bold: bool = False, colour: tuple[int, int, int] = _INK, bullet: str = ""
) -> None:
    pdf.set_font("house", "B" if bold else "", _SIZES[size])
    pdf.set_text_color(*colour)
    pdf.multi_cell(
        _WIDTH, _SIZES[size] * 0.52, _printable(pdf, bullet + text), new_x="LMARGIN", new_y="NEXT", align="L"
    )
    pdf.ln(1)


def _heading(pdf: "FPDF", text: str, *, room: float) -> None:
    """Never alone at the foot of a page: what follows has its room too."""
    if pdf.will_page_break(14 + room):
        pdf.add_page()
    else:
        pdf.ln(5)
    _words(pdf, text, "heading", bold=True)


def _step(pdf: "FPDF", bar: Bar) -> None:
    """A line of the funnel: what, how many, and a bar from 0 to 100 % of the step before."""
    top, left = pdf.get_y(), _MARGIN + 92
    pdf.set_font("house", size=_SIZES["text"])
    pdf.set_text_color(*_INK)
    pdf.cell(52, _BAR - 2, _printable(pdf, bar.title))
    pdf.set_font("house", "B", _SIZES["text"])
    pdf.cell(38, _BAR - 2, _printable(pdf, bar.figure), align="R")
    pdf.set_fill_color(*_SHADE)
    if bar.share is not None:
        pdf.rect(left, top + 0.8, 40, _BAR - 4, style="F")
        pdf.set_fill_color(*_COLOURS[0])
        pdf.rect(left, top + 0.8, 40 * min(bar.share, 1), _BAR - 4, style="F")
    pdf.set_font("house", size=_SIZES["small"])
    pdf.set_text_color(*_QUIET)
    is_short = pdf.get_string_width(_printable(pdf, bar.said)) <= _WIDTH - 92 - 42 - 2 * pdf.c_margin
    pdf.set_xy(left + 42, top + (1.7 if is_short else 0))  # beside its bar, not above it
    pdf.multi_cell(_WIDTH - 92 - 42, 3.2, _printable(pdf, bar.said), align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.set_xy(_MARGIN, max(top + _BAR, pdf.get_y() + 0.6))


def _scale(pdf: "FPDF", say: Say) -> None:
    """The axis below the bars of the funnel."""
    top, left = pdf.get_y(), _MARGIN + 92
    pdf.set_draw_color(*_LINE)
    pdf.line(left, top, left + 40, top)
    pdf.set_font("house", size=6.5)
    pdf.set_text_color(*_QUIET)
    for share in (0.0, 0.5, 1.0):
        pdf.set_xy(left + 40 * share - 6, top + 0.6)
        pdf.cell(12, 3, _printable(pdf, say(share, "share")), align="C")
    pdf.set_xy(_MARGIN, top + 5)


def _part(pdf: "FPDF", part: Part) -> None:
    _heading(pdf, part.title, room=12)
    for sentence in part.sentences:
        _words(pdf, sentence, "text", bullet="– " if len(part.sentences) > 1 else "")


def _columns(pdf: "FPDF", series: Series, colour: tuple[int, int, int], say: Say) -> None:
    """Columns from zero, with a level at half and at the top, and a few of the days below."""
    most = max(series.values, default=0.0)
    if not most:
        return
    _heading(pdf, series.title, room=_PLOT + 10)
    top, left, width = pdf.get_y() + 2, _MARGIN + 16, _WIDTH - 16
    pdf.set_draw_color(*_LINE)
    pdf.set_font("house", size=7)
    pdf.set_text_color(*_QUIET)
    for part in (0.0, 0.5, 1.0):
        height = top + _PLOT * (1 - part)
        pdf.line(left, height, left + width, height)
        pdf.set_xy(_MARGIN, height - 2)
        pdf.cell(14, 4, _printable(pdf, say(round(most * part, 1), "number")), align="R")
    each = width / len(series.values)
    pdf.set_fill_color(*colour)
    for place, value in enumerate(series.values):
        height = _PLOT * value / most
        pdf.rect(left + each * place + each * 0.12, top + _PLOT - height, each * 0.76, height, style="F")
    every = -(-len(series.labels) // _MOST_LABELS)
    for place in range(0, len(series.labels), every):
        pdf.set_xy(left + each * (place + 0.5) - 12, top + _PLOT + 1)
        pdf.cell(24, 4, _printable(pdf, series.labels[place]), align="C")
    pdf.set_xy(_MARGIN, top + _PLOT + 7)


def _table(pdf: "FPDF", table: Table, say: Say) -> None:
    from fpdf.fonts import FontFace

    _heading(pdf, table.title, room=20)
    titles = tuple(column.title for column in table.columns)
    pdf.set_font("house", size=_SIZES["small"])
    pdf.set_text_color(*_INK)
    pdf.set_draw_color(*_LINE)
    pdf.set_fill_color(255, 255, 255)
    with pdf.table(
        width=_WIDTH,
        col_widths=tuple(column.weight for column in table.columns),
        text_align=tuple("LEFT" if _is_left(column) else "RIGHT" for column in table.columns),
        headings_style=FontFace(emphasis="BOLD", fill_color=_SHADE),
        borders_layout="HORIZONTAL_LINES",
        line_height=4.4,
    ) as drawn:
        for cells in (titles, *table.rows):
            row = drawn.row()
            for place, (column, cell) in enumerate(zip(table.columns, cells, strict=True)):
                said = str(cell) if cells is titles else say(cell, column.kind)
                row.cell(_printable(pdf, said), padding=_padding(table, place))
    if table.note:
        pdf.ln(1.5)
        _words(pdf, table.note, "small", colour=_QUIET)


def _padding(table: Table, place: int) -> "Padding":
    """What begins on the left keeps off what ends on the right before it."""
    from fpdf.util import Padding

    is_crowded = place and _is_left(table.columns[place]) and not _is_left(table.columns[place - 1])
    return Padding(0.8, 1, 0.8, 4 if is_crowded else 1)


def _is_left(column: Column) -> bool:
    return column.kind in {"text", "day"}
