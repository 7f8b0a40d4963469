"""Whatever fails inside an act, nothing of it is kept: not the points, not the voucher, the receipt or the shift."""

from collections.abc import Callable
from pathlib import Path

import pytest

from config.errors import Broken
from config.printer_settings import PrinterSettings
from config.settings import Settings
from terminal.till_member_shapes import Enrolment
from terminal.till_sale_shapes import RefundRequest
from tests.builders import Shop


@pytest.fixture
def busy_shop(sample_shop: Shop, tmp_path: Path) -> Shop:
    """A shop with a printer, so that a sale writes everything that a sale can write."""
    printer = PrinterSettings.model_validate({"kind": "file", "path": str(tmp_path / "paper")})
    sample_shop.settings = Settings(printer=printer)
    sample_shop.reopen()
    return sample_shop


def break_writes(shop: Shop, act: str, table: str) -> None:
    """From now on SQLite itself refuses to *act* (INSERT, UPDATE, DELETE) on *table*."""
    with shop.till.counter.ledger.write() as tx:
        tx.execute(f"CREATE TRIGGER broken BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, 'cut'); END")


def mend_writes(shop: Shop) -> None:
    with shop.till.counter.ledger.write() as tx:
        tx.execute("DROP TRIGGER broken")


def everything(shop: Shop) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    with shop.till.counter.ledger.read() as view:
        names = [row[0] for row in view.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: [tuple(row) for row in view.rows(f"SELECT * FROM {name}")] for name in names}


def fails_without_a_trace(shop: Shop, act: Callable[[], object], write: str, table: str) -> None:
    before = everything(shop)
    break_writes(shop, write, table)
    with pytest.raises(Broken):
        act()
    mend_writes(shop)
    assert everything(shop) == before
    act()
    assert shop.till.upkeep.verify().differences == ()


@pytest.mark.parametrize(
    ("write", "table"),
    [
        ("INSERT", "entry"),
        ("INSERT", "leg"),
        ("INSERT", "balance"),
        ("INSERT", "allowance_move"),
        ("INSERT", "unit"),
        ("INSERT", "voucher"),
        ("INSERT", "shift"),
        ("INSERT", "import_key"),
        ("DELETE", "held"),
        ("UPDATE", "member"),
        ("INSERT", "print_job"),
        ("INSERT", "member_statistics"),
        ("INSERT", "day_sale"),
    ],
)
def test_a_sale_that_fails_at_any_write_leaves_no_trace(busy_shop: Shop, write: str, table: str) -> None:
    zofia = busy_shop.member()
    basket = busy_shop.request("Coffee:9:90.00", "600.00", member=zofia, key="k")
    held = busy_shop.till.sales.hold(basket)
    request = busy_shop.till.sales.recall(held.held_id).request
    fails_without_a_trace(busy_shop, lambda: busy_shop.till.sales.sell(request), write, table)
    assert busy_shop.till.sales.sell(request).repeated


@pytest.mark.parametrize("table", ["entry", "leg", "reversal", "print_job"])
def test_a_refund_that_fails_at_any_write_leaves_no_trace(busy_shop: Shop, table: str) -> None:
    zofia = busy_shop.member_with(600)
    done = busy_shop.sell("Coffee:9:90.00", member=zofia, rewards=["five-off"])
    request = RefundRequest(sale=done.sale_id, key="r")
    fails_without_a_trace(busy_shop, lambda: busy_shop.till.refunds.refund(request), "INSERT", table)
    assert busy_shop.till.sales.show(done.sale_id).status == "refunded"


@pytest.mark.parametrize("table", ["entry", "member", "card", "profile", "profile_change", "consent"])
def test_an_enrolment_that_fails_at_any_write_leaves_no_trace(busy_shop: Shop, table: str) -> None:
    person = Enrolment(name="Jan", phone="602345678", consents={"sms": "2026-1"})
    fails_without_a_trace(busy_shop, lambda: busy_shop.till.members.enrol(person), "INSERT", table)
    assert len(busy_shop.till.members.find("Jan").matches) == 1


def test_a_replacement_that_fails_leaves_the_old_card_working(busy_shop: Shop) -> None:
    zofia = busy_shop.member()
    (old,) = busy_shop.till.cards.list(zofia)
    fails_without_a_trace(busy_shop, lambda: busy_shop.till.cards.replace(old.code), "UPDATE", "card")


def test_a_close_that_fails_leaves_the_shift_open(busy_shop: Shop) -> None:
    busy_shop.sell("1.00")
    fails_without_a_trace(busy_shop, busy_shop.till.shifts.close, "UPDATE", "shift")
    assert busy_shop.till.shifts.current() is None
