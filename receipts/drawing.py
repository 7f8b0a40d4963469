"""Codes as modules, dark or light: what every picture, paper and screen draws from."""

from dataclasses import dataclass
from functools import lru_cache

from config.errors import N_, WrongUse
from receipts.receipt import Code, CodeFormat

QR_LEVEL = "q"
QR_QUIET_MODULES = 4
BARS_QUIET_MODULES = 10
MAX_QR_LETTERS = 300
MAX_CODE128_LETTERS = 80


@dataclass(frozen=True, slots=True)
class Modules:
    """Rows of modules, True is dark; bars are one row. *quiet* modules around must stay light."""

    rows: tuple[tuple[bool, ...], ...]
    quiet: int

    @property
    def width(self) -> int:
        """Modules across, without the quiet zone."""
        return len(self.rows[0])

    @property
    def linear(self) -> bool:
        """Are these bars, to be drawn as high as there is room?"""
        return len(self.rows) == 1


@lru_cache(maxsize=64)
def modules_of(code: Code) -> Modules:
    """The modules of *code*; WrongUse when its text can't be drawn in its format."""
    if code.format is CodeFormat.QR:
        return _qr(code.text)
    return _bars(code)


def drawable(code: Code) -> Modules | None:
    """The modules of *code*, or None when it can't be drawn: on a receipt its text then stands alone."""
    try:
        return modules_of(code)
    except WrongUse:
        return None


def _qr(text: str) -> Modules:
    import segno

    if not 0 < len(text) <= MAX_QR_LETTERS:
        raise _not_drawable(CodeFormat.QR)
    # make() may choose a Micro QR, which phones don't read. A boosted level would differ from what printers draw.
    drawn = segno.make_qr(text, error=QR_LEVEL, boost_error=False)
    return Modules(tuple(tuple(bool(module) for module in row) for row in drawn.matrix), QR_QUIET_MODULES)


def _bars(code: Code) -> Modules:
    from barcode import EAN13, Code128
    from barcode.errors import BarcodeError

    if not _may_be_bars(code):
        raise _not_drawable(code.format)
    maker = Code128 if code.format is CodeFormat.CODE128 else EAN13
    try:
        drawn = maker(code.text)
        (row,) = drawn.build()
    except BarcodeError as error:
        raise _not_drawable(code.format) from error
    # python-barcode draws another, correct check digit in place of a wrong one: that would be another card.
    if code.format is CodeFormat.EAN13 and drawn.get_fullcode() != code.text:
        raise _not_drawable(code.format)
    return Modules((tuple(module == "1" for module in row),), BARS_QUIET_MODULES)


def _may_be_bars(code: Code) -> bool:
    if code.format is CodeFormat.EAN13:
        return len(code.text) == 13 and code.text.isascii() and code.text.isdigit()
    return 0 < len(code.text) <= MAX_CODE128_LETTERS and all(" " <= letter <= "~" for letter in code.text)


def _not_drawable(code_format: CodeFormat) -> WrongUse:
    return WrongUse(
        "code_not_drawable",
        N_("This code can't be drawn as {format}. Nothing was printed; choose another format for the card."),
        format=code_format.value,
    )
