"""Pictures, PDFs and cards: what they show is read back by other people's programs."""

import csv
import io
import re

import cairosvg
import pypdfium2  # type: ignore[import-untyped]
import pytest
import zxingcpp
from PIL import Image

from config.errors import WrongUse
from receipts.cards import CardFace, batch_csv, card_ansi, card_pdf, card_png, card_svg, card_text, sheet_pdf
from receipts.receipt import Code, CodeFormat, Receipt, Shop
from receipts.rendering import render_pdf, render_png
from receipts.sample import sample_receipt
from receipts.template import load_template

QR = Code("RC1-7F3K9QXMABCDEFG")
BARS = Code("RM12345678901", CodeFormat.CODE128)
EAN = Code("4006381333931", CodeFormat.EAN13)
MM_A_POINT = 25.4 / 72
SALE_CODES = {"RS1-K7Q2M9XAB3-0ABCDEFGHJKMN-152", "RV1-7F3K-9QXM"}


def read_codes(picture: Image.Image) -> list[str]:
    return sorted(code.text for code in zxingcpp.read_barcodes(picture.convert("L")))


def pages(pdf: bytes) -> list[Image.Image]:
    return [page.render(scale=3).to_pil() for page in pypdfium2.PdfDocument(pdf)]


def text_of(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def drawn(lines: str, dark: dict[str, tuple[bool, bool]], *, upright: bool) -> Image.Image:
    """What a terminal shows, as a picture, from half-blocks."""
    rows = []
    for line in lines.splitlines()[:-1]:
        cells = [dark[letter] for letter in line]
        if upright:
            rows += [[cell[0] for cell in cells], [cell[1] for cell in cells]]
        else:
            rows += [[half for cell in cells for half in cell]] * 4
    picture = Image.new("L", (len(rows[0]), len(rows)))
    picture.putdata([0 if is_dark else 255 for row in rows for is_dark in row])
    return picture.resize((picture.width * 4, picture.height * 4), Image.Resampling.NEAREST)


@pytest.mark.parametrize("columns", [32, 42, 48])
@pytest.mark.parametrize("language", ["en", "pl", "ro", "ru"])
def test_codes_are_read_from_a_receipt_s_picture(language: str, columns: int) -> None:
    picture = Image.open(io.BytesIO(render_png(sample_receipt(language), load_template(), columns)))
    assert set(read_codes(picture)) == SALE_CODES


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_a_receipt_s_pdf_holds_its_letters_and_codes(columns: int) -> None:
    pdf = render_pdf(sample_receipt("pl"), load_template(), columns)
    (page,) = pages(pdf)
    assert set(read_codes(page)) == SALE_CODES
    assert "Zofia Śliwińska" in text_of(pdf)
    assert "58,90 zł" in text_of(pdf)
    assert pypdfium2.PdfDocument(pdf)[0].get_width() * MM_A_POINT == pytest.approx(58 if columns == 32 else 80, abs=0.1)


def test_the_same_receipt_gives_the_same_pdf() -> None:
    assert render_pdf(sample_receipt(), load_template()) == render_pdf(sample_receipt(), load_template())


@pytest.mark.parametrize("letters", ["茶 ☕ გამარჯობა", "Ștefan Щукин € ₽"])
def test_letters_that_the_font_lacks_are_written_otherwise(letters: str) -> None:
    receipt = Receipt(Shop(letters), "PLN", "Europe/Warsaw", 0)
    shown = text_of(render_pdf(receipt, load_template()))
    assert shown.strip()
    assert "?" not in shown
    assert ("Щукин" in shown) == ("Щукин" in letters)
    assert render_png(receipt, load_template())


@pytest.mark.parametrize("code", [QR, BARS, EAN])
def test_a_card_s_code_is_read_from_every_form(code: Code) -> None:
    face = CardFace(code, "1234 5678 9012", "Kawiarnia Żółw", "Karta stałego klienta")
    (card,) = pages(card_pdf(face, 0))
    svg = Image.open(io.BytesIO(cairosvg.svg2png(card_svg(code), scale=4)))
    assert read_codes(Image.open(io.BytesIO(card_png(code)))) == [code.text]
    assert read_codes(card) == [code.text]
    assert read_codes(svg) == [code.text]


def test_a_card_is_of_id_1_size_with_bleed_and_shows_its_words() -> None:
    pdf = card_pdf(CardFace(QR, "1234 5678 9012", "Kawiarnia Żółw", "Karta"), 0)
    width, height = pypdfium2.PdfDocument(pdf)[0].get_size()
    assert (width * MM_A_POINT, height * MM_A_POINT) == pytest.approx((91.60, 59.98), abs=0.02)
    assert {"Kawiarnia Żółw", "Karta", "1234 5678 9012"} <= set(text_of(pdf).splitlines())


def test_a_batch_fills_sheets_of_ten_and_has_its_list() -> None:
    faces = [CardFace(Code(f"RC1-{number:06}"), f"{number:06}", "Shop") for number in range(23)]
    sheets = pages(sheet_pdf(faces, 0))
    assert [len(read_codes(sheet)) for sheet in sheets] == [10, 10, 3]
    assert read_codes(sheets[0]) == [face.code.text for face in faces[:10]]
    listed = list(csv.DictReader(io.StringIO(batch_csv(faces))))
    assert [(row["number"], row["code"], row["format"]) for row in listed] == [
        (face.number_text, face.code.text, "qr") for face in faces
    ]


@pytest.mark.parametrize("count", [0, 1001])
def test_an_absurd_batch_is_refused(count: int) -> None:
    with pytest.raises(WrongUse) as refusal:
        sheet_pdf([CardFace(QR, "1", "Shop")] * count, 0)
    assert refusal.value.reason == "card_batch_out_of_range"


def test_a_long_name_stays_on_the_card() -> None:
    (card,) = pages(card_pdf(CardFace(QR, "1" * 60, "A very long name of a shop " * 4, "x" * 90), 0))
    assert read_codes(card) == [QR.text]


def test_a_code_is_read_from_the_terminal() -> None:
    squares = {" ": (False, False), "▀": (True, False), "▄": (False, True), "█": (True, True)}
    bars = {" ": (False, False), "▌": (True, False), "▐": (False, True), "█": (True, True)}
    assert read_codes(drawn(card_text(QR), squares, upright=True)) == [QR.text]
    assert read_codes(drawn(card_text(EAN), bars, upright=False)) == [EAN.text]


def test_a_code_wider_than_the_screen_stands_as_its_text() -> None:
    assert card_text(Code("R" * 40, CodeFormat.CODE128)) == "R" * 40 + "\n"


def test_a_terminal_of_any_colours_shows_dark_on_light() -> None:
    assert all(re.fullmatch(r"\x1b\[30;107m[^\x1b]*\x1b\[0m", line) for line in card_ansi(QR).splitlines())


@pytest.mark.parametrize(
    "code",
    [
        Code("4006381333932", CodeFormat.EAN13),
        Code("40063813339", CodeFormat.EAN13),
        Code("żółw", CodeFormat.CODE128),
        Code("", CodeFormat.QR),
        Code("x" * 301, CodeFormat.QR),
    ],
)
def test_what_can_not_be_drawn_is_refused_in_words(code: Code) -> None:
    with pytest.raises(WrongUse) as refusal:
        card_png(code)
    assert refusal.value.reason == "code_not_drawable"
