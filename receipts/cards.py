"""Cards: a member's code as a picture, as vectors, as a card to print, as a sheet of ten, and as text on the screen.

Sizes: ISO/IEC 7810 ID-1, 85.60 × 53.98 mm; a sheet is A4. The code texts and numbers are handed in.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from config.errors import N_, WrongUse
from receipts.drawing import Modules, modules_of
from receipts.receipt import Code

if TYPE_CHECKING:
    from fpdf import FPDF

CARD_MM: Final = (85.60, 53.98)
BLEED_MM: Final = 3.0
A4_MM: Final = (210.0, 297.0)
SHEET_ACROSS: Final = 2
SHEET_DOWN: Final = 5
CUT_MARK_MM: Final = 5.0
CUT_MARK_GAP_MM: Final = 1.0
MAX_BATCH: Final = 1000

MODULE_MM: Final = 0.5
BARS_MM: Final = 15.0
TEXT_MM: Final = 4.0
PICTURE_MODULE_DOTS: Final = 8
PICTURE_BAR_DOTS: Final = 160

_BAND_MM: Final = 14.0
_BAND_GREY: Final = 30
_EDGE_MM: Final = 5.0
_SHOP_PT: Final = 15
_SMALL_PT: Final = 9
_POINTS_A_MM: Final = 72 / 25.4


@dataclass(frozen=True, slots=True)
class CardFace:
    """What a card shows: its code, the number that people read and type, the shop, and a line of its own."""

    code: Code
    number_text: str
    shop: str
    title: str = ""


def card_svg(code: Code) -> bytes:
    """The code with its quiet zone and its text below, as SVG in millimetres."""
    modules = modules_of(code)
    high_mm = BARS_MM if modules.linear else len(modules.rows) * MODULE_MM
    above_mm = 0.0 if modules.linear else modules.quiet * MODULE_MM
    width_mm = (modules.width + 2 * modules.quiet) * MODULE_MM
    height_mm = above_mm * 2 + high_mm + TEXT_MM
    bars = "".join(_svg_run(modules, line, start, end, above_mm) for line, start, end in _all_runs(modules))
    # The text must stay within the code's width, whatever font the viewer takes.
    size_mm = min(TEXT_MM * 0.8, width_mm / max(1, len(code.text)) / 0.62)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width_mm:g}mm" height="{height_mm:g}mm" '
        f'viewBox="0 0 {width_mm:g} {height_mm:g}">'
        f'<rect width="100%" height="100%" fill="#fff"/><path d="{bars}"/>'
        f'<text x="{width_mm / 2:g}" y="{height_mm - TEXT_MM * 0.3:g}" text-anchor="middle" '
        f'font-family="monospace" font-size="{size_mm:.3g}">{escape(code.text)}</text></svg>\n'
    ).encode()


def card_png(code: Code) -> bytes:
    """The code with its quiet zone, as a PNG large enough to be sent and shown on a phone."""
    from receipts.pictures import code_picture
    from receipts.png import png_bytes

    return png_bytes(code_picture(code, PICTURE_MODULE_DOTS, PICTURE_BAR_DOTS))


def card_pdf(face: CardFace, at_ms: int) -> bytes:
    """One card of ID-1 size as a PDF page with 3 mm of bleed on each side, as card printers want it."""
    from receipts.pdf import new_pdf

    width, height = CARD_MM[0] + 2 * BLEED_MM, CARD_MM[1] + 2 * BLEED_MM
    pdf = new_pdf((width, height), at_ms)
    pdf.add_page()
    _draw_card(pdf, face, BLEED_MM, BLEED_MM, BLEED_MM)
    return bytes(pdf.output())


def sheet_pdf(faces: Sequence[CardFace], at_ms: int) -> bytes:
    """Cards on A4 sheets, ten a sheet, edge to edge, with cut marks around; WrongUse for none or too many."""
    from receipts.pdf import new_pdf

    if not 0 < len(faces) <= MAX_BATCH:
        raise WrongUse(
            "card_batch_out_of_range",
            N_("A batch is 1 to {most} cards, not {count}. Nothing was printed; choose another number."),
            most=MAX_BATCH,
            count=len(faces),
        )
    pdf = new_pdf(A4_MM, at_ms)
    left = (A4_MM[0] - SHEET_ACROSS * CARD_MM[0]) / 2
    top = (A4_MM[1] - SHEET_DOWN * CARD_MM[1]) / 2
    for place, face in enumerate(faces):
        down, across = divmod(place % (SHEET_ACROSS * SHEET_DOWN), SHEET_ACROSS)
        if not down and not across:
            pdf.add_page()
            _draw_cut_marks(pdf, left, top)
        _draw_card(pdf, face, left + across * CARD_MM[0], top + down * CARD_MM[1], 0)
    return bytes(pdf.output())


def batch_csv(faces: Sequence[CardFace]) -> str:
    """The numbers and codes of a batch, one card a row, in the order of the sheets."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(("number", "code", "format"))
    writer.writerows((face.number_text, face.code.text, face.code.format.value) for face in faces)
    return table.getvalue()


def card_text(code: Code, columns: int = 80) -> str:
    """The code in half-blocks, dark blocks on a light ground (whoever shows it sets the colours), its text below.

    A code wider than *columns* is given as its text alone.
    """
    modules = modules_of(code)
    drawn = _bar_lines(modules) if modules.linear else _square_lines(modules)
    if len(drawn[0]) > columns:
        return f"{code.text}\n"
    return "".join(f"{line}\n" for line in (*drawn, code.text.center(len(drawn[0]))))


def card_ansi(code: Code, columns: int = 80) -> str:
    """:func:`card_text` in black on white, for a terminal of unknown colours."""
    return "".join(f"\x1b[30;107m{line}\x1b[0m\n" for line in card_text(code, columns).splitlines())


def _square_lines(modules: Modules) -> list[str]:
    quiet = modules.quiet
    empty = (False,) * (modules.width + 2 * quiet)
    side = (False,) * quiet
    rows = [empty] * quiet + [(*side, *row, *side) for row in modules.rows] + [empty] * quiet
    if len(rows) % 2:
        rows.append(empty)
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return ["".join(_UPPER_LOWER[dark] for dark in zip(upper, lower, strict=True)) for upper, lower in pairs]


def _bar_lines(modules: Modules) -> list[str]:
    side = (False,) * modules.quiet
    row = (*side, *modules.rows[0], *side)
    if len(row) % 2:
        row = (*row, False)
    line = "".join(_LEFT_RIGHT[dark] for dark in zip(row[::2], row[1::2], strict=True))
    return [line] * _BAR_LINES


def _all_runs(modules: Modules) -> list[tuple[int, int, int]]:
    from receipts.pdf import dark_runs

    return [(line, start, end) for line, row in enumerate(modules.rows) for start, end in dark_runs(row)]


def _svg_run(modules: Modules, line: int, start: int, end: int, above_mm: float) -> str:
    left, width = (start + modules.quiet) * MODULE_MM, (end - start) * MODULE_MM
    top, height = (above_mm, BARS_MM) if modules.linear else (above_mm + line * MODULE_MM, MODULE_MM)
    return f"M{left:g} {top:g}h{width:g}v{height:g}h-{width:g}z"


def _draw_card(pdf: "FPDF", face: CardFace, left: float, top: float, bleed: float) -> None:
    from receipts.typeface import font_letters

    letters = font_letters()
    pdf.set_fill_color(_BAND_GREY)
    pdf.rect(left - bleed, top - bleed, CARD_MM[0] + 2 * bleed, _BAND_MM + bleed, style="F")
    pdf.set_text_color(255)
    _text(pdf, letters(face.shop), left + _EDGE_MM, top + _BAND_MM * 0.66, _SHOP_PT, CARD_MM[0] - 2 * _EDGE_MM)
    pdf.set_text_color(0)
    bottom = top + CARD_MM[1] - _EDGE_MM
    modules = modules_of(face.code)
    if modules.linear:
        _draw_bars(pdf, modules, left, top)
        room = CARD_MM[0] - 2 * _EDGE_MM
        _text(pdf, letters(face.number_text), left + _EDGE_MM, bottom + 1, _SMALL_PT, room)
        _text(pdf, letters(face.title), left + _EDGE_MM, top + _BAND_MM + _EDGE_MM, _SMALL_PT, room)
        return
    side = CARD_MM[1] - _BAND_MM - 2
    module_mm = side / (modules.width + 2 * modules.quiet)
    _draw(pdf, modules, left + CARD_MM[0] - side - 1 + modules.quiet * module_mm, top + _BAND_MM + 1, module_mm)
    room = CARD_MM[0] - side - _EDGE_MM - 2
    _text(pdf, letters(face.title), left + _EDGE_MM, top + _BAND_MM + 2 * _EDGE_MM, _SMALL_PT, room)
    _text(pdf, letters(face.number_text), left + _EDGE_MM, bottom, _SMALL_PT, room)


def _draw(pdf: "FPDF", modules: Modules, left: float, top: float, module_mm: float) -> None:
    from receipts.pdf import draw_modules

    draw_modules(pdf, modules, left, top + modules.quiet * module_mm, module_mm, 0)


def _draw_bars(pdf: "FPDF", modules: Modules, left: float, top: float) -> None:
    from receipts.pdf import draw_modules

    module_mm = min(MODULE_MM, CARD_MM[0] / (modules.width + 2 * modules.quiet))
    start = left + (CARD_MM[0] - modules.width * module_mm) / 2
    draw_modules(pdf, modules, start, top + _BAND_MM + 2 * _EDGE_MM, module_mm, BARS_MM)


def _text(pdf: "FPDF", text: str, left: float, baseline: float, size_pt: float, room_mm: float) -> None:
    from receipts.pdf import FONT
    from receipts.typeface import ADVANCE

    if not text.strip():
        return
    fitting_pt = room_mm * _POINTS_A_MM / (len(text) * ADVANCE)
    pdf.set_font(FONT, "B", min(size_pt, fitting_pt))
    pdf.text(left, baseline, text)


def _draw_cut_marks(pdf: "FPDF", left: float, top: float) -> None:
    right, bottom = left + SHEET_ACROSS * CARD_MM[0], top + SHEET_DOWN * CARD_MM[1]
    pdf.set_draw_color(0)
    pdf.set_line_width(0.1)
    for across in range(SHEET_ACROSS + 1):
        x = left + across * CARD_MM[0]
        for y, towards in ((top, -1), (bottom, 1)):
            pdf.line(x, y + towards * CUT_MARK_GAP_MM, x, y + towards * (CUT_MARK_GAP_MM + CUT_MARK_MM))
    for down in range(SHEET_DOWN + 1):
        y = top + down * CARD_MM[1]
        for x, towards in ((left, -1), (right, 1)):
            pdf.line(x + towards * CUT_MARK_GAP_MM, y, x + towards * (CUT_MARK_GAP_MM + CUT_MARK_MM), y)


_BAR_LINES: Final = 6
_UPPER_LOWER: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
_LEFT_RIGHT: Final = {(False, False): " ", (True, False): "▌", (False, True): "▐", (True, True): "█"}
