"""Fields, lists and forms alone in an app: nothing that is typed is lost or goes elsewhere."""

from textual.app import App, ComposeResult

from terminal.commands import SELL_COMMANDS, bindings, key_name, keys_of
from terminal.themes import DARK
from terminal.widgets.form import Form, Row
from terminal.widgets.omnibox import Omnibox, OmniField
from terminal.widgets.pick_list import Choice, PickList
from terminal.widgets.tick import Tick
from tests.unit.terminal.driving import Typist


class Bench(App[int]):
    """All of them, and a list of what they said."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.register_theme(DARK)
        self.theme = DARK.name

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return DARK.variables

    def compose(self) -> ComposeResult:
        yield Omnibox("anything", {"f12": "finish", "f4": "rewards"}, {"finish"})
        yield Form((Row("one", "One"), Row("two", "Two")))
        yield Tick("agree")
        yield PickList("search")

    def on_input_submitted(self, event: OmniField.Submitted) -> None:
        self.said.append(f"enter {event.value}")

    def on_omni_field_command_key(self, event: OmniField.CommandKey) -> None:
        self.said.append(f"{event.command_id} {event.text}")

    def on_omni_field_left(self) -> None:
        self.said.append("left")

    def on_omni_field_line_key(self, event: OmniField.LineKey) -> None:
        self.said.append(event.key)

    def on_form_done(self) -> None:
        self.said.append("done")

    def on_pick_list_entered(self, event: PickList.Entered) -> None:
        self.said.append(f"picked {event.key} for {event.text}")


async def test_two_entries_without_a_pause_stay_two() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.query_one(Omnibox).field.focus()
        await pilot.pause()
        typist = Typist(app)
        typist.keys("45,90", enter=True)
        typist.keys("2x9 coffee", enter=True)
        await pilot.pause()
        assert app.said == ["enter 45,90", "enter 2x9 coffee"]


async def test_a_command_s_key_keeps_its_place_among_what_is_typed() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.query_one(Omnibox).field.focus()
        await pilot.pause()
        typist = Typist(app)
        typist.keys("10", enter=True)
        typist.press("f4")
        typist.keys("1", enter=True)
        typist.keys("5,50")
        typist.press("f12")
        await pilot.pause()
        assert app.said == ["enter 10", "rewards ", "enter 1", "finish 5,50"]


async def test_arrows_and_delete_belong_to_the_sale_and_escape_empties_the_line() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        app.query_one(Omnibox).field.focus()
        await pilot.pause()
        typist = Typist(app)
        typist.press("up")
        typist.press("delete")
        typist.keys("12")
        typist.press("delete")
        typist.press("escape")
        await pilot.pause()
        assert app.said == ["up", "delete", "left"]
        assert app.query_one(Omnibox).field.value == ""


async def test_enter_goes_through_a_form_and_out_of_it() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        form = app.query_one(Form)
        form.go_to("one")
        await pilot.pause()
        typist = Typist(app)
        typist.keys("first", enter=True)
        await pilot.pause()
        typist.keys("second", enter=True)
        await pilot.pause()
        assert (form.value("one"), form.value("two")) == ("first", "second")
        assert app.said == ["done"]


async def test_only_space_agrees() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        tick = app.query_one(Tick)
        tick.focus()
        await pilot.pause()
        await pilot.press("enter")
        assert not tick.ticked
        tick.focus()
        await pilot.press("space")
        assert tick.ticked


async def test_enter_chooses_from_the_list_that_the_letters_have_left() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        picks = app.query_one(PickList)
        picks.show([Choice(name, name) for name in ("apple", "apricot", "banana")])
        picks.query_one("PickField").focus()
        await pilot.pause()
        typist = Typist(app)
        typist.keys("ban", enter=True)
        await pilot.pause()
        assert app.said == ["picked banana for ban"]


async def test_arrows_move_the_mark_and_stop_at_the_ends() -> None:
    app = Bench()
    async with app.run_test() as pilot:
        picks = app.query_one(PickList)
        picks.show([Choice(name, name) for name in ("apple", "apricot", "banana")])
        picks.query_one("PickField").focus()
        await pilot.pause()
        await pilot.press("down", "down", "down", "up")
        assert picks.marked is not None
        assert picks.marked.key == "apricot"


def test_keys_are_remapped_by_the_shop() -> None:
    assert keys_of(SELL_COMMANDS, {"finish": "f11"})["f11"] == "finish"
    assert "f12" not in keys_of(SELL_COMMANDS, {"finish": "f11"})


def test_every_command_has_its_own_id_and_key() -> None:
    ids = [command.id for command in SELL_COMMANDS]
    keys = [key for command in SELL_COMMANDS for key in command.keys.split(",")]
    assert len(set(ids)) == len(ids)
    assert len(set(keys)) == len(keys)
    assert len(bindings(SELL_COMMANDS)) == len(ids)


def test_no_letter_or_digit_alone_is_a_command() -> None:
    assert all(len(key) > 1 for key in keys_of(SELL_COMMANDS, {}))


def test_keys_are_named_as_on_the_keyboard() -> None:
    assert [key_name(key) for key in ("f12", "ctrl+l", "escape")] == ["F12", "Ctrl+L", "Esc"]
