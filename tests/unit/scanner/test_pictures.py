"""Picture files of every kind, all their pages, and damage that is said in words."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from config.errors import Broken
from scanner.pictures import MAX_PAGES, read_pages, read_picture
from scanner.still import StillReader
from tests.unit.scanner import drawn

CODE = drawn.qr("HELLO")


def texts(path: Path) -> list[str]:
    return [code.text for page in read_pages(path) for code in StillReader().read(page, ["QR"])]


@pytest.mark.parametrize(
    ("name", "picture"),
    [
        ("cmyk.jpg", Image.fromarray(CODE).convert("CMYK")),
        ("bits.png", Image.fromarray(CODE).convert("1")),
        ("palette.png", Image.fromarray(CODE).convert("P")),
        ("sixteen.png", Image.fromarray(CODE.astype(np.uint16) * 257)),
        ("twelve_of_sixteen.png", Image.fromarray(CODE.astype(np.uint16) * 16)),
        ("integers.tif", Image.fromarray(CODE.astype(np.int32) * 257)),
        ("fractions.tif", Image.fromarray(CODE.astype(np.float32) / 255)),
        ("no name's ending", Image.fromarray(CODE)),
    ],
)
def test_a_code_is_read_whatever_the_picture_is_made_of(tmp_path: Path, name: str, picture: Image.Image) -> None:
    picture.save(tmp_path / name, format=None if "." in name else "PNG")
    assert texts(tmp_path / name) == ["HELLO"]


@pytest.mark.parametrize("shade", [0, 255])
def test_a_code_drawn_on_nothing_is_read_be_it_black_or_white(tmp_path: Path, shade: int) -> None:
    points = np.full((*CODE.shape, 4), shade, np.uint8)
    points[..., 3] = 255 - CODE
    Image.fromarray(points).save(tmp_path / "drawn.png")
    assert texts(tmp_path / "drawn.png") == ["HELLO"]


@pytest.mark.parametrize("name", ["moves.gif", "moves.png", "scans.tif"])
def test_every_page_is_looked_at(tmp_path: Path, name: str) -> None:
    blank = Image.new("L", CODE.shape[::-1], 255)
    blank.save(tmp_path / name, save_all=True, append_images=[Image.fromarray(CODE)], duration=100)
    assert texts(tmp_path / name) == ["HELLO"]


def test_a_film_of_a_picture_ends(tmp_path: Path) -> None:
    pages = [Image.new("L", (20, 20), shade % 256) for shade in range(MAX_PAGES + 10)]
    pages[0].save(tmp_path / "film.tif", save_all=True, append_images=pages[1:])
    assert len(list(read_pages(tmp_path / "film.tif"))) == MAX_PAGES


@pytest.mark.parametrize("shape", [(1, 1), (1, 30_000), (30_000, 1), (9, 12_000)])
def test_a_picture_of_no_area_holds_no_code(tmp_path: Path, shape: tuple[int, int]) -> None:
    Image.new("L", shape[::-1], 128).save(tmp_path / "line.png")
    assert StillReader().read(read_picture(tmp_path / "line.png"), ["QR", "EAN13"]) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "picture_unreadable"), (b"hello", "picture_unreadable"), (b"\x89PNG\r\n\x1a\n", "picture_unreadable")],
)
def test_what_is_no_picture_says_so(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "x.png").write_bytes(content)
    with pytest.raises(Broken) as caught:
        read_picture(tmp_path / "x.png")
    assert caught.value.reason == reason


def test_a_picture_that_was_cut_off_says_so(tmp_path: Path) -> None:
    Image.fromarray(CODE).save(tmp_path / "x.png")
    (tmp_path / "x.png").write_bytes((tmp_path / "x.png").read_bytes()[:-200])
    with pytest.raises(Broken, match="damaged or cut off"):
        read_picture(tmp_path / "x.png")


def test_a_picture_that_would_fill_the_memory_is_refused(tmp_path: Path) -> None:
    Image.new("1", (10_000, 8_000)).save(tmp_path / "bomb.png")
    with pytest.raises(Broken, match="too large"):
        read_picture(tmp_path / "bomb.png")
