"""What is on the paper, as an emulator that is not ours reads it: letters exact, codes read from the picture."""

import io
from collections.abc import Iterator

import pytest
import zxingcpp
from PIL import Image

from receipts.columns import Row, to_rows
from receipts.layout import lay_out
from receipts.letters import printer_letters
from receipts.printers import PrinterState, PrintFailed, open_printer
from receipts.profiles import PROFILES
from receipts.receipt import Code, CodeFormat, Mark, Receipt, Shop, VoucherWon, encode, marked
from receipts.rendering import render_escpos
from receipts.sample import sample_receipt
from receipts.spooler import JobState, make_spooler
from receipts.template import load_template
from tests.integration.receipts.emulator import REASON, Emulator, emulator_python, running_emulator
from tests.unit.receipts.fakes import Job, MemoryQueue, StandingClock

pytestmark = pytest.mark.xdist_group("emupos")
EPSON = PROFILES["epson-80"]
CURRENCIES = {"en": "EUR", "pl": "PLN", "ro": "RON", "ru": "RUB"}


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    python = emulator_python()
    if python is None:
        pytest.skip(REASON)
    with running_emulator(python, tmp_path_factory.mktemp("emupos")) as emulator:
        yield emulator


def send(emulator: Emulator, receipt: Receipt, **changes: object) -> None:
    settings = emulator.settings(**changes)
    printer = open_printer(settings)
    printer.send(render_escpos(receipt, load_template(), printer.profile))


def expected_rows(receipt: Receipt) -> list[str]:
    pieces = to_rows(lay_out(receipt, load_template()), EPSON.columns, printer_letters(EPSON.code_pages))
    return [piece.text for piece in pieces if isinstance(piece, Row)]


def codes_on(png: bytes) -> set[tuple[str, str]]:
    picture = Image.open(io.BytesIO(png)).convert("L")
    # The emulator's paper has no margin; a real one does, and readers ask for it.
    framed = Image.new("L", (picture.width + 80, picture.height + 80), 255)
    framed.paste(picture, (40, 40))
    known = (zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.EAN13)
    found = zxingcpp.read_barcodes(framed, formats=zxingcpp.BarcodeFormats(list(known)))
    return {(code.format.name, code.text) for code in found}


@pytest.mark.parametrize("language", ["en", "pl", "ro", "ru"])
def test_every_letter_is_on_the_paper_as_it_was_laid_out(emulator: Emulator, language: str) -> None:
    receipt = sample_receipt(language, CURRENCIES[language])
    send(emulator, receipt)
    printed = [row.rstrip() for row in emulator.paper().text.splitlines()]
    missing = [row for row in expected_rows(receipt) if row not in printed]
    assert not missing
    assert not any("\ufffd" in row or "?" in row for row in printed)


@pytest.mark.parametrize(
    "text",
    [
        "ZAŻÓŁĆ GĘŚLĄ JAŹŃ zażółć gęślą jaźń",
        "Ţara şi băiatul ÂÎĂ",
        "ЁЖИК съел щавель",
        "żю€ăё żю€ăё",
        "12,50 € 12,50 zł 12,50 lei",
    ],
)
def test_letters_of_several_code_pages_stand_in_one_row(emulator: Emulator, text: str) -> None:
    send(emulator, Receipt(Shop(text), "PLN", "Europe/Warsaw", 0))
    assert text in emulator.paper().text


def test_money_of_every_currency_is_on_the_paper(emulator: Emulator) -> None:
    for language, money in (("pl", "58,90 zł"), ("ro", "58,90 lei"), ("ru", "58,90 руб."), ("en", "€58.90")):
        send(emulator, sample_receipt(language, CURRENCIES[language]))
        assert money in emulator.paper().text


@pytest.mark.parametrize("profile", ["epson-80", "epson-80-42", "epson-58", "generic-80", "generic-58"])
def test_codes_are_read_from_the_picture_of_the_paper(emulator: Emulator, profile: str) -> None:
    codes = {
        ("QRCode", "RS1-K7Q2M9XAB3-0ABCDEFGHJKMN-152"),
        ("QRCode", "RV1-7F3K-9QXM"),
        ("Code128", "RM12345678"),
        ("EAN13", "4006381333931"),
    }
    receipt = Receipt(
        Shop("Shop"),
        "PLN",
        "Europe/Warsaw",
        0,
        vouchers=(
            VoucherWon("Coffee", Code("RV1-7F3K-9QXM")),
            VoucherWon("Tea", Code("RM12345678", CodeFormat.CODE128)),
            VoucherWon("Cake", Code("4006381333931", CodeFormat.EAN13)),
        ),
        sale_code=Code("RS1-K7Q2M9XAB3-0ABCDEFGHJKMN-152"),
    )
    send(emulator, receipt, profile=profile)
    assert codes_on(emulator.paper().png) == codes


def test_a_copy_says_so(emulator: Emulator) -> None:
    send(emulator, marked(sample_receipt(), Mark.COPY))
    assert "*** COPY ***" in emulator.paper().text


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("paper-near-end", PrinterState.PAPER_LOW),
        ("paper-out", PrinterState.PAPER_OUT),
        ("cover-open", PrinterState.COVER_OPEN),
        ("offline", PrinterState.OFFLINE),
    ],
)
def test_what_is_wrong_with_the_printer_is_told(emulator: Emulator, fault: str, state: PrinterState) -> None:
    printer = open_printer(emulator.settings())
    with emulator.fault(fault):
        assert printer.status().state is state
    assert printer.status().state is PrinterState.READY


@pytest.mark.parametrize("fault", ["paper-out", "cover-open", "offline"])
def test_a_receipt_waits_until_the_fault_is_cleared_and_prints_once(emulator: Emulator, fault: str) -> None:
    queue, clock = MemoryQueue(Job(1, encode(sample_receipt()))), StandingClock()
    spooler = make_spooler(queue, emulator.settings(), clock)
    with emulator.fault(fault):
        clock.advance(spooler.step().wait_ms)
        assert queue.states() == [JobState.QUEUED]
    spooler.step()
    assert queue.states() == [JobState.PRINTED]
    assert len(emulator.new_papers(1)) == 1


def test_the_drawer_opens_with_the_receipt_and_is_seen(emulator: Emulator) -> None:
    printer = open_printer(emulator.settings())
    printer.send(render_escpos(sample_receipt(), load_template(), printer.profile, open_drawer=True))
    assert (emulator.drawer(), printer.status().drawer_open) == ("open", True)
    emulator.close_drawer()
    assert printer.status().drawer_open is False
    printer.open_drawer()
    assert emulator.drawer() == "open"
    emulator.close_drawer()
    emulator.paper()


def test_a_drawer_does_not_open_later_when_the_printer_comes_back(emulator: Emulator) -> None:
    with emulator.fault("cover-open"), pytest.raises(PrintFailed):
        open_printer(emulator.settings()).open_drawer()
    assert emulator.drawer() == "closed"


def test_a_serial_printer_prints_and_tells_how_it_is(emulator: Emulator) -> None:
    printer = open_printer(emulator.serial_settings())
    printer.send(render_escpos(sample_receipt("pl"), load_template(), printer.profile))
    assert "Zofia Śliwińska" in emulator.paper().text
    with emulator.fault("cover-open"):
        assert printer.status().state is PrinterState.COVER_OPEN


def test_ten_receipts_in_a_row_print_in_order(emulator: Emulator) -> None:
    names = [f"Shop {number}" for number in range(10)]
    queue = MemoryQueue(
        *(Job(number, encode(Receipt(Shop(name), "PLN", "Europe/Warsaw", 0))) for number, name in enumerate(names))
    )
    spooler = make_spooler(queue, emulator.settings(), StandingClock())
    for _ in names:
        spooler.step()
    assert queue.states() == [JobState.PRINTED] * 10
    assert [paper.text.split("\n")[0].strip() for paper in emulator.new_papers(10)] == names
