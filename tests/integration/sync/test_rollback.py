"""A till's file that is copied back: seen at the next start, whatever is sold before HQ is asked."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.paths import HomePaths
from config.settings import Settings
from terminal.till import Till
from terminal.till_opening import open_till
from terminal.till_sync_state import change_state, read_state
from tests.integration.sync.shop import Shop, enrol, sell


@contextmanager
def reopened(shop: Shop, name: str) -> Iterator[Till]:
    with open_till(HomePaths(shop.folder / name), Settings(), clock=shop.clock, random=shop.random) as till:
        yield till


def closed_copy(shop: Shop, till: Till) -> Path:
    """The till's file as it is now, set aside; the till is closed."""
    till.close()
    file = till.counter.ledger.paths.database
    return Path(shutil.copyfile(file, shop.folder / "old.db"))


def roll_back(till: Till, old: Path) -> None:
    till.close()
    shutil.copyfile(old, till.counter.ledger.paths.database)


def test_nothing_is_spent_after_a_rollback_until_hq_is_asked_even_after_other_sales(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = shop.till("T1")
    member = enrol(first, "Zofia")
    sell(first, member, 100_000)
    shop.sync(first)
    old = closed_copy(shop, first)
    with reopened(shop, "T1") as till:
        sell(till, member, 100)
    roll_back(till, old)

    with reopened(shop, "T1") as till:
        sell(till, None, 500)
    with reopened(shop, "T1") as till:
        before = till.members.show(member)
        shop.sync(till)
        shop.sync(till)
        after = till.members.show(member)

    assert (before.spendable_millipoints, before.why_not[-1].reason) == (0, "restored_wait_hello")
    assert after.spendable_millipoints > 0


def test_who_was_erased_is_forgotten_again_when_an_older_file_is_put_back(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = shop.till("T1")
    member = enrol(first, "Zofia", "+48601234567")
    shop.sync(first)
    old = closed_copy(shop, first)
    with reopened(shop, "T1") as till:
        till.members.erase(member, manager_pin="2468")
    roll_back(till, old)

    with reopened(shop, "T1") as till:
        assert till.members.show(member).profile.name is None
        assert till.members.find("Zofia").matches == ()
        shop.sync(till)
        shop.sync(till)

    assert shop.office.member(member).status == "erased"
    assert [each.erasures_pending for each in shop.office.tills()] == [0]


def test_the_number_made_for_the_next_life_is_not_used_again_after_a_rollback(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    first = shop.till("T1")
    shop.sync(first)
    with first.counter.ledger.write() as tx:
        change_state(tx, claim=5)
    old = closed_copy(shop, first)
    with reopened(shop, "T1") as till:
        sell(till, None, 500)
    roll_back(till, old)

    with reopened(shop, "T1") as till, till.counter.ledger.read() as view:
        assert read_state(view).claim is None
