"""A shop's days on the command line: what README and docs/cli.md promise."""

from pathlib import Path

from tests.e2e.cli.shell import Shell

TUESDAY = "2026-05-05T10:00:00+02:00"
WEDNESDAY = "2026-05-06T10:00:00+02:00"


def test_enrol_sell_redeem_refund_and_look(shell: Shell) -> None:
    enrolled = shell.json("enrol", "--name", "Zofia Nowak", "--phone", "601 234 567")
    card = enrolled["cards"][0]["code"]
    sold = shell.json("sell", "--card", card, "--amount", "300.00", "--at", WEDNESDAY)
    assert sold["to_pay_minor"] == 30_000
    assert sold["points_earned_millipoints"] == 300_000 + _welcome(sold)
    again = shell.json("sell", "--card", card, "--amount", "45.90", "--reward", "five-off", "--at", WEDNESDAY)
    assert again["to_pay_minor"] == 4_090
    assert [each["reward"] for each in again["discounts"]] == ["five-off"]
    assert again["points_spent_millipoints"] == 250_000
    shown = shell.json("member", "show", "zofia")
    assert shown["points_millipoints"] == again["balance_millipoints"]
    refunded = shell.json("refund", again["sale_id"])
    assert refunded["refunded_minor"] == 4_090
    assert refunded["points_given_back_millipoints"] == 250_000
    assert shell.json("member", "show", card)["points_millipoints"] == sold["balance_millipoints"]
    assert shell.json("refund", again["sale_id"], check=1)["error"]["reason"] == "refund_nothing_left"
    assert shell.json("verify")["differences"] == []


def test_a_quote_keeps_nothing(shell: Shell) -> None:
    shell.json("enrol", "--name", "Jan", "--card", "OLD-4711")
    before = shell.json("verify")["entries"]
    quoted = shell.json("quote", "--card", "OLD-4711", "--line", "coffee/latte:2:18.00", "--at", TUESDAY)
    assert quoted["to_pay_minor"] == 1_800
    assert any(line["id"] == "happy-tuesday" and line["applied"] for line in quoted["trace"])
    assert shell.json("verify")["entries"] == before


def test_a_void_leaves_the_member_as_before(shell: Shell) -> None:
    shell.json("enrol", "--name", "Jan", "--card", "OLD-4711")
    before = shell.json("member", "show", "OLD-4711")
    sold = shell.json("sell", "--card", "OLD-4711", "--line", "coffee/latte:9:81.00")
    shell.json("void", sold["sale_id"])
    after = shell.json("member", "show", "OLD-4711")
    for key in ("points_millipoints", "lots", "tier", "qualifying_millipoints", "stamps", "vouchers"):
        if key == "stamps":
            assert {card: stamps for card, stamps in after[key].items() if stamps} == {}
        elif key == "vouchers":
            assert [each for each in after[key] if each["status"] == "open"] == []
        else:
            assert after[key] == before[key], key


def test_a_day_adds_up(shell: Shell) -> None:
    shell.json("shift", "open", "--float", "100")
    first = shell.json("sell", "--amount", "10.00")
    shell.json("sell", "--amount", "20.50")
    shell.json("refund", first["sale_id"])
    day = shell.json("report", "day")
    assert (day["sales"], day["refunds"]) == (2, 1)
    assert day["to_pay_minor"] == 3_050
    assert day["refunded_minor"] == 1_000
    closed = shell.json("shift", "close", "--counted", "120.00")
    assert closed["expected_minor"] == 10_000 + 3_050 - 1_000
    assert closed["difference_minor"] == 12_000 - closed["expected_minor"]


def test_what_needs_a_manager_asks_for_the_pin(shell: Shell, tmp_path: Path) -> None:
    shell.json("enrol", "--card", "A1", "--name", "Jan")
    adjust = ("adjust", "A1", "--points", "50", "--reason", "goodwill")
    assert shell.refused(*adjust, check=1) == "manager_needed"
    wrong = tmp_path / "wrong"
    wrong.write_text("0000")
    assert shell.refused(*adjust, "--pin-file", str(wrong), check=1) == "wrong_pin"
    assert shell.json(*adjust, "--pin-file", str(shell.pin_file))["balance_millipoints"] == 50_000
    too_much = ("adjust", "A1", "--points", "-51", "--reason", "x", "--pin-file", str(shell.pin_file))
    assert shell.refused(*too_much, check=1) == "adjustment_below_zero"


def test_a_backup_is_put_back_and_an_erased_person_stays_erased(shell: Shell, tmp_path: Path) -> None:
    pin = ("--pin-file", str(shell.pin_file))
    shell.json("enrol", "--name", "Zofia Nowak", "--card", "A1")
    shell.json("sell", "--card", "A1", "--amount", "10.00")
    saved = shell.json("backup", str(tmp_path / "till.db"))
    shell.json("member", "erase", "A1", *pin)
    shell.json("sell", "--amount", "5.00")
    restored = shell.json("restore", saved["file"], *pin)
    assert restored["erasures_replayed"] == 1
    assert shell.json("member", "find", "Zofia")["matches"] == []
    assert shell.json("verify")["differences"] == []
    assert shell.json("sell", "--amount", "1.00")["to_pay_minor"] == 100


def _welcome(sold: dict[str, object]) -> int:
    earned = sold["earned"]
    assert isinstance(earned, list)
    return sum(each["points_millipoints"] for each in earned if each["rule"] == "welcome")
