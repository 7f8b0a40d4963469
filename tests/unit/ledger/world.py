"""A small till for the ledger's tests: a clock that stands still, a seeded random source, plain drafts."""

import random
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from config.paths import HomePaths
from ledger import journal, members
from ledger.founding import create_ledger
from ledger.identity import Founding
from ledger.store import Ledger, Transaction
from loyalty.basket import Basket, Line
from loyalty.bodies import RefundedLine, SaleCompleted, SaleQuote, SaleRefunded
from loyalty.days import StoreFacts
from loyalty.entries import POINTS, AccountMove, Contra, Draft, Entry, Header, Kind, Leg, PostingRef
from loyalty.quoted import Discount, RulePoints

ZOFIA = "Z0F1A00000000000"
MARIA = "MAR1A00000000000"
START_MS = 1_714_557_600_000  # Wednesday 1 May 2024, 12:00 in Warsaw
FOUNDING = Founding("S12", "Corner shop", "Till 3", "PLN", "Europe/Warsaw")


@dataclass
class StandingClock:
    """Says what it was told."""

    at_ms: int = START_MS

    def now_ms(self) -> int:
        return self.at_ms

    def monotonic_ms(self) -> int:
        return 5_000

    def boot_id(self) -> str:
        return "boot-1"


@dataclass
class SeededRandom:
    """The same identities in every run."""

    source: random.Random = field(default_factory=lambda: random.Random(7))

    def token(self, size: int) -> bytes:
        return self.source.randbytes(size)


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """A body of no particular kind."""

    note: str = ""


def new_ledger(home: Path, seed: int = 7) -> Ledger:
    """A till that has just been set up in *home*."""
    source = SeededRandom(random.Random(seed))
    return create_ledger(HomePaths(home), FOUNDING, clock=StandingClock(), random=source)


def earned(
    amount: int, *, member: str = ZOFIA, kind: str = "activity_recorded", expires_ms: int | None = None
) -> Draft:
    """A member gets *amount* millipoints."""
    header = Header(
        legs=(Leg(member, POINTS, amount, Contra.ISSUED, expires_ms=expires_ms),),
        own=(AccountMove(member, amount),),
    )
    return Draft(kind, Body("earned"), header, member_id=member, cashier_id="ana")


def spent(amount: int, *, member: str = ZOFIA) -> Draft:
    """A member spends *amount* millipoints."""
    header = Header(
        legs=(Leg(member, POINTS, -amount, Contra.REDEEMED),),
        used=(AccountMove(member, amount),),
    )
    return Draft("sale_completed", Body("spent"), header, member_id=member, cashier_id="ana")


def sale(
    *,
    paid_minor: int = 4590,
    member: str | None = ZOFIA,
    points: int = 45_000,
    spend: int = 0,
    category: str = "groceries",
) -> Draft:
    """A sale of one line, with a body as loyalty writes it."""
    discounts = (Discount("five_off", 500, spend),) if spend else ()
    body = SaleCompleted(
        store=StoreFacts("S12", "Europe/Warsaw"),
        programme="p1",
        basket=Basket("PLN", (Line(category, paid_minor + (500 if spend else 0), sku="5901"),)),
        quote=SaleQuote(
            total_minor=paid_minor + (500 if spend else 0),
            to_pay_minor=paid_minor,
            discounts=discounts,
            points_earned_millipoints=points,
            points_spent_millipoints=spend,
            earned_by_rule=(RulePoints("base", points),),
        ),
    )
    legs = [Leg(member, POINTS, points, Contra.ISSUED)] if member and points else []
    legs += [Leg(member, POINTS, -spend, Contra.REDEEMED)] if member and spend else []
    header = Header(
        legs=tuple(legs),
        own=(AccountMove(member, points),) if member and points else (),
        used=(AccountMove(member, spend),) if member and spend else (),
    )
    return Draft(Kind.SALE_COMPLETED, body, header, member_id=member, cashier_id="ana")


def refund(of: Entry, *, whole: bool = True, refunded_minor: int = 4590, points: int = 45_000) -> Draft:
    """A refund of the sale *of*; whole unless it says otherwise."""
    body = SaleRefunded(
        sale=str(of.id),
        store=StoreFacts("S12", "Europe/Warsaw"),
        lines=(RefundedLine(0, "groceries", refunded_minor, refunded_minor, sku="5901"),),
        refunded_minor=refunded_minor,
        whole=whole,
    )
    member = str(of.member_id)
    undoes = PostingRef(of.till_id, of.epoch, of.seq, 0)
    header = Header(
        legs=(Leg(member, POINTS, -points, Contra.ISSUED, undoes=undoes),), used=(AccountMove(member, points),)
    )
    return Draft(Kind.SALE_REFUNDED, body, header, member_id=of.member_id, cashier_id="ana")


def append(ledger: Ledger, *drafts: Draft, at_ms: int = START_MS) -> tuple[Entry, ...]:
    """Each of *drafts* in a transaction of its own."""
    entries = []
    for draft in drafts:
        with ledger.write() as tx:
            entries.append(journal.append(tx, draft, at_ms=at_ms))
    return tuple(entries)


def enrol(tx: Transaction, member_id: str = ZOFIA, number: str | None = None) -> None:
    """A member without a profile."""
    members.add(tx, member_id, enrolled_ms=START_MS, number=number)
