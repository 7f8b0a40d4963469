"""Receipts: built from the journal, queued with their sale, saved, printed again."""

from pathlib import Path

import pytest

from config.errors import Refused
from config.printer_settings import PrinterSettings
from config.settings import Settings
from receipts.receipt import Mark
from terminal.till_member_shapes import ProfileEdit
from terminal.till_sale_shapes import RefundLine, RefundRequest
from tests.builders import Shop


def with_printer(shop: Shop, tmp_path: Path) -> None:
    printer = PrinterSettings.model_validate({"kind": "file", "path": str(tmp_path / "paper")})
    shop.settings = Settings(printer=printer)
    shop.reopen()


def test_a_receipt_says_everything_about_its_sale(sample_shop: Shop) -> None:
    zofia = sample_shop.member()
    sample_shop.sell("600.00", member=zofia)
    done = sample_shop.sell("Coffee:9:90.00", "45.90", member=zofia, rewards=["five-off"])
    receipt = sample_shop.till.receipts.show(done.short)
    assert [line.amount_minor for line in receipt.lines] == [9000, 4590]
    assert (receipt.total_minor, receipt.to_pay_minor) == (13_590, done.to_pay_minor)
    assert receipt.points is not None
    assert receipt.points.before_millipoints + done.points_earned_millipoints - 250_000 == done.balance_millipoints
    assert receipt.points.after_millipoints == done.balance_millipoints
    assert {each.text for each in receipt.rewards} == {"5.00 off"}
    assert receipt.tier is not None
    assert (receipt.tier.tier, receipt.tier.next_tier) == ("Silver", "Gold")
    assert receipt.expiry is not None
    assert receipt.expiry.millipoints == done.balance_millipoints
    assert [(stamp.stamps, stamp.size) for stamp in receipt.stamps] == [(0, 9)]
    assert len(receipt.vouchers) == 1
    assert receipt.journal is not None
    assert f"#{receipt.journal.seq}" == done.short
    assert receipt.sale_code is not None
    assert sample_shop.till.sales.show(receipt.sale_code.text).sale_id == done.sale_id
    assert sample_shop.till.members.show(zofia).name == receipt.member_name


def test_a_refunds_receipt_says_what_went_back(shop: Shop) -> None:
    zofia = shop.member_with(100)
    done = shop.sell("45.90", "4.10", member=zofia, rewards=["five-off"])
    refund = shop.till.refunds.refund(RefundRequest(sale=done.short, lines=(RefundLine(number=1),)))
    receipt = shop.till.receipts.show(refund.refund_id)
    assert receipt.marks == (Mark.REFUND,)
    assert receipt.refunded_entry_id == done.sale_id
    assert receipt.to_pay_minor == refund.refunded_minor
    assert receipt.points is not None
    assert receipt.points.after_millipoints == refund.balance_millipoints
    assert receipt.points.before_millipoints == done.balance_millipoints
    assert "REFUND" in shop.till.receipts.text(refund.short)


def test_the_last_receipt_needs_no_number(shop: Shop) -> None:
    with pytest.raises(Refused):
        shop.till.receipts.show()
    shop.sell("1.00")
    done = shop.sell("2.00")
    assert shop.till.receipts.show().entry_id == done.sale_id


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_every_width_fits(shop: Shop, columns: int) -> None:
    shop.sell("A category with quite a long name/SKU-000123:2:18.00", member=shop.member("Ż" * 60))
    assert max(map(len, shop.till.receipts.text(columns=columns).splitlines())) <= columns


def test_a_receipt_speaks_the_members_language(shop: Shop) -> None:
    zofia = shop.member()
    shop.till.members.edit(zofia, ProfileEdit(language="pl"))
    shop.sell("45.90", member=zofia)
    assert shop.till.receipts.show().language == "pl"


def test_a_receipt_is_queued_with_its_sale_and_a_copy_says_so(shop: Shop, tmp_path: Path) -> None:
    shop.sell("1.00")
    with pytest.raises(Refused) as refused:
        shop.till.receipts.reprint()
    assert refused.value.reason == "no_printer"
    with_printer(shop, tmp_path)
    done = shop.sell("45.90", member=shop.member())
    (job,) = shop.till.printing.waiting()
    assert (job.title, job.state, job.copy) == (done.sale_id, "queued", False)
    shop.till.receipts.reprint(done.short)
    copies = [job.copy for job in shop.till.printing.waiting()]
    assert copies == [False, True]
    assert Mark.COPY not in shop.till.receipts.show(done.short).marks


def test_a_refused_sale_queues_no_receipt(shop: Shop, tmp_path: Path) -> None:
    with_printer(shop, tmp_path)
    with pytest.raises(Refused):
        shop.sell("45.90", member=shop.member(), rewards=["five-off"])
    assert shop.till.printing.waiting() == ()


def test_a_cards_slip_is_queued(shop: Shop, tmp_path: Path) -> None:
    with_printer(shop, tmp_path)
    (card,) = shop.till.cards.list(shop.member())
    shop.till.cards.print(card.code)
    assert len(shop.till.printing.waiting()) == 1
