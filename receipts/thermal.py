"""Printer commands: python-escpos with its traps closed, writing into memory and never to a device.

What is closed here, each with a regression test: after INIT the encoder forgets its code page; letters that no code
page has never become ``?``; no-break spaces never go out as 0xFF; Code 128 gets its ``{B``; nothing is said on
stdout; importing leaves no folder and no log handler behind, and parses no YAML; text can't smuggle in commands; Kanji
mode is off.
"""

import json
import logging
import pickle
import platform
import sys
import tempfile
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import get_ident
from typing import TYPE_CHECKING, Any

from receipts.columns import Piece, Row
from receipts.drawing import drawable
from receipts.layout import CodeDrawing, Logo
from receipts.pictures import code_picture, logo_dots
from receipts.profiles import Codes, Cut, Profile
from receipts.receipt import Code, CodeFormat
from receipts.template import Style

if TYPE_CHECKING:
    from PIL.Image import Image

LEAVE_KANJI = b"\x1c."
DRAWER_PIN = 2
FEED_WITHOUT_CUT = 5
BARS_HEIGHT_DOTS = 80
MAX_MODULE_DOTS = 6
MIN_BAR_DOTS = 2
MIN_QR_DOTS = 3
MAX_BAR_DOTS = 3
# What a printer can do is our own profile's word; of python-escpos' profiles we need one that forbids nothing and
# knows its paper's width, since those that don't complain on stdout.
_WIDE_PROFILE = "TM-T20II"


def to_commands(pieces: Iterable[Piece], profile: Profile, logo: bytes | None, *, open_drawer: bool) -> bytes:
    """The whole job for a printer of *profile*; *logo* is a picture file's content."""
    paper = Thermal(profile)
    if open_drawer:
        paper.open_drawer()
    for piece in pieces:
        match piece:
            case Row():
                paper.row(piece)
            case CodeDrawing():
                paper.code(piece)
            case Logo() if logo is not None and profile.codes is not Codes.TEXT:
                paper.picture(logo_dots(logo, profile.dots))
    paper.end()
    return paper.commands


def drawer_commands() -> bytes:
    """What opens the drawer, and nothing else."""
    printer = _escpos()
    printer.cashdraw(DRAWER_PIN)
    return bytes(printer.output)


class Thermal:
    """A job in the making."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._printer = _escpos(profile)
        self._style = Style.NORMAL
        self._start()

    @property
    def commands(self) -> bytes:
        """What to send."""
        return bytes(self._printer.output)

    def row(self, row: Row) -> None:
        """One row of text; it must hold nothing but letters of the profile's code pages."""
        self._set_style(row.style)
        self._printer.text(row.text + "\n")

    def code(self, drawing: CodeDrawing) -> None:
        """A code in the middle of the paper; nothing where it can't be drawn: its text follows."""
        self._set_style(Style.NORMAL)
        dots = self._module_dots(drawing.code)
        if dots and self._profile.codes is Codes.NATIVE:
            self._native(drawing.code, dots)
        elif dots:
            self.picture(code_picture(drawing.code, dots, BARS_HEIGHT_DOTS))

    def picture(self, dots: "Image") -> None:
        """A picture in the middle of the paper."""
        self._set_style(Style.NORMAL)
        self._printer.set(align="center")
        self._printer.image(dots, impl="bitImageRaster")
        self._printer.set(align="left")

    def open_drawer(self) -> None:
        """Let the drawer spring open."""
        self._printer.cashdraw(DRAWER_PIN)

    def end(self) -> None:
        """Feed past the cutter, and cut if there is one."""
        self._set_style(Style.NORMAL)
        if self._profile.cut is Cut.NONE:
            self._printer.print_and_feed(FEED_WITHOUT_CUT)
        else:
            self._printer.cut(mode="FULL" if self._profile.cut is Cut.FULL else "PART")

    def _start(self) -> None:
        self._printer.hw("INIT")
        # INIT puts the printer back to its first code page, and python-escpos does not know.
        self._printer.magic.encoding = None
        # Printers made for China start in Kanji mode and would read two letters above ASCII as one.
        self._printer._raw(LEAVE_KANJI)

    def _set_style(self, style: Style) -> None:
        if style is self._style:
            return
        self._style = style
        if style is Style.BIG:
            self._printer.set(double_height=True, bold=True)
        else:
            self._printer.set(normal_textsize=True, bold=style is Style.BOLD)

    def _module_dots(self, code: Code) -> int:
        modules = drawable(code)
        if modules is None or self._profile.codes is Codes.TEXT:
            return 0
        dots = min(MAX_MODULE_DOTS, self._profile.dots // (modules.width + 2 * modules.quiet))
        if modules.linear:
            return min(dots, MAX_BAR_DOTS) if dots >= MIN_BAR_DOTS else 0
        return dots if dots >= MIN_QR_DOTS else 0

    def _native(self, code: Code, dots: int) -> None:
        from escpos.constants import QR_ECLEVEL_Q

        self._printer.set(align="center")
        if code.format is CodeFormat.QR:
            self._printer.qr(code.text, ec=QR_ECLEVEL_Q, size=dots, native=True)
        else:
            # barcode() announces on stdout what it does, which would break --json: this is what it calls.
            self._printer._hw_barcode(
                "{B" + code.text.replace("{", "{{") if code.format is CodeFormat.CODE128 else code.text,
                "CODE128" if code.format is CodeFormat.CODE128 else "EAN13",
                height=BARS_HEIGHT_DOTS,
                width=dots,
                pos="OFF",
                align_ct=False,
                function_type="B",
            )
        self._printer.text("\n")
        self._printer.set(align="left")


def _escpos(profile: Profile | None = None) -> Any:  # noqa: ANN401 - python-escpos has no types
    """A python-escpos printer that writes into memory."""
    import_escpos()
    from escpos.magicencode import Encoder
    from escpos.printer import Dummy

    arguments = {"encoder": Encoder(dict(profile.code_pages))} if profile else {}
    return Dummy(profile=_WIDE_PROFILE, magic_encode_args=arguments)


def import_escpos() -> None:
    """Import python-escpos without what it does beside.

    It puts a handler on the root logger that would write over the till's screen, leaves a folder among the temporary
    files, and reads its list of printers, which is JSON, as YAML: for seconds in which nothing else runs smoothly.
    Where it finds that list pickled in the folder that it makes, it takes that.
    """
    if "escpos.capabilities" in sys.modules:
        return
    spec = find_spec("escpos")
    places = spec.submodule_search_locations if spec is not None else None
    listed = Path(places[0], "capabilities.json").read_bytes() if places else b"{}"
    handlers, make_folder, importing = list(logging.root.handlers), tempfile.mkdtemp, get_ident()

    def ours_or_new(*args: Any, **named: Any) -> Any:  # noqa: ANN401 - passes on what it is given
        return folder if get_ident() == importing else make_folder(*args, **named)

    with TemporaryDirectory() as folder:
        Path(folder, f"{platform.python_version()}.capabilities.pickle").write_bytes(pickle.dumps(json.loads(listed)))
        tempfile.mkdtemp = ours_or_new  # other threads go on making theirs
        try:
            import_module("escpos.capabilities")
        finally:
            tempfile.mkdtemp = make_folder
            logging.root.handlers[:] = handlers
