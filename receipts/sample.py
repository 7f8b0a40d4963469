"""A receipt that shows everything, for previews and tests."""

from receipts.receipt import (
    Code,
    EarnedBy,
    Expiry,
    JournalPlace,
    Points,
    Receipt,
    ReceiptLine,
    ReceiptReward,
    Shop,
    StampCard,
    TierProgress,
    VoucherWon,
)

# 2026-03-03 14:02 in Warsaw, a Tuesday; what expires, expires at the end of that year.
SAMPLE_AT_MS = 1_772_542_920_000
_YEAR_END_MS = 1_798_758_000_000
_SAMPLE_WORDS = {
    "en": (
        "Groceries",
        "Coffee",
        "5 off",
        "Everyday",
        "Tuesday double",
        "Coffee card",
        "Free coffee",
        "Gold",
        "Platinum",
    ),
    "pl": (
        "Żywność",
        "Kawa",
        "5 zł mniej",
        "Codziennie",
        "Podwójny wtorek",
        "Karta na kawę",
        "Kawa gratis",
        "Złoty",
        "Platynowy",
    ),
    "ro": (
        "Băcănie și țelină",
        "Cafea",
        "5 lei reducere",
        "Zilnic",
        "Marți dublu",
        "Card de cafea",
        "Cafea gratuită",
        "Aur",
        "Platină",
    ),
    "ru": (
        "Продукты",
        "Кофе",
        "Скидка 5",
        "Каждый день",
        "Двойной вторник",
        "Карта кофе",
        "Кофе в подарок",
        "Золотой",
        "Платиновый",
    ),
}
_SAMPLE_NAMES = {"en": "Zoë Novak", "pl": "Zofia Śliwińska", "ro": "Ștefan Țăran", "ru": "Фёдор Щукин"}


def sample_receipt(language: str = "en", currency: str = "PLN") -> Receipt:
    """A receipt of an invented sale, with one of each thing that a receipt can hold."""
    groceries, coffee, off, everyday, tuesday, card, free, gold, platinum = _SAMPLE_WORDS[language]
    return Receipt(
        shop=Shop("Regulars", ("1 Market Square",), till="Till 3", cashier="Ana", logo=True),
        currency=currency,
        zone="Europe/Warsaw",
        at_ms=SAMPLE_AT_MS,
        language=language,
        entry_id="K7Q2M9XAB3-0ABCDEFGHJKMN-152",
        lines=(ReceiptLine(groceries, 4590), ReceiptLine(coffee, 1800, 2000)),
        total_minor=6390,
        rewards=(ReceiptReward(off, 500, 500_000),),
        to_pay_minor=5890,
        member_name=_SAMPLE_NAMES[language],
        points=Points(1_240_000, 116_000, 500_000, 856_000),
        earned=(EarnedBy(everyday, 58_000), EarnedBy(tuesday, 58_000)),
        tier=TierProgress(gold, platinum, 260_000),
        expiry=Expiry(120_000, _YEAR_END_MS),
        stamps=(StampCard(card, 7, 10),),
        vouchers=(VoucherWon(free, Code("RV1-7F3K-9QXM"), _YEAR_END_MS),),
        sale_code=Code("RS1-K7Q2M9XAB3-0ABCDEFGHJKMN-152"),
        journal=JournalPlace(152, "3fa94c01bb72"),
    )
