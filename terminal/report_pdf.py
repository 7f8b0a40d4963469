"""A report on A4 pages: figures with what they mean, bars, the heat map, and tables."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from config.formats import format_moment
from config.i18n import _
from receipts.typeface import BOLD, REGULAR
from terminal.report_text import IN_WORDS, Reader
from terminal.report_words import COLUMNS, FIGURES, NOTES, REPORTS, TABLES
from terminal.till_report_shapes import Figure, Report, Table

if TYPE_CHECKING:
    from fpdf import FPDF

MARGIN_MM: Final = 15.0
WIDTH_MM: Final = 180.0
LINE_MM: Final = 5.0
CHART_MM: Final = 30.0
MAP_LINE_MM: Final = 6.0
BOTTOM_MM: Final = 297.0 - MARGIN_MM
MAX_LABELS: Final = 31
_FONT: Final = "DejaVu"
_INK, _GREY, _BAR, _PAPER = 0, 110, 70, 255
_CHARTED: Final = {"by_hour": "to_pay", "by_day": "to_pay", "enrolments": "members"}


def to_pdf(report: Report, reader: Reader) -> bytes:
    """The pages, in the reader's language; the same report gives the same bytes."""
    pdf = _new_pdf(report, reader)
    for figure in report.figures:
        _figure(pdf, figure, reader)
    for table in report.tables:
        _heading(pdf, _(TABLES[table.id].title))
        if not table.rows:
            _text(pdf, _(NOTES[table.note] if table.note else TABLES[table.id].empty))
        elif table.id == "heat_map":
            _heat_map(pdf, table, reader)
        else:
            if table.id in _CHARTED:
                _bars(pdf, table, reader)
            _rows(pdf, table, reader)
    return bytes(pdf.output())


def _new_pdf(report: Report, reader: Reader) -> "FPDF":
    from fpdf import FPDF

    pdf = FPDF(format="A4")
    pdf.set_creation_date(datetime.fromtimestamp(report.made_ms // 1000, UTC))
    pdf.set_producer("Regulars")
    pdf.set_margin(MARGIN_MM)
    pdf.set_auto_page_break(True, MARGIN_MM)
    pdf.add_font(_FONT, "", REGULAR)
    pdf.add_font(_FONT, "B", BOLD)
    pdf.set_title(_(REPORTS[report.id]))
    pdf.add_page()
    pdf.set_font(_FONT, "B", 16)
    pdf.cell(0, 9, f"{_(REPORTS[report.id])} · {report.store}", new_x="LMARGIN", new_y="NEXT")
    parts = [reader.period(report)]
    if report.before is not None:
        parts.append(_("compared with {days}").format(days=reader.days(report.before.first, report.before.last)))
    made = format_moment(report.made_ms, report.zone, reader.language)
    _text(pdf, " · ".join([*parts, _("read at {time}").format(time=made)]))
    pdf.ln(LINE_MM)
    return pdf


def _heading(pdf: "FPDF", title: str) -> None:
    if pdf.get_y() + 4 * LINE_MM > BOTTOM_MM:
        pdf.add_page()
    pdf.ln(LINE_MM)
    pdf.set_font(_FONT, "B", 11)
    pdf.cell(0, 8, title, new_x="LMARGIN", new_y="NEXT")


def _text(pdf: "FPDF", text: str) -> None:
    pdf.set_font(_FONT, "", 8)
    pdf.set_text_color(_GREY)
    pdf.multi_cell(0, LINE_MM, text, new_x="LMARGIN", new_y="NEXT")
    pdf.set_text_color(_INK)


def _figure(pdf: "FPDF", figure: Figure, reader: Reader) -> None:
    words = FIGURES[figure.id]
    pdf.set_font(_FONT, "B", 9)
    pdf.cell(60, LINE_MM, _(words.title))
    pdf.cell(40, LINE_MM, reader.figure(figure), align="R")
    pdf.set_font(_FONT, "", 9)
    # The words say it; the glyph is for the screen.
    pdf.cell(0, LINE_MM, f"   {reader.change(figure).lstrip(IN_WORDS)}", new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(_FONT, "", 6.5)
    pdf.set_text_color(_GREY)
    pdf.multi_cell(0, LINE_MM * 0.7, _(words.meaning), new_x="LMARGIN", new_y="NEXT")
    pdf.set_text_color(_INK)


def _bars(pdf: "FPDF", table: Table, reader: Reader) -> None:
    """Upright bars over a thin line."""
    place = next(place for place, column in enumerate(table.columns) if column.id == _CHARTED[table.id])
    values = [max(0, int(row[place] or 0)) for row in table.rows]
    if pdf.get_y() + CHART_MM + 2 * LINE_MM > BOTTOM_MM:
        pdf.add_page()
    step, bottom, greatest = WIDTH_MM / max(len(values), 8), pdf.get_y() + CHART_MM, max(1, *values)
    pdf.set_fill_color(_BAR)
    for number, value in enumerate(values):
        height = value / greatest * CHART_MM
        pdf.rect(MARGIN_MM + number * step, bottom - height, step * 0.8, height, style="F")
    pdf.line(MARGIN_MM, bottom, MARGIN_MM + WIDTH_MM, bottom)
    pdf.set_font(_FONT, "", 6)
    every = -(-len(values) // MAX_LABELS)
    for number, label in enumerate(reader.bar_labels(table)):
        if number % every == 0:
            pdf.text(MARGIN_MM + number * step, bottom + 3, label)
    pdf.set_y(bottom + LINE_MM)
    pdf.set_fill_color(_PAPER)


def _heat_map(pdf: "FPDF", table: Table, reader: Reader) -> None:
    """Weekdays by hours, each place as dark as it is busy, with its number of sales."""
    sales = {(int(row[0] or 0), int(row[1] or 0)): int(row[2] or 0) for row in table.rows}
    hours = range(min(hour for _day, hour in sales), max(hour for _day, hour in sales) + 1)
    cell, greatest = (WIDTH_MM - 15) / len(hours), max(1, *sales.values())
    if pdf.get_y() + 8 * MAP_LINE_MM > BOTTOM_MM:
        pdf.add_page()
    pdf.set_font(_FONT, "", 7)
    for weekday in range(7):
        pdf.cell(15, MAP_LINE_MM, reader.weekday(weekday))
        for hour in hours:
            count = sales.get((weekday, hour), 0)
            shade = 255 - count * 200 // greatest
            pdf.set_fill_color(shade)
            pdf.set_text_color(255 if shade < 128 else _INK)
            pdf.cell(cell, MAP_LINE_MM, str(count) if count else "", align="C", fill=True)
        pdf.set_text_color(_INK)
        pdf.ln(MAP_LINE_MM)
    pdf.cell(15, MAP_LINE_MM, "")
    for hour in hours:
        pdf.cell(cell, MAP_LINE_MM, str(hour), align="C")
    pdf.ln(MAP_LINE_MM)
    pdf.set_fill_color(_PAPER)


def _rows(pdf: "FPDF", table: Table, reader: Reader) -> None:
    from fpdf.fonts import FontFace

    pdf.set_font(_FONT, "", 7)
    cells = reader.cells(table)
    places = reader.columns(table)
    titles = [_(COLUMNS[table.columns[place].id]) for place in places]
    aligns = tuple("LEFT" if isinstance(table.rows[0][place], str) else "RIGHT" for place in places)
    with pdf.table(
        col_widths=_widths([titles, *cells]),
        text_align=aligns,
        line_height=LINE_MM,
        borders_layout="SINGLE_TOP_LINE",
        headings_style=FontFace(emphasis="BOLD"),
    ) as drawn:
        for line in [titles, *cells]:
            row = drawn.row()
            for text in line:
                row.cell(text)


def _widths(rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    return tuple(max(len(row[place]) for row in rows) + 2 for place in range(len(rows[0])))
