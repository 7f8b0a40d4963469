"""A receipt is data: it survives storage, and its text says what was handed in."""

import pytest

from config.errors import WrongUse
from receipts.receipt import Mark, decode, encode, marked
from receipts.rendering import render_text
from receipts.sample import sample_receipt
from receipts.template import load_template

TEXT_42 = """\
                 Regulars
             1 Market Square
3 Mar 2026                           14:02
Till 3                                 Ana
------------------------------------------
Groceries                            45.90
2 × Coffee                           18.00
Total                                63.90
5 off                                -5.00
  for points                           500
To pay                           PLN 58.90
------------------------------------------
Zoë Novak
Points before                        1,240
Points earned                         +116
Points spent                          -500
Points now                             856
Earned by
  Everyday                             +58
  Tuesday double                       +58
Tier                                  Gold
Points missing to Platinum             260
Points to use by 31 Dec 2026           120
Coffee card                           7/10
------------------------------------------
           Voucher: Free coffee
         Valid until 31 Dec 2026
              RV1-7F3K-9QXM
        Keep this code for refunds
     RS1-K7Q2M9XAB3-0ABCDEFGHJKMN-152
                Thank you!
       K7Q2M9XAB3-0ABCDEFGHJKMN-152
            #152 3fa94c01bb72
"""


def test_the_sample_in_42_columns() -> None:
    assert render_text(sample_receipt(), load_template()) == TEXT_42


@pytest.mark.parametrize("language", ["en", "pl", "ro", "ru"])
def test_a_receipt_survives_storage(language: str) -> None:
    receipt = sample_receipt(language)
    assert decode(encode(receipt)) == receipt


def test_marks_stand_at_the_head_and_once() -> None:
    receipt = marked(marked(marked(sample_receipt(), Mark.TRAINING), Mark.COPY), Mark.COPY)
    lines = render_text(receipt, load_template()).splitlines()
    assert [line.strip() for line in lines[:2]] == ["*** TRAINING: NOT A RECEIPT ***", "*** COPY ***"]
    assert "*** COPY ***" not in lines[2:]


def test_a_refund_says_what_is_given_back() -> None:
    text = render_text(marked(sample_receipt(), Mark.REFUND), load_template())
    assert "Given back                       PLN 58.90" in text
    assert "To pay" not in text


def test_an_unknown_width_is_refused() -> None:
    with pytest.raises(WrongUse) as refusal:
        render_text(sample_receipt(), load_template(), 40)
    assert refusal.value.reason == "receipt_columns_unknown"
