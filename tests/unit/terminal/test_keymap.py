"""The shop's own keys: what can be used is used, and every entry that can't is named."""

import pytest

from terminal.commands import SELL_COMMANDS, keys_of
from terminal.keymap import checked


def test_no_keys_of_the_shops_own_are_no_work() -> None:
    assert checked({}) == ({}, ())


def test_keys_may_change_places() -> None:
    found = checked({"enrol": "f3", "find": "f2", "finish": "f12,ctrl+s"})
    assert found.problems == ()
    assert keys_of(SELL_COMMANDS, found.keymap)["f3"] == "enrol"


def test_one_key_for_two_commands_of_a_screen_is_reported_and_both_keep_theirs() -> None:
    found = checked({"hold": "f12", "why": "f11", "payment": "f11", "undo": "ctrl+u"})
    assert found.keymap == {"undo": "ctrl+u"}
    assert [(each.reason, each.params["key"], each.params["commands"]) for each in found.problems] == [
        ("key_twice", "F11", "payment, why"),
        ("key_twice", "F12", "finish, hold"),
    ]


def test_a_conflict_on_another_screen_counts_too() -> None:
    found = checked({"history": "f4"})
    assert [(each.reason, each.params["commands"]) for each in found.problems] == [("key_twice", "cards, history")]


@pytest.mark.parametrize("keys", ["x", "5", "enter", "f5,z", "", "f5,", "up"])
def test_keys_for_typing_are_left_to_typing(keys: str) -> None:
    found = checked({"hold": keys})
    assert (found.keymap, [each.reason for each in found.problems]) == ({}, ["key_for_typing"])


def test_a_command_that_is_none_is_named() -> None:
    found = checked({"fly": "f6"})
    assert [(each.reason, each.params["command"]) for each in found.problems] == [("command_unknown", "fly")]
