"""The wedge gate in a running app: echo, withdrawal, and no scan lost, merged, or pressing a button."""

import random
import time

from textual.app import App, ComposeResult
from textual.events import Event, Key
from textual.screen import ModalScreen
from textual.widgets import Button

from scanner.wedge import WedgeRules
from terminal.keyboard import Keyboard
from terminal.widgets.field import Field, keeps_digits
from tests.unit.terminal.driving import Typist

SCANS = 500


class Question(ModalScreen[bool]):
    """A dialog whose focused button must not be pressed by a scan."""

    def compose(self) -> ComposeResult:
        yield Button("Yes", id="yes")


class Counter(App[int]):
    """A field, a phone field and a dialog; remembers what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.keyboard = Keyboard(self, WedgeRules(), self.scanned)
        self.scans: list[str] = []
        self.submitted: list[str] = []
        self.pressed = 0
        self.stall_s = 0.0

    def compose(self) -> ComposeResult:
        yield Field(id="box")
        yield Field(id="phone", keeps=keeps_digits(12))

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Key) and not event.is_forwarded:
            if self.stall_s:
                time.sleep(self.stall_s)
            if not self.keyboard.passes(event):
                return
        await super().on_event(event)

    def scanned(self, text: str) -> None:
        self.scans.append(text)

    def on_input_submitted(self, event: Field.Submitted) -> None:
        self.submitted.append(event.value)
        event.input.clear()

    def on_button_pressed(self) -> None:
        self.pressed += 1


async def test_500_scans_under_a_stalled_loop_are_neither_lost_nor_merged_and_press_no_button() -> None:
    rng = random.Random(7)
    codes = ["".join(rng.choices("ABCDEFGHJKMNPQRSTVWXYZ0123456789", k=rng.randint(8, 24))) + "7" for _ in range(SCANS)]
    app = Counter()
    async with app.run_test() as pilot:
        typist = Typist(app)
        for place, code in enumerate(codes):
            if place % 100 == 50:
                app.push_screen(Question())
                await pilot.pause()
            elif place % 100 == 75:
                app.pop_screen()
                await pilot.pause()
            app.stall_s = 0.004 if place % 50 == 0 else 0.0
            typist.scan(code, gap_ms=rng.uniform(7, 50), pause_ms=rng.uniform(0, 300))
            if place % 10 == 0:
                time.sleep(0.01)  # The loop stands still while keys arrive.
        await pilot.pause()
        while len(app.scans) < SCANS:
            await pilot.pause(0.02)
        assert app.scans == codes
        assert app.submitted == []
        assert app.pressed == 0
        assert app.query_one("#box", Field).value == ""


async def test_a_scan_in_the_middle_of_typing_leaves_what_was_typed() -> None:
    app = Counter()
    async with app.run_test() as pilot:
        typist = Typist(app)
        typist.keys("45,9")
        typist.scan("5901234123457")
        typist.keys("0", enter=True)
        await pilot.pause()
        assert app.scans == ["5901234123457"]
        assert app.submitted == ["45,90"]


async def test_keys_are_echoed_before_anything_is_known_about_them() -> None:
    app = Counter()
    async with app.run_test() as pilot:
        Typist(app).keys("590123", gap_ms=10)
        await pilot.pause()
        assert app.query_one("#box", Field).value == "590123"


async def test_a_name_that_comes_in_one_stroke_is_typing() -> None:
    app = Counter()
    async with app.run_test() as pilot:
        Typist(app).scan("Zofia Nowak", gap_ms=1)
        await pilot.pause()
        assert app.submitted == ["Zofia Nowak"]


async def test_a_phone_field_keeps_a_phone_number_and_gives_up_a_card() -> None:
    app = Counter()
    async with app.run_test() as pilot:
        app.query_one("#phone", Field).focus()
        await pilot.pause()
        typist = Typist(app)
        typist.scan("600700800", gap_ms=1)
        typist.scan("5901234123457", gap_ms=1)
        await pilot.pause()
        assert app.submitted == ["600700800"]
        assert app.scans == ["5901234123457"]
