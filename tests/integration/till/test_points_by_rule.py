"""What the till makes of the programme beyond the arithmetic: greetings, who adjusted, and which version judges."""

import msgspec
import pytest

from config.errors import Refused, WrongUse
from terminal.till_import_shapes import ImportedSale
from tests.builders import DAY_MS, PIN, PLAIN_PROGRAMME, Shop, lines

TWICE = PLAIN_PROGRAMME.replace("points = 1\n", "points = 2\n", 1)


def test_a_gold_member_is_greeted(sample_shop: Shop) -> None:
    zofia = sample_shop.member()
    assert sample_shop.till.members.show(zofia).greeting is None
    sample_shop.sell("2500.00", member=zofia)
    shown = sample_shop.till.members.show(zofia)
    assert shown.tier is not None
    assert (shown.tier.id, shown.greeting) == ("gold", "Gold member: congratulate")


def test_an_adjustment_needs_a_managers_pin_and_a_reason_and_the_journal_shows_who(shop: Shop) -> None:
    zofia, points = shop.member_with(50), shop.till.points
    (ana,) = shop.till.staff.list()
    shop.till.staff.add("Ola", "1234")
    shop.till.staff.sign_in("1234")
    with pytest.raises(Refused) as refused:
        points.adjust(zofia, 10_000, "Sorry")
    assert refused.value.reason == "manager_needed"
    with pytest.raises(WrongUse) as wrong:
        points.adjust(zofia, 10_000, "  ", PIN)
    assert wrong.value.reason == "reason_missing"
    done = points.adjust(zofia, 10_000, "The till was down", PIN)
    assert done.balance_millipoints == 60_000
    shop.till.staff.sign_in(PIN)
    entry = shop.till.reports.entry(done.entry_id)
    told = msgspec.json.encode(entry).decode()
    assert "The till was down" in told
    assert ana.cashier_id in told


def test_a_sale_is_judged_by_the_version_in_force_when_it_happened_however_late_it_comes(shop: Shop) -> None:
    zofia = shop.member(card="CLUB-1")
    shop.sell("10.00", member=zofia)
    shop.clock.forward(days=5)
    shop.till.programmes.activate(TWICE, manager_pin=PIN)
    shop.sell("10.00", member=zofia)
    assert shop.points(zofia) == 10 + 20
    late = ImportedSale(
        line=2,
        sale_id="1",
        at_ms=shop.clock.at_ms - 3 * DAY_MS,
        store="s",
        till="t",
        card="CLUB-1",
        lines=lines("10.00"),
    )
    assert shop.till.imports.sales([late]).imported == 1
    assert shop.points(zofia) == 10 + 20 + 10
