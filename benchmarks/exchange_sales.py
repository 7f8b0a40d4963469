"""Sales as a till writes them, for the benchmarks of the exchange: real quotes of the sample programme."""

import hashlib
from importlib import resources
from random import Random

import msgspec

from loyalty.account import Account
from loyalty.basket import Basket, Line
from loyalty.booking import Sale, sale_draft
from loyalty.days import StoreFacts
from loyalty.entries import Entry, PostingRef, canonical_bytes, canonical_json
from loyalty.lots import Lot
from loyalty.programme.load import load_programme
from loyalty.quote import quote

TILL = "K7Q2M9XAB3"
EPOCH = 5_721_321_321_321_321
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CATEGORIES = ("groceries", "coffee", "bakery", "dairy", "household")
_DOMAIN = b"regulars/entry/1\x00"
START_MS = 1_760_000_000_000


def sales(
    count: int,
    *,
    skus: bool = False,
    till: str = TILL,
    epoch: int = EPOCH,
    first: int = 1,
    before: bytes = b"\x00" * 32,
) -> tuple[list[bytes], bytes]:
    """*count* sales of as many members, in canonical bytes, and the hash of the last."""
    random = Random(first)
    programme = load_programme((resources.files("config") / "sample" / "programme.toml").read_text("utf-8"))
    store = StoreFacts("S1", "Europe/Warsaw")
    products = [
        (random.choice(_CATEGORIES), f"{random.randrange(10**12):013d}", random.randrange(99, 3000)) for _ in range(400)
    ]
    texts, digest = [], before
    currency = programme.model.currency or "PLN"
    for number in range(first, first + count):
        at_ms = START_MS + number * 61_000 + random.randrange(20_000)
        lines = tuple(_line(random, products, skus=skus) for _ in range(10 if skus else random.randrange(1, 6)))
        basket = Basket(currency, lines)
        account = _account(random, at_ms, lots=random.randrange(5) if skus else random.randrange(2))
        quoted = quote(programme, account, basket, (), at_ms, store, offers=False)
        codes = ["".join(random.choices(_LETTERS, k=12)) for _ in quoted.vouchers_won]
        sale = Sale(programme, account, basket, (), at_ms, store, quoted)
        draft = sale_draft(sale, cashier_id="C1", codes=codes)
        entry = Entry(
            till_id=till,
            epoch=epoch,
            seq=number,
            kind=draft.kind,
            at_ms=at_ms,
            boot_id="9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d",
            monotonic_ms=number * 61_000 + 5_000,
            cashier_id=draft.cashier_id,
            member_id=draft.member_id,
            header=draft.header,
            body=msgspec.Raw(canonical_json(draft.body)),
            hash=b"",
        )
        text = canonical_bytes(entry)
        digest = hashlib.sha256(_DOMAIN + digest + text).digest()
        texts.append(text)
    return texts, digest


def _line(random: Random, products: list[tuple[str, str, int]], *, skus: bool) -> Line:
    if not skus:
        return Line(random.choice(_CATEGORIES), random.randrange(50, 12_000))
    category, sku, price = random.choice(products)
    quantity = random.choice((1, 1, 1, 2, 3))
    return Line(category, price * quantity, quantity * 1000, sku)


def _account(random: Random, at_ms: int, lots: int) -> Account:
    found = []
    for place in range(lots):
        ref = PostingRef(TILL, EPOCH, random.randrange(1, 90_000), 0)
        found.append(Lot(random.randrange(1000, 200_000), at_ms + (place + 1) * 30 * 86_400_000, None, ref, at_ms))
    account = Account(
        member_id="".join(random.choices(_LETTERS, k=16)),
        points_millipoints=sum(lot.amount_millipoints for lot in found),
        lots=tuple(found),
        visits=random.randrange(200),
    )
    return account.as_seen(at_ms)
