"""One door for all formats: a receipt in, text, printer commands, a picture or a PDF out."""

from collections.abc import Iterable

from config.errors import N_, WrongUse
from receipts.columns import COLUMNS, Piece, Row, to_rows
from receipts.layout import lay_out
from receipts.letters import printer_letters
from receipts.profiles import Profile
from receipts.receipt import Receipt
from receipts.template import Template

DEFAULT_COLUMNS = 42


def render_text(receipt: Receipt, template: Template, columns: int = DEFAULT_COLUMNS) -> str:
    """The receipt as plain text of 32, 42 or 48 columns; codes stand as their text."""
    check_columns(columns)
    return text_of(to_rows(lay_out(receipt, template), columns))


def render_escpos(
    receipt: Receipt, template: Template, profile: Profile, logo: bytes | None = None, *, open_drawer: bool = False
) -> bytes:
    """The receipt as one job for a printer of *profile*; *logo* is the content of a picture file."""
    from receipts.thermal import to_commands

    pieces = to_rows(lay_out(receipt, template), profile.columns, printer_letters(profile.code_pages))
    return to_commands(pieces, profile, logo, open_drawer=open_drawer)


def render_png(
    receipt: Receipt, template: Template, columns: int = DEFAULT_COLUMNS, logo: bytes | None = None
) -> bytes:
    """The receipt as a picture, as a printer of 203 dots an inch would print it."""
    from receipts.png import to_png
    from receipts.typeface import font_letters

    check_columns(columns)
    return to_png(to_rows(lay_out(receipt, template), columns, font_letters()), columns, logo)


def render_pdf(
    receipt: Receipt, template: Template, columns: int = DEFAULT_COLUMNS, logo: bytes | None = None
) -> bytes:
    """The receipt as a PDF of one page, as wide as the paper roll; the same receipt gives the same bytes."""
    from receipts.pdf import to_pdf
    from receipts.typeface import font_letters

    check_columns(columns)
    pieces = to_rows(lay_out(receipt, template), columns, font_letters())
    return to_pdf(pieces, columns, logo, receipt.at_ms)


def text_of(pieces: Iterable[Piece]) -> str:
    """Rows as lines of text; a code stands as its text, which follows its drawing."""
    return "".join(f"{piece.text}\n" for piece in pieces if isinstance(piece, Row))


def check_columns(columns: int) -> None:
    """WrongUse unless a receipt can be *columns* wide."""
    if columns not in COLUMNS:
        raise WrongUse(
            "receipt_columns_unknown",
            N_("A receipt is {choices} columns wide, not {columns}. Nothing was printed; choose one of them."),
            columns=columns,
            choices=", ".join(map(str, COLUMNS)),
        )
