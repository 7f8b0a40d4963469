"""An operator's day on the command line, as docs/hq.md tells it: real tills, HQ's own file, every command."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from cli.edge import run_command
from cli.hq_opening import held
from cli.main import root
from cli.run import Run
from config.seams import SystemRandom
from tests.integration.sync.shop import Shop, enrol, sell

DOCUMENT = Path(__file__).parents[3] / "docs" / "hq.md"
Hq = Callable[..., Any]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """HQ in a home, with one store and tills that talk to it."""
    return Shop(tmp_path, tmp_path / "home" / "hq.db")


@pytest.fixture
def hq(shop: Shop, capfdbinary: pytest.CaptureFixture[bytes]) -> Hq:
    """Runs ``regulars hq …`` beside the running HQ; the document that it answers."""

    def run(*words: str, ends: int = 0) -> Any:
        asked = Run({"REGULARS_HOME": str(shop.folder / "home")}, clock=shop.clock, random=SystemRandom())
        ended = run_command(root, ["hq", *words, "--json"], asked)
        said = capfdbinary.readouterr()
        assert ended == ends, said
        return json.loads(said.out)

    return run


def test_every_command_of_the_page_is_there() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    commands = re.findall(r"`regulars (hq[^`]*)`", text) + re.findall(r"^regulars (hq [^#\n]*)", text, re.MULTILINE)
    assert len(commands) > 15
    for line in commands:
        words = shlex.split(line)
        command: click.Command = root
        context = click.Context(root)
        while isinstance(command, click.Group) and words:
            word = words.pop(0)
            if word.startswith("-"):
                words.pop(0)  # an option of the group, and its value
                continue
            found = command.get_command(context, word)
            assert found is not None, line
            command = found
        options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
        assert {word for word in words if word.startswith("--")} <= options, line


def test_stores_and_tills(shop: Shop, hq: Hq) -> None:
    assert hq("store", "add", "Łódź 2", "--zone", "Europe/Warsaw", "--currency", "pln")["store_id"] == "lodz-2"
    for wrong in (["--zone", "Europe/Atlantis"], ["--currency", "ZZZ"], ["--closing-minute", "1440"]):
        hq("store", "add", "Nowhere", *wrong, ends=2)
    assert hq("store", "add", "Łódź 2", ends=1)["error"]["reason"] == "store_exists"
    assert [each["store_id"] for each in hq("store", "list")["stores"]] == ["S1", "lodz-2"]
    assert hq("till", "add", ends=2)["error"]["reason"] == "store_needed"
    assert re.fullmatch(r"\w{5}-\w{5}", hq("till", "add", "--store", "lodz-2", "--name", "T1")["code"])
    till = shop.till("T1")
    (shown,) = hq("till", "list")["tills"]
    assert (shown["till_id"], shown["status"], shown["sealed"]) == (till.facts().till_id, "paired", False)
    assert {"epoch", "acked", "erasures_pending", "last_seen"} <= set(shown)
    assert hq("till", "revoke", "NOBODY", ends=1)["error"]["reason"] == "till_unknown"
    till.close()


def test_a_members_day(shop: Shop, hq: Hq) -> None:
    till = shop.till("T1")
    member = enrol(till, "Zofia Nowak", "+48601234567")
    sell(till, member, 40_000)
    shop.sync(till)
    shown = hq("member", "show", "601 234 567")
    assert (shown["member_id"], shown["available_millipoints"], shown["debt_millipoints"]) == (member, 0, 0)
    assert [each["right_millipoints"] for each in shown["accounts"]] == [shown["balance_millipoints"]]
    for way in (member, "zofia nowak", "+48601234567"):
        assert hq("member", "show", way)["member_id"] == member
    more = hq("member", "adjust", member, "--points", "120", "--reason", "broken eggs")
    assert more["balance_millipoints"] == shown["balance_millipoints"] + 120_000
    assert hq("member", "tier", member, "gold", "--until", "2099-01-01T00:00+01:00")["tier"] == "gold"
    shop.sync(till)
    tier = till.members.show(member).tier
    assert tier is not None
    assert tier.id == "gold"
    hq("member", "tier", member, "--none")
    assert hq("member", "tier", member, "platinum", ends=1)["error"]["reason"] == "tier_unknown"
    shop.clock.at += 1000
    other = enrol(till, "Zofia N.")
    shop.sync(till)
    assert hq("member", "merge", other, member)["member_ids"] == sorted(
        [member, other], key=lambda each: each != member
    )
    hq("member", "erase", member)
    shop.sync(till)
    shop.sync(till)
    assert hq("till", "list")["tills"][0]["erasures_pending"] == 0
    assert hq("member", "show", "601 234 567", ends=1)["error"]["reason"] == "member_unknown"
    assert hq("verify")["differences"] == []
    till.close()


def test_two_cards_of_one_phone_and_a_till_that_is_lost(shop: Shop, hq: Hq) -> None:
    here, there = shop.till("T1"), shop.till("T2")
    one = enrol(here, "Zosia", "+48601234567")
    shop.clock.at += 1000
    enrol(there, "Zosia", "+48601234567")
    sell(here, one, 10_000)
    shop.sync(here, there)
    (case,) = hq("exceptions", "list")["exceptions"]
    assert (case["reason"], "Confirm that it is one person" in case["message"]) == ("merge_to_confirm", True)
    assert hq("member", "show", one)["unconfirmed"]
    assert not hq("member", "confirm-merge", one)["unconfirmed"]
    assert not hq("exceptions", "list")["exceptions"]
    lost = here.facts().till_id
    assert hq("till", "write-off", lost, ends=1)["error"]["reason"] == "nothing_to_write_off"
    hq("till", "revoke", lost)
    assert hq("till", "write-off", lost)["at_risk_millipoints"] > 0
    assert hq("member", "show", one)["available_millipoints"] == hq("member", "show", one)["balance_millipoints"]
    for each in hq("exceptions", "list")["exceptions"]:
        assert "{" not in each["message"]
        hq("exceptions", "resolve", str(each["number"]), "--note", "the police have it")
    assert not hq("exceptions", "list")["exceptions"]
    assert hq("exceptions", "list", "--resolved")["exceptions"][-1]["resolution"] == "the police have it"
    assert hq("verify")["differences"] == []
    here.close()
    there.close()


def test_a_programme_is_published_and_a_backup_put_back(shop: Shop, hq: Hq, tmp_path: Path) -> None:
    till = shop.till("T1")
    current = till.programmes.current()
    assert current is not None
    file = tmp_path / "programme.toml"
    file.write_text(till.programmes.text(current.version).replace("points = 1\n", "points = 3\n"), encoding="utf-8")
    hq("programme", "publish", str(file), "--start", "tomorrow", ends=2)
    published = hq("programme", "publish", str(file), "--start", "2020-01-01T06:00+01:00")
    shop.sync(till)
    assert [each["published"] for each in hq("programme", "list")["programmes"]] == [False, True]
    member = enrol(till, "Ewa")
    assert sell(till, member, 10_000).points_earned_millipoints >= 300_000
    assert till.programmes.current().version == published["version"]  # type: ignore[union-attr]
    shop.sync(till)
    copy = tmp_path / "copy.db"
    assert hq("backup", str(copy))["bytes"] == copy.stat().st_size
    assert hq("backup", str(copy), ends=1)["error"]["reason"] == "file_exists"
    assert hq("restore", str(file), ends=1)["error"]["reason"] == "no_backup"
    shop.hq.database.close()
    before = shop.hq.timeline
    shop.hq.database.close()
    assert hq("restore", str(copy))["timeline"] > before
    assert (tmp_path / "home" / "hq.db.before-restore").exists()
    till.close()


def test_nothing_is_put_back_under_a_running_headquarters(shop: Shop, hq: Hq, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    hq("backup", str(copy))
    run = Run({"REGULARS_HOME": str(shop.folder / "home")})
    with click.Context(root), held(run):
        assert hq("restore", str(copy), ends=1)["error"]["reason"] == "hq_running"
    hq("restore", str(copy))
