"""Every format by its own name and text, drawn by one library and read by another."""

import numpy as np
import pytest
import zxingcpp

from scanner.decoders import FORMATS, available
from scanner.still import StillReader
from tests.unit.scanner import drawn


@pytest.mark.parametrize("kind", FORMATS)
def test_each_format_is_read_under_its_own_name(kind: str) -> None:
    text = {"EAN13": "2112345678900", "UPCA": "012345678905"}.get(kind, "12345678")
    symbol = getattr(zxingcpp.BarcodeFormat, "QRCode" if kind == "QR" else kind)
    image = np.array(zxingcpp.create_barcode(text, symbol).to_image(scale=4))
    picture = drawn.placed(np.pad(image, 40, constant_values=255))
    for formats in ([kind], list(FORMATS)):
        assert [(each.text, each.format) for each in StillReader().read(picture, formats)] == [(text, kind)]


def test_a_upc_a_is_an_ean_13_where_only_that_is_asked_for() -> None:
    picture = drawn.placed(drawn.linear("upca", "01234567890"))
    (found,) = StillReader().read(picture, ["EAN13"])
    assert (found.text, found.format) == ("0012345678905", "EAN13")


def test_a_gs1_code_keeps_its_mark_so_that_its_meaning_is_known() -> None:
    (found,) = StillReader().read(drawn.linear("gs1_128", "8018735005385000000011"), ["Code128"])
    assert (found.text, found.mark) == ("8018735005385000000011", "]C1")


def test_white_bars_on_black_are_read() -> None:
    for kind, text in (("ean13", "2112345678900"), ("code128", "12345678"), ("itf", "12345678")):
        name = {"ean13": "EAN13", "code128": "Code128", "itf": "ITF"}[kind]
        (found,) = StillReader().read(~drawn.placed(drawn.linear(kind, text)), [name])
        assert found.text == text


def test_decoders_say_what_they_are_and_what_a_missing_one_would_add() -> None:
    facts = available()
    assert [fact.name for fact in facts] == ["zxing-cpp", "opencv", "zbar"]
    assert all(fact.adds and (fact.present or fact.hint) for fact in facts)
