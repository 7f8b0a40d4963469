"""Scanning files: every kind of source, every kind of damage, and no code that is not there."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from config.errors import WrongUse
from config.scanner_settings import ScannerSettings
from config.seams import SystemClock
from scanner.engine import ScannedSource, ScanOptions, parse_formats, scan, scan_json
from tests.unit.scanner import drawn

CARD = "2112345678900"
QR_TEXT = "RG1:M:K7Q2:ABCDEFG:12345678"


def scanned(path: Path, **options: object) -> ScannedSource:
    document = scan([str(path)], ScanOptions(**options), ScannerSettings(), SystemClock())  # type: ignore[arg-type]
    return document.sources[0]


def saved(folder: Path, picture: drawn.Gray, name: str = "card.png") -> Path:
    cv2.imwrite(str(folder / name), picture)
    return folder / name


@pytest.mark.parametrize(
    ("picture", "text", "kind"),
    [
        (drawn.qr(QR_TEXT), QR_TEXT, "QR"),
        (drawn.placed(drawn.qr(QR_TEXT), degrees=37), QR_TEXT, "QR"),
        (drawn.blurred(drawn.placed(drawn.qr(QR_TEXT)), 2.0), QR_TEXT, "QR"),
        (drawn.dark(drawn.placed(drawn.qr(QR_TEXT)), 0.15), QR_TEXT, "QR"),
        (drawn.linear("code128", "1234567890123456"), "1234567890123456", "Code128"),
        (drawn.placed(drawn.linear("code128", "12345678"), degrees=45), "12345678", "Code128"),
        (drawn.linear("ean13", CARD[:12]), CARD, "EAN13"),
        (drawn.placed(drawn.linear("ean13", CARD[:12]), degrees=-33), CARD, "EAN13"),
        (drawn.noisy(drawn.placed(drawn.linear("ean13", CARD[:12])), 25, seed=1), CARD, "EAN13"),
        (drawn.placed(drawn.linear("ean13", CARD[:12]), degrees=90), CARD, "EAN13"),
        (drawn.placed(drawn.qr(QR_TEXT))[:, ::-1][:, ::-1], QR_TEXT, "QR"),
    ],
)
def test_a_code_in_a_picture_is_read(tmp_path: Path, picture: drawn.Gray, text: str, kind: str) -> None:
    source = scanned(saved(tmp_path, np.ascontiguousarray(picture)))
    assert [(code.text, code.format) for code in source.codes] == [(text, kind)]


def test_the_corners_are_those_of_the_picture(tmp_path: Path) -> None:
    picture = drawn.placed(drawn.qr(QR_TEXT))
    (code,) = scanned(saved(tmp_path, picture)).codes
    xs, ys = [x for x, _ in code.quad], [y for _, y in code.quad]
    assert 500 < min(xs) < max(xs) < 780
    assert 220 < min(ys) < max(ys) < 500


def test_a_folder_gives_each_picture_and_says_which_could_not_be_read(tmp_path: Path) -> None:
    saved(tmp_path, drawn.qr("first"), "a.png")
    saved(tmp_path, drawn.qr("second"), "b.jpg")
    (tmp_path / "c.png").write_bytes(b"\x89PNG but no picture")
    (tmp_path / "notes.txt").write_text("not a picture")
    source = scanned(tmp_path)
    assert [(code.name, code.text) for code in source.codes] == [("a.png", "first"), ("b.jpg", "second")]
    assert source.error is not None
    assert source.error.reason == "picture_unreadable"


def test_a_video_gives_a_card_held_in_view_once(tmp_path: Path) -> None:
    empty = np.full((480, 640), 150, np.uint8)
    card = drawn.placed(drawn.linear("ean13", CARD[:12]), width=640, height=480)
    file = drawn.video(tmp_path / "counter.avi", [empty] * 10 + [card] * 20 + [empty] * 5)
    source = scanned(file)
    assert [(code.text, code.format) for code in source.codes] == [(CARD, "EAN13")]
    assert source.frames == 35
    assert 600 <= source.codes[0].ms <= 1200


def test_what_is_not_there_says_so_and_stops_nobody(tmp_path: Path) -> None:
    good = saved(tmp_path, drawn.qr(QR_TEXT))
    document = scan([str(tmp_path / "nothing"), str(good)], ScanOptions(), ScannerSettings(), SystemClock())
    first, second = scan_json(document)["sources"]
    assert first["error"]["reason"] == "source_missing"
    assert "check its name" in first["error"]["message"]
    assert second["codes"][0]["text"] == QR_TEXT
    assert document.found


def test_pictures_without_a_code_give_none(tmp_path: Path) -> None:
    chance = np.random.default_rng(3)
    for number in range(6):
        noise = chance.integers(0, 255, (240, 320)).astype(np.uint8)
        bars = np.repeat((chance.integers(0, 2, 80) * 255).astype(np.uint8), 4)
        picture = noise if number % 2 else np.tile(bars, (240, 1))
        saved(tmp_path, np.ascontiguousarray(picture), f"{number}.png")
    source = scanned(tmp_path)
    assert source.codes == []
    assert source.frames == 6


def test_only_wanted_formats_are_read(tmp_path: Path) -> None:
    file = saved(tmp_path, drawn.qr(QR_TEXT))
    assert scanned(file, formats=("EAN13",)).codes == []
    assert scanned(file, formats=parse_formats("qr,ean-13")).codes[0].format == "QR"
    with pytest.raises(WrongUse, match="choose from"):
        parse_formats("QR,Hologram")


def test_once_stops_at_the_first_code(tmp_path: Path) -> None:
    saved(tmp_path, drawn.qr("first"), "a.png")
    saved(tmp_path, drawn.qr("second"), "b.png")
    assert [code.text for code in scanned(tmp_path, once=True).codes] == ["first"]


def test_a_watched_folder_is_waited_at_until_there_is_a_code_or_it_is_late(tmp_path: Path) -> None:
    assert scanned(tmp_path, watch=True, timeout_s=0.1).codes == []
    saved(tmp_path, drawn.qr("first"), "a.png")
    assert [code.text for code in scanned(tmp_path, watch=True, once=True, timeout_s=20).codes] == ["first"]


def test_every_code_of_a_picture_is_read_at_whatever_angle(tmp_path: Path) -> None:
    sheet = np.full((900, 1400), 230, np.uint8)
    for place, code in enumerate((drawn.qr("one", 4), drawn.qr("two", 4))):
        sheet[20 : 20 + code.shape[0], 20 + 300 * place : 20 + 300 * place + code.shape[1]] = code
    large = drawn.linear("ean13", CARD[:12])
    bars = np.asarray(cv2.resize(large, None, fx=0.7, fy=0.7, interpolation=cv2.INTER_AREA), np.uint8)
    sheet[400:, 700:] = drawn.placed(bars, width=700, height=500, degrees=45, ground=230)
    texts = {code.text for code in scanned(saved(tmp_path, sheet)).codes}
    assert texts == {"one", "two", CARD}
    assert len(scanned(tmp_path / "card.png", once=True).codes) == 1
