"""The page that shows what a printer can do: its letters, its columns, its codes, its cut."""

from typing import Final

from receipts.profiles import Profile
from receipts.receipt import Code, CodeFormat, Receipt, ReceiptLine, Shop, VoucherWon
from receipts.rendering import render_escpos
from receipts.template import load_template

_LETTERS: Final = (
    "Polski: ąćęłńóśźż ĄĆĘŁŃÓŚŹŻ zł",
    "Română: ăâîșț ĂÂÎȘȚ lei",
    "Русский: абвгдеёжзийклмнопрстуфхцчшщъыьэюя АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ ₽",
    "English: £ € $ “quotes” – dash…",
)


def trial_page(profile: Profile, *, at_ms: int, zone: str, language: str = "en") -> bytes:
    """One job: letters of every language, a ruler, money at the right edge, a code of each kind."""
    ruler = "1234567890" * (profile.columns // 10 + 1)
    receipt = Receipt(
        shop=Shop(profile.title, address=(*_LETTERS, ruler[: profile.columns])),
        currency="EUR",
        zone=zone,
        at_ms=at_ms,
        language=language,
        lines=(ReceiptLine("A line with a name that is too long for the paper, so that it breaks", 123456789),),
        to_pay_minor=123456789,
        vouchers=(
            VoucherWon("QR", Code("REGULARS TEST")),
            VoucherWon("Code 128", Code("REGULARS", CodeFormat.CODE128)),
            VoucherWon("EAN-13", Code("4006381333931", CodeFormat.EAN13)),
        ),
    )
    return render_escpos(receipt, load_template(), profile)
