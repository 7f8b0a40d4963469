"""A receipt as a PDF: one page as wide as the paper roll, letters and codes as vectors, the font inside."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from receipts.columns import Piece, Row
from receipts.drawing import Modules, drawable
from receipts.layout import CodeDrawing
from receipts.pictures import logo_dots
from receipts.template import Style
from receipts.typeface import ADVANCE, BOLD, REGULAR

if TYPE_CHECKING:
    from fpdf import FPDF

FONT: Final = "DejaVu"
POINTS_A_MM: Final = 72 / 25.4
NARROW_COLUMNS: Final = 32
NARROW_MM: Final = 58.0
WIDE_MM: Final = 80.0
MARGIN_MM: Final = 4.0
MAX_MODULE_MM: Final = 0.75
BARS_HEIGHT_MM: Final = 10.0
ROW_HEIGHT: Final = 1.25
LOGO_DOTS: Final = 576


def new_pdf(size_mm: tuple[float, float], at_ms: int) -> "FPDF":
    """An empty PDF with the fonts in it, dated *at_ms*: the same input gives the same bytes."""
    from fpdf import FPDF

    pdf = FPDF(unit="mm", format=size_mm)
    pdf.set_creation_date(datetime.fromtimestamp(at_ms // 1000, UTC))
    pdf.set_producer("Regulars")
    pdf.set_auto_page_break(False)
    pdf.set_margin(0)
    pdf.add_font(FONT, "", REGULAR)
    pdf.add_font(FONT, "B", BOLD)
    return pdf


def draw_modules(
    pdf: "FPDF", modules: Modules, left_mm: float, top_mm: float, module_mm: float, bar_mm: float
) -> float:
    """Draw a code without its quiet zone, dark modules as vectors; how high it is."""
    pdf.set_fill_color(0)
    height = bar_mm if modules.linear else module_mm
    for line, row in enumerate(modules.rows):
        for start, end in dark_runs(row):
            pdf.rect(left_mm + start * module_mm, top_mm + line * height, (end - start) * module_mm, height, style="F")
    return height * len(modules.rows)


def dark_runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Where dark modules follow each other: (first, one after the last)."""
    edges = [
        place for place, (before, now) in enumerate(zip((False, *row), (*row, False), strict=True)) if before != now
    ]
    return list(zip(edges[::2], edges[1::2], strict=True))


def to_pdf(pieces: Iterable[Piece], columns: int, logo: bytes | None, at_ms: int) -> bytes:
    """*pieces* below each other on one page."""
    page = _Page(list(pieces), columns, logo, at_ms)
    return page.drawn()


class _Page:
    """One page in the making: measured first, since a paper roll is as long as its receipt."""

    def __init__(self, pieces: list[Piece], columns: int, logo: bytes | None, at_ms: int) -> None:
        self._pieces = pieces
        self._logo = logo_dots(logo, LOGO_DOTS) if logo is not None else None
        self._width_mm = NARROW_MM if columns == NARROW_COLUMNS else WIDE_MM
        self._print_mm = self._width_mm - 2 * MARGIN_MM
        self._font_pt = self._print_mm / columns / ADVANCE * POINTS_A_MM
        self._row_mm = self._font_pt / POINTS_A_MM * ROW_HEIGHT
        self._top_mm = MARGIN_MM
        height_mm = 2 * MARGIN_MM + sum(map(self._height_mm, pieces))
        self._pdf = new_pdf((self._width_mm, height_mm), at_ms)
        self._pdf.add_page()

    def drawn(self) -> bytes:
        for piece in self._pieces:
            if isinstance(piece, Row):
                self._row(piece.text, piece.style)
            elif isinstance(piece, CodeDrawing):
                self._code(piece)
            elif self._logo is not None:
                width_mm = self._mm_of_dots(self._logo.width)
                left_mm = (self._width_mm - width_mm) / 2
                self._pdf.image(self._logo, left_mm, self._top_mm, width_mm)
                self._top_mm += self._height_mm(piece)
        return bytes(self._pdf.output())

    def _height_mm(self, piece: Piece) -> float:
        if isinstance(piece, Row):
            return self._row_mm * (2 if piece.style is Style.BIG else 1)
        if isinstance(piece, CodeDrawing):
            return self._code_mm(piece)
        return self._mm_of_dots(self._logo.height) if self._logo is not None else 0.0

    def _code_mm(self, piece: CodeDrawing) -> float:
        modules = drawable(piece.code)
        if modules is None:
            return 0.0
        module_mm = self._module_mm(modules)
        high = BARS_HEIGHT_MM if modules.linear else len(modules.rows) * module_mm
        return high + 2 * modules.quiet * module_mm

    def _module_mm(self, modules: Modules) -> float:
        return min(MAX_MODULE_MM, self._print_mm / (modules.width + 2 * modules.quiet))

    def _mm_of_dots(self, dots: int) -> float:
        return dots * self._print_mm / LOGO_DOTS

    def _row(self, text: str, style: Style) -> None:
        big = style is Style.BIG
        # Twice as large and half as wide: twice as high, and columns stay.
        self._pdf.set_font(FONT, "" if style is Style.NORMAL else "B", self._font_pt * (2 if big else 1))
        self._pdf.set_stretching(50 if big else 100)
        height_mm = self._row_mm * (2 if big else 1)
        if text.strip():
            self._pdf.text(MARGIN_MM, self._top_mm + height_mm * 0.75, text)
        self._top_mm += height_mm

    def _code(self, piece: CodeDrawing) -> None:
        if (modules := drawable(piece.code)) is not None:
            module_mm = self._module_mm(modules)
            left_mm = (self._width_mm - modules.width * module_mm) / 2
            top_mm = self._top_mm + modules.quiet * module_mm
            draw_modules(self._pdf, modules, left_mm, top_mm, module_mm, BARS_HEIGHT_MM)
        self._top_mm += self._code_mm(piece)
