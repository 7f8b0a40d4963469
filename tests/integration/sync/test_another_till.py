"""The protocol's pages are enough: a till that shares no code with Regulars pairs, sells and reads what HQ says."""

import ast
import sys
from pathlib import Path

import pytest

from tests.integration.hq.serving import serving
from tests.integration.sync import another_till
from tests.integration.sync.another_till import AnotherTill, Answered, new_member
from tests.integration.sync.shop import Shop

EARNED = 12_000


def test_a_till_written_from_the_pages_alone_sells_and_is_understood(tmp_path: Path) -> None:
    shop, member = Shop(tmp_path), new_member()
    with serving(shop.hq) as url:
        till = AnotherTill(url)
        paired = till.pair(shop.office.add_till("S1", "Another"))
        assert till.hello().get("acked", 0) == 0
        till.write("member_enrolled", member, {}, {"cards": [], "number": None})
        leg = {"member": member, "currency": "points", "amount": EARNED, "against": "programme/issued"}
        till.write("sale_of_another_kind", member, {"legs": [leg], "own": [[member, EARNED]]}, {"paid": "12.00"})

        assert till.push()["acked"] == 2
        assert till.push()["acked"] == 2  # the answer was lost: once is once
        page = till.pull()

    assert paired["store"]["store_id"] == "S1"
    (row,) = [row for row in page["rows"] if row["root"] == member]
    assert row["balance"] == EARNED
    assert [place[:2] for place in page["includes"]] == [[till.epoch, 2]]
    shown = shop.office.member(member)
    assert (shown.balance_millipoints, shown.accounts[0].right_millipoints) == (EARNED, EARNED)
    assert shop.office.invariants() == []
    assert shop.office.verify().differences == []


def test_what_another_key_has_signed_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    with serving(shop.hq) as url:
        till = AnotherTill(url)
        till.pair(shop.office.add_till("S1", "Another"))
        till.hello()
        till.write("shift_closed", None, {}, {})
        till.key = AnotherTill(url).key

        with pytest.raises(Answered) as refused:
            till.push()

    assert refused.value.told["reason"] == "signature_wrong"
    assert shop.office.tills()[0].acked == 0


def test_the_other_till_shares_no_code_with_this_one() -> None:
    tree = ast.parse(Path(another_till.__file__).read_text(encoding="utf-8"))
    named = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    named += [each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names]
    others = {str(name).split(".")[0] for name in named} - sys.stdlib_module_names

    assert others == {"cryptography", "msgspec"}
