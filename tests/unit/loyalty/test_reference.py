"""docs/programme.md says what the model says, and every example in it comes out as it says."""

import runpy
import tomllib
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest

from config.errors import Refused
from loyalty.activities import Proof, activity, activity_draft, reference_unit
from loyalty.basket import Basket, Line
from loyalty.days import WEEKDAYS, business_day
from loyalty.programme.load import check_programme
from loyalty.quoted import Choice
from loyalty.refunds import RefundLine, SoldSale
from loyalty.tiers import ManualTier
from tests.unit.loyalty.world import TUESDAY, WARSAW, Shop, at

ROOT = Path(__file__).parents[3]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "programme_reference"))
EXAMPLES: list[dict[str, Any]] = SCRIPT["examples"]()
DAY_MS = 86_400_000


def milli(points: Any) -> int:
    return int(Decimal(str(points)) * 1000)


def minor(amount: str) -> int:
    return int(Decimal(amount) * 100)


def read_line(text: str) -> Line:
    """``CATEGORY[/SKU] [xQUANTITY] AMOUNT``."""
    name, *quantity, amount = text.split()
    category, _, sku = name.partition("/")
    return Line(category, minor(amount), milli(quantity[0][1:]) if quantity else 1000, sku or None)


def read_choice(text: str) -> Choice:
    reward, _, points = text.partition(":")
    return Choice(reward, milli(points) if points else None)


class Run:
    """One example, step by step."""

    def __init__(self, example: dict[str, Any]) -> None:
        self.shop = Shop(SCRIPT["whole_programme"](example).removeprefix('name = "Example"\n'))
        self.at_ms = TUESDAY
        self.sales: list[SoldSale] = []

    def step(self, step: dict[str, Any]) -> None:
        self.at_ms = at(step["at"]) if "at" in step else self.at_ms + 60_000
        self._become(step.get("member", {}))
        if "lines" in step:
            for _ in range(step.get("times", 1)):
                self._sell(step)
        elif "refund" in step:
            self._refund(step)
        elif "record" in step:
            self._record(step)
        self._look(step)

    def _become(self, member: dict[str, Any]) -> None:
        shop = self.shop
        if "points" in member:
            shop.points.clear()
            shop.give(milli(member["points"]), self.at_ms - DAY_MS)
        if "tier" in member:
            shop.manual_tier = ManualTier(member["tier"], self.at_ms + 1000 * DAY_MS)
        if "segments" in member:
            shop.segments = tuple(member["segments"])
        if "birthday" in member:
            away = member["birthday"]
            shop.birthday_windows = tuple(days for days in shop.programme.birthday_days if days >= away)

    def _sell(self, step: dict[str, Any]) -> None:
        bought = Basket("PLN", tuple(map(read_line, step["lines"])), step.get("paid"))
        choices = [read_choice(choice) for choice in step.get("choose", [])]
        found = self.shop.quote(bought, *choices, at_ms=self.at_ms)
        assert [each.reason for each in found.refused] == ([step["refused"]] if "refused" in step else [])
        reasons = {line.id: line.reason.value for line in found.trace}
        assert {name: reasons[name] for name in step.get("why", {})} == step.get("why", {})
        if "best" in step:
            assert [choice.reward for choice in found.best] == step["best"]
        if "refused" in step:
            return
        sale = self.shop.sell(bought, *choices, at_ms=self.at_ms)
        self.sales.append(sale)
        kept = sale.body.quote
        for key, figure in {
            "earns": kept.points_earned_millipoints,
            "spends": kept.points_spent_millipoints,
        }.items():
            assert figure == milli(step.get(key, Decimal(figure) / 1000)), key
        assert kept.to_pay_minor == minor(step.get("to_pay", str(Decimal(kept.to_pay_minor) / 100)))
        if "net" in step:
            assert list(found.net_by_line) == [minor(each) for each in step["net"]]
        if "last_day" in step:
            (lot,) = kept.earned
            assert lot.expires_ms is not None
            last = business_day(lot.expires_ms, WARSAW) - timedelta(days=1)
            assert last.isoformat() == step["last_day"]

    def _refund(self, step: dict[str, Any]) -> None:
        sale = self.sales[step.get("of", 1) - 1]
        lines = None
        if step["refund"]:
            parts = [each.partition(":") for each in step["refund"]]
            lines = [RefundLine(int(line) - 1, milli(quantity) if quantity else None) for line, _, quantity in parts]
        back = self.shop.refund(sale, lines, at_ms=self.at_ms)
        assert back.refunded_minor == minor(step["back"])

    def _record(self, step: dict[str, Any]) -> None:
        shop, proof = self.shop, Proof(step.get("reference"), step.get("manager"))
        found = activity(
            shop.programme,
            shop.account(self.at_ms),
            step["record"],
            proof,
            currency="PLN",
            at_ms=self.at_ms,
            store=WARSAW,
        )
        if "refused" in step:
            assert (found.possible, found.why.reason) == (False, step["refused"])
            return
        assert found.possible, found.why
        assert found.millipoints == milli(step.get("earns", 0))
        codes = tuple(f"A{number}" for number in range(len(found.vouchers_won)))
        shop.book(
            activity_draft(shop.programme, shop.account(self.at_ms), found, proof, WARSAW, codes=codes), self.at_ms
        )

    def _look(self, step: dict[str, Any]) -> None:
        account = self.shop.account(self.at_ms)
        if "spendable" in step:
            assert account.spendable_millipoints(self.at_ms) == milli(step["spendable"])
        if "balance" in step:
            assert account.points_millipoints == milli(step["balance"])
        if "tier" in step:
            assert (account.tier or "") == step["tier"]
        if "stamps" in step:
            assert account.stamps == step["stamps"]
        if "vouchers" in step:
            assert [voucher.reward for voucher in account.vouchers] == step["vouchers"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: str(example["title"]))
def test_an_example_comes_out_as_the_page_says(example: dict[str, Any]) -> None:
    assert check_programme(SCRIPT["whole_programme"](example)).errors == ()
    run = Run(example)
    for step in example["step"]:
        run.step(step)


def test_the_page_is_up_to_date() -> None:
    assert (ROOT / "docs" / "programme.md").read_text(encoding="utf-8") == SCRIPT["reference"]()


def test_every_key_of_the_model_is_in_an_example() -> None:
    used = {path for example in EXAMPLES for path in keys_of(tomllib.loads(SCRIPT["whole_programme"](example)))}
    assert sorted(set(model_keys()) - used) == []


def keys_of(data: dict[str, Any], path: str = "") -> Iterator[str]:
    """Every key of a programme, with its table; a reward's own keys with its kind."""
    for key, value in data.items():
        inner = f"{path}.{key}" if path else key
        yield inner
        rows = value if isinstance(value, list) else [value]
        for row in rows:
            if isinstance(row, dict):
                kind = f"[{row['kind']}]" if key == "reward" else ""
                yield from keys_of(row, "limit" if key == "limits" else inner + kind)


def model_keys() -> Iterator[str]:
    for name, _, table, known in SCRIPT["SECTIONS"]:
        inherited = set(known.model_fields) if known is not None else set()
        for field_name, field in table.model_fields.items():
            if field_name in inherited or not field.description or name in ("conditions", "reward", "programme"):
                continue
            where = f"reward[{name.removeprefix('reward.')}]" if name.startswith("reward.") else name
            where = {"limits": "limit", "tiers": "tiers" if table.__name__ == "Tiers" else "tier"}.get(where, where)
            yield f"{where}.{field.alias or field_name}"


def test_every_condition_and_every_key_of_all_rewards_is_in_an_example() -> None:
    used = {bare(path) for each in EXAMPLES for path in keys_of(tomllib.loads(each["programme"]))}
    tables = [table for name, _, table, _ in SCRIPT["SECTIONS"] if name in ("conditions", "reward")]
    wanted = {field.alias or name for table in tables for name, field in table.model_fields.items()}
    assert sorted(wanted - used) == []


def test_every_word_that_a_key_can_have_is_in_an_example() -> None:
    written = "\n".join(example["programme"] for example in EXAMPLES)
    words = {
        word
        for _, _, table, _ in SCRIPT["SECTIONS"]
        for field in table.model_fields.values()
        for word in literals(field.annotation)
    }
    assert sorted(word for word in words - set(WEEKDAYS) if f'"{word}"' not in written) == []


def literals(kind: object) -> Iterator[str]:
    """The words of all literals in a type."""
    if get_origin(kind) is Literal:
        yield from get_args(kind)
    else:
        for part in get_args(kind):
            yield from literals(part)


def bare(path: str) -> str:
    return path.rpartition(".")[2]


def test_a_refund_of_nothing_is_refused() -> None:
    shop = Shop('[[rule]]\nid = "base"\npoints = 1\nper = 1.00\n')
    sale = shop.sell(Basket("PLN", (Line("Bread", 100),)))
    shop.refund(sale)
    with pytest.raises(Refused, match="refunded before"):
        shop.refund(sale)


def test_a_reference_counts_once_however_it_is_written() -> None:
    assert reference_unit("review", " R-1 ") == reference_unit("review", "r-1") != reference_unit("survey", "r-1")
