"""Every trap of python-escpos and of code-page printers, once each."""

import io
import logging
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from config.errors import WrongUse
from config.printer_settings import PrinterSettings
from receipts.columns import Row
from receipts.layout import CodeDrawing
from receipts.letters import printer_letters
from receipts.profiles import EPSON_PAGES, PROFILES, profile_of
from receipts.receipt import Code, CodeFormat, Mark, Receipt, Shop, marked
from receipts.rendering import render_escpos, render_pdf, render_png, render_text
from receipts.sample import sample_receipt
from receipts.template import load_template
from receipts.thermal import Thermal

EPSON = PROFILES["epson-80"]
PAGE_OF_NUMBER = {number: page for page, number in EPSON_PAGES.items()}


def printed_text(commands: bytes) -> str:
    """What a printer with Epson's code pages would read in rows of text alone (ESC @, FS ., ESC t, ESC E, ESC !)."""
    text, page, place = "", "CP437", 0
    while place < len(commands):
        match commands[place : place + 2]:
            case b"\x1b@":
                page, place = "CP437", place + 2
            case b"\x1c.":
                place += 2
            case b"\x1bt":
                page, place = PAGE_OF_NUMBER[commands[place + 2]], place + 3
            case b"\x1bE" | b"\x1b!":
                place += 3
            case _:
                text, place = text + commands[place : place + 1].decode(page), place + 1
    return text


def rows(*texts: str) -> bytes:
    letters, paper = printer_letters(EPSON.code_pages), Thermal(EPSON)
    for text in texts:
        paper.row(Row(letters(text)))
    return paper.commands


@pytest.mark.parametrize(
    "text",
    [
        "Zażółć gęślą jaźń ZAŻÓŁĆ GĘŚLĄ JAŹŃ",
        "ăâîşţ ĂÂÎŞŢ",
        "Съешь же ещё этих мягких французских булок, да выпей чаю Ё",
        "12,50 € and 12,50 zł and lei",
        "żю€ă żю€ă",
    ],
)
def test_letters_of_the_languages_we_speak_are_printed_as_they_are(text: str) -> None:
    assert printed_text(rows(text)) == text + "\n"


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("Ștefan Țăran, mulțumesc", "Ştefan Ţăran, mulţumesc"),
        ("58,90\u00a0₽", "58,90\u00a0руб."),
        ("1\u202f240\u2009zł", "1\u00a0240 zł"),
        ("„Čaj“ – ‘tea’…", "\"Čaj\" - 'tea'..."),
        ("ґанок їжак", "ганок їжак"),
        ("茶 ☕ გამარჯობა", None),
        ("Zoe\u0308", "Zoë"),
    ],
)
def test_what_no_code_page_has_is_written_otherwise_and_never_as_a_question_mark(text: str, paper: str | None) -> None:
    got = printer_letters(EPSON.code_pages)(text)
    assert "?" not in got
    assert got.strip()
    if paper is not None:
        assert got == paper


@given(st.text(max_size=60))
def test_any_text_can_be_printed_and_none_is_a_command(text: str) -> None:
    got = printer_letters(EPSON.code_pages)(text)
    assert printed_text(rows(text)) == got + "\n"
    assert got.count("?") <= text.count("?") + sum(letter in "？﹖⁇⁈⁉‽¿؟;՞፧" or not letter.isascii() for letter in text)
    assert not any(ord(letter) < 0x20 for letter in got)


def test_after_init_the_next_letter_chooses_its_code_page_again() -> None:
    paper = Thermal(EPSON)
    paper.row(Row("ż"))
    paper._start()
    paper.row(Row("ż"))
    assert printed_text(paper.commands) == "ż\nż\n"


def test_spaces_that_must_not_break_never_reach_the_printer_as_0xff() -> None:
    for currency in ("PLN", "RON", "RUB", "EUR"):
        assert b"\xff" not in render_escpos(sample_receipt("pl", currency), load_template(), EPSON)


def test_neither_a_name_nor_a_code_can_smuggle_in_a_command() -> None:
    evil = "\x1bp\x00\x19\xfa Shop\n\x1dV\x00"
    code = Code(evil, CodeFormat.CODE128)
    receipt = Receipt(Shop(evil), "PLN", "Europe/Warsaw", 0, to_pay_minor=1, card=code, sale_code=Code("茶"))
    commands = render_escpos(receipt, load_template(), EPSON)
    assert b"\x1bp" not in commands
    assert commands.count(b"\x1dV") == 1


def test_code_128_is_told_its_code_set_and_braces_are_doubled() -> None:
    paper = Thermal(EPSON)
    paper.code(CodeDrawing(Code("AB{12", CodeFormat.CODE128)))
    assert b"\x1dkI\x08{BAB{{12" in paper.commands


def test_a_qr_code_is_drawn_with_level_q() -> None:
    paper = Thermal(EPSON)
    paper.code(CodeDrawing(Code("RS1-ABC")))
    assert b"\x1d(k\x03\x001E2" in paper.commands
    assert b"1P0RS1-ABC" in paper.commands


def test_bars_that_do_not_fit_the_paper_are_not_drawn() -> None:
    paper = Thermal(PROFILES["epson-58"])
    paper.code(CodeDrawing(Code("RS1-K7Q2M9XAB3-0ABCDEFGHJKMN-152", CodeFormat.CODE128)))
    assert b"\x1dk" not in paper.commands


@pytest.mark.parametrize("code", [Code("4006381333932", CodeFormat.EAN13), Code("żółw", CodeFormat.CODE128)])
def test_a_code_that_can_not_be_drawn_does_not_hold_up_the_receipt(code: Code) -> None:
    receipt = Receipt(Shop("Shop"), "PLN", "Europe/Warsaw", 0, card=code)
    commands = render_escpos(receipt, load_template(), EPSON)
    assert b"\x1dk" not in commands
    assert code.text in render_text(receipt, load_template())
    assert render_png(receipt, load_template())
    assert render_pdf(receipt, load_template())


def test_kanji_mode_is_left_before_the_first_letter() -> None:
    assert Thermal(EPSON).commands.startswith(b"\x1b@\x1c.")


def test_a_printer_without_a_cutter_is_not_told_to_cut() -> None:
    assert b"\x1dV" not in render_escpos(sample_receipt(), load_template(), PROFILES["generic-58"])


def test_a_plain_printer_gets_text_alone() -> None:
    commands = render_escpos(marked(sample_receipt("pl"), Mark.COPY), load_template(), PROFILES["plain-42"], logo=b"")
    assert b"\x1dv0" not in commands
    assert b"\x1d(k" not in commands
    assert b"Zofia Sliwinska" in commands


def test_the_drawer_opens_before_the_paper_moves() -> None:
    commands = render_escpos(sample_receipt(), load_template(), EPSON, open_drawer=True)
    assert 0 < commands.index(b"\x1bp") < commands.index(b"Regulars")


def test_nothing_is_said_on_stdout_and_nothing_is_left_behind(tmp_path: object) -> None:
    """python-escpos prints about what it does, keeps a folder a start, takes the root logger, and parses YAML long."""
    code = (
        "import logging, tempfile, os, yaml\n"
        "yaml.safe_load = None\n"
        "from receipts.profiles import PROFILES\n"
        "from receipts.rendering import render_escpos, render_pdf, render_png, render_text\n"
        "from receipts.sample import sample_receipt\n"
        "from receipts.template import load_template\n"
        "for profile in PROFILES.values(): render_escpos(sample_receipt(), load_template(), profile)\n"
        "assert not os.listdir(tempfile.gettempdir()), os.listdir(tempfile.gettempdir())\n"
        "assert not logging.root.handlers\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={"TMPDIR": str(tmp_path)}, check=False
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_the_root_logger_stays_as_it_was() -> None:
    before = list(logging.root.handlers)
    Thermal(EPSON)
    assert logging.root.handlers == before


@pytest.mark.parametrize("profile", [name for name in PROFILES if name != "plain-42"])
def test_a_logo_is_as_wide_as_the_paper_at_most(profile: str) -> None:
    picture = io.BytesIO()
    Image.new("RGBA", (2000, 100), (0, 0, 0, 128)).save(picture, "PNG")
    commands = render_escpos(sample_receipt(), load_template(), PROFILES[profile], picture.getvalue())
    place = commands.index(b"\x1dv0")
    assert (commands[place + 4] + 256 * commands[place + 5]) * 8 <= PROFILES[profile].dots


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\x00" * 40])
def test_a_logo_that_is_no_picture_is_refused_in_words(content: bytes) -> None:
    with pytest.raises(WrongUse) as refusal:
        render_escpos(sample_receipt(), load_template(), EPSON, content)
    assert refusal.value.reason == "logo_not_a_picture"


@pytest.mark.parametrize("wrong", [PrinterSettings(profile="laser"), PrinterSettings(code_pages={"CP1": 3})])
def test_settings_that_name_nothing_known_are_refused_in_words(wrong: PrinterSettings) -> None:
    with pytest.raises(WrongUse, match="Nothing was printed"):
        profile_of(wrong)


def test_settings_correct_the_profile() -> None:
    profile = profile_of(PrinterSettings(columns=42, status=False, code_pages={"CP1250": 72}))
    assert (profile.columns, profile.status, dict(profile.code_pages)) == (42, False, {"CP1250": 72})
    assert printer_letters(profile.code_pages)("Żółć €") == "Żółć €"
