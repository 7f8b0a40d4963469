"""Builders for everybody's tests: a clock that stands, randomness that repeats itself, a shop in a temporary home."""

import random
import shutil
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from config.paths import HomePaths
from config.settings import Settings
from loyalty.basket import Line
from terminal.till import Till
from terminal.till_member_shapes import Enrolment
from terminal.till_opening import open_till, set_up
from terminal.till_sale_shapes import RewardChoice, SaleDone, SaleRequest
from terminal.till_shapes import SetUp, SetUpDone

PIN = "4711"
ZONE = "Europe/Warsaw"
NOW_MS = 1_794_909_600_000  # Tuesday, 17 November 2026, 11:00 in Warsaw
MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS

PLAIN_PROGRAMME = """
name = "One for one"

[[rule]]
id = "base"
name = "A point for each 1.00"
points = 1
per = 1.00

[[reward]]
id = "five-off"
name = "5.00 off"
kind = "amount_off"
amount = 5.00
points = 100

[[reward]]
id = "pay"
name = "Points as payment"
kind = "points_payment"
points = 100
worth = 1.00
step = 50
"""


class StillClock:
    """A clock that stands until it is moved."""

    def __init__(self, at_ms: int = NOW_MS) -> None:
        self.at_ms = at_ms

    def now_ms(self) -> int:
        return self.at_ms

    def monotonic_ms(self) -> int:
        return self.at_ms - NOW_MS

    def boot_id(self) -> str:
        return "test"

    def forward(self, *, days: int = 0, minutes: int = 0) -> None:
        """Let time pass."""
        self.at_ms += days * DAY_MS + minutes * MINUTE_MS


class SeededRandom:
    """The same identities in every run."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)

    def token(self, size: int) -> bytes:
        return self._random.randbytes(size)


def at(text: str, zone: str = ZONE) -> int:
    """UTC milliseconds of a local time such as ``2026-11-17 11:00``."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 1000


def lines(*parts: str) -> tuple[Line, ...]:
    """Lines from ``"Coffee:2:18.00"`` (category[/SKU]:quantity:total) or ``"45.90"`` (a line of category Groceries)."""
    return tuple(_line(part) for part in parts)


def _line(part: str) -> Line:
    if ":" not in part:
        return Line("Groceries", _minor(part))
    what, quantity, total = part.split(":")
    category, _, sku = what.partition("/")
    return Line(category, _minor(total), round(float(quantity) * 1000), sku or None)


def _minor(text: str) -> int:
    return round(float(text) * 100)


class Shop:
    """A till in a home, with a still clock and its manager Ana signed in."""

    def __init__(self, folder: Path, programme: str | None = PLAIN_PROGRAMME, *, seed: int = 1) -> None:
        self.clock = StillClock()
        self.random = SeededRandom(seed + 1000)
        self.home = HomePaths(folder)
        self.settings = Settings()
        made_home, self.made = _made_home(programme, seed)
        # Setting up hashes a PIN slowly on purpose: once is enough.
        shutil.copytree(made_home.name, folder, dirs_exist_ok=True)
        self.till: Till = self.open()
        self.till.staff.sign_in(PIN)

    def open(self, *, read_only: bool = False) -> Till:
        """One more till on this home."""
        return open_till(self.home, self.settings, clock=self.clock, random=self.random, read_only=read_only)

    def reopen(self) -> Till:
        """Close the till and open it again, as after a restart."""
        self.till.close()
        self.till = self.open()
        self.till.staff.sign_in(PIN)
        return self.till

    def member(
        self,
        name: str | None = "Zofia Nowak",
        *,
        phone: str | None = None,
        email: str | None = None,
        birthday: str | None = None,
        card: str | None = None,
    ) -> str:
        """Enrol somebody; their id."""
        person = Enrolment(name=name, phone=phone, email=email, birthday=birthday, card=card)
        return self.till.members.enrol(person).member_id

    def member_with(self, points: int) -> str:
        """Enrol somebody who has so many points, by one purchase."""
        member_id = self.member(None)
        if points:
            self.sell(f"{points}.00", member=member_id)
        return member_id

    def request(
        self, *parts: str, member: str | None = None, rewards: Sequence[str] = (), at_ms: int | None = None, **more: str
    ) -> SaleRequest:
        """A basket; rewards as ``"five-off"`` or ``"pay:150"``."""
        return SaleRequest(
            lines=lines(*parts),
            member_id=member,
            rewards=tuple(_choice(text) for text in rewards),
            at_ms=at_ms,
            key=more.get("key"),
            held_id=more.get("held_id"),
            payment_method=more.get("payment_method"),
            vouchers=tuple(filter(None, [more.get("voucher")])),
        )

    def sell(
        self, *parts: str, member: str | None = None, rewards: Sequence[str] = (), at_ms: int | None = None, **more: str
    ) -> SaleDone:
        """Sell a basket."""
        return self.till.sales.sell(self.request(*parts, member=member, rewards=rewards, at_ms=at_ms, **more))

    def points(self, member_id: str) -> int:
        """The member's whole points."""
        return self.till.members.show(member_id).points_millipoints // 1000

    def close(self) -> None:
        """Close the till."""
        self.till.close()


@cache
def _made_home(programme: str | None, seed: int) -> tuple[TemporaryDirectory[str], SetUpDone]:
    folder: TemporaryDirectory[str] = TemporaryDirectory(prefix="regulars-home-")
    request = SetUp(store="Corner shop", till="Till 1", manager="Ana", pin=PIN, programme=programme)
    done = set_up(HomePaths(Path(folder.name)), request, clock=StillClock(), random=SeededRandom(seed))
    return folder, done


def _choice(text: str) -> RewardChoice:
    reward, _, points = text.partition(":")
    return RewardChoice(reward=reward, points_millipoints=int(points) * 1000 if points else None)
