"""Decoders behind one interface; each says whether it is there, and what it adds."""

import ctypes.util
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Protocol

from config.errors import N_
from scanner.frames import Prepared, Quad

if TYPE_CHECKING:
    from scanner.frames import Gray

FORMATS = ("QR", "Code128", "EAN13", "UPCA", "Code39", "ITF", "DataMatrix", "PDF417", "Aztec")
LINEAR = frozenset({"Code128", "EAN13", "UPCA", "Code39", "ITF"})
# These may second a linear code, never decide: on turned or poor pictures both have given wrong texts with right
# check digits (OpenCV 83 of 3,336, zbar 2 of 167, each more than once from one picture); zxing-cpp must have seen it.
DOUBTED = frozenset({"opencv", "zbar"})
# No check digits: a line across only some of the bars may give a part of the text.
UNCHECKED = frozenset({"Code39", "ITF"})
# What is read along its bars only, within some fifteen degrees.
TURNED_BADLY = LINEAR | {"PDF417"}
MIN_ITF_DIGITS = 6
MAX_TEXT = 4296


@dataclass(frozen=True, slots=True)
class Decoded:
    """One code that one decoder saw in one picture; *mark*: the AIM identifier of a GS1 code, else empty."""

    text: str
    format: str
    decoder: str
    quad: Quad
    mark: str = ""


class Decoder(Protocol):
    """Reads codes from a gray picture; finds nothing rather than failing."""

    name: str

    def read(self, gray: "Gray", formats: Sequence[str], *, thorough: bool = False) -> list[Decoded]:
        """The codes of *formats* in *gray*; *thorough* looks also for small and inverted ones."""


@dataclass(frozen=True, slots=True)
class DecoderFact:
    """A decoder as ``doctor`` tells of it; *adds* and *hint* are English sentences, marked for translation."""

    name: str
    present: bool
    version: str
    adds: str
    hint: str = ""


class Zxing:
    """zxing-cpp: the base, always there."""

    name = "zxing"

    def read(self, gray: "Gray", formats: Sequence[str], *, thorough: bool = False) -> list[Decoded]:
        """See :class:`Decoder`."""
        import zxingcpp

        found = zxingcpp.read_barcodes(
            gray,
            formats=[_zxing_format(name) for name in formats],  # type: ignore[arg-type]
            try_rotate=True,
            try_downscale=thorough,
            try_invert=thorough,
            # The default writes control letters in brackets; a card's text must come as it is.
            text_mode=zxingcpp.TextMode.Plain,
        )
        results = []
        for code in found:
            name = _format_name(str(code.format))
            if code.valid and name in formats and _is_plausible(code.text, name):
                place = code.position
                corners = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
                quad = tuple((corner.x, corner.y) for corner in corners)
                text, name = as_upca(code.text, name, formats)
                mark = code.symbology_identifier if code.content_type == zxingcpp.ContentType.GS1 else ""
                results.append(Decoded(text, name, self.name, quad, mark))  # type: ignore[arg-type]
        return results


class OpenCv:
    """OpenCV's barcode detector, for EAN-13 at any angle. It misreads other codes as EAN: see ``DOUBTED``."""

    name = "opencv"

    def read(self, gray: "Gray", formats: Sequence[str], *, thorough: bool = False) -> list[Decoded]:
        """See :class:`Decoder`."""
        del thorough
        if "EAN13" not in formats:
            return []
        import cv2

        from scanner.issuer import is_gtin

        try:
            good, texts, _types, points = cv2.barcode.BarcodeDetector().detectAndDecodeWithType(gray)
        except cv2.error:
            return []
        if not good:
            return []
        return [
            Decoded(
                *as_upca(text.zfill(13), "EAN13", formats),
                self.name,
                tuple((int(x), int(y)) for x, y in corners),  # type: ignore[arg-type]
            )
            for text, corners in zip(texts, points, strict=False)
            if len(text) in {12, 13} and is_gtin(text)
        ]


def _is_plausible(text: str, name: str) -> bool:
    return len(text) <= MAX_TEXT and (name != "ITF" or len(text) >= MIN_ITF_DIGITS)


def led_back(prepared: Prepared, found: Sequence[Decoded]) -> list[Decoded]:
    """*found* with corners in the picture that was asked about."""
    results = []
    for each in found:
        corners = [prepared.back(x, y) for x, y in each.quad]
        quad = tuple((round(x), round(y)) for x, y in corners)
        results.append(replace(each, quad=quad))  # type: ignore[arg-type]
    return results


def as_upca(text: str, name: str, formats: Sequence[str]) -> tuple[str, str]:
    """A UPC-A is an EAN-13 that begins with 0: its own 12 digits and name, where UPC-A is asked for."""
    if "UPCA" in formats and name in {"EAN13", "UPCA"} and len(text) == 13 and text[0] == "0":
        return text[1:], "UPCA"
    return text, name


def available() -> tuple[DecoderFact, ...]:
    """Which decoders are there, and what each missing one would add."""
    return (
        _fact(
            "zxing-cpp",
            "zxing-cpp",
            present=find_spec("zxingcpp") is not None,
            adds=N_("Reads every format, and decides; without it nothing is read."),
            hint=N_("Install it: pip install zxing-cpp."),
        ),
        _fact(
            "opencv",
            "opencv-python-headless",
            present=find_spec("cv2") is not None,
            adds=N_("Opens cameras, videos and streams, finds turned bars, and seconds EAN-13."),
            hint=N_("Install it: pip install opencv-python-headless."),
        ),
        _fact(
            "zbar",
            "pyzbar",
            present=has_zbar(),
            adds=N_("Reads a few blurred QR codes more, and seconds linear codes that zxing-cpp saw once."),
            hint=N_("Install libzbar (Debian: apt-get install libzbar0) and pyzbar."),
        ),
    )


def has_zbar() -> bool:
    """Whether there are pyzbar, and the system's libzbar, which no wheel brings."""
    return find_spec("pyzbar") is not None and ctypes.util.find_library("zbar") is not None


def _fact(name: str, distribution: str, *, present: bool, adds: str, hint: str) -> DecoderFact:
    return DecoderFact(name, present, _version(distribution), adds, "" if present else hint)


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""


def _zxing_format(name: str) -> Any:  # noqa: ANN401 - an enumeration of the library
    import zxingcpp

    return getattr(zxingcpp.BarcodeFormat, "QRCode" if name == "QR" else name)


def _format_name(said: str) -> str:
    letters = said.replace(" ", "").replace("-", "")
    if letters.startswith("QRCode"):
        return "QR"
    return letters
