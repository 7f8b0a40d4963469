"""Every format by its own name and text, drawn by one library and read by another."""

import numpy as np
import pytest
import zxingcpp

from scanner.decoders import FORMATS
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
