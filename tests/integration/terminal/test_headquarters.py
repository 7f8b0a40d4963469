"""The app and a real HQ over real HTTP: what is sold is sent, points given elsewhere are asked for, offline shows."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from config.seams import SystemRandom
from config.sync_settings import SyncSettings
from hq.database import open_database
from hq.office import Office
from hq.service import Headquarters
from terminal.screens.headquarters import HeadquartersScreen
from terminal.till_member_shapes import Enrolment
from tests.integration.hq.serving import serving
from tests.integration.terminal.shop import Shop


class Headoffice:
    """HQ that can be switched off, and whom it serves."""

    def __init__(self, folder: Path, shop: Shop) -> None:
        self.hq = Headquarters(open_database(folder / "hq.db"), clock=shop.clock, random=SystemRandom())
        self.office = Office(self.hq)
        self.office.add_store("S1", "Corner shop", "Europe/Warsaw", "PLN")
        self._serving = ExitStack()
        self.url = self._serving.enter_context(serving(self.hq))

    def stop(self) -> None:
        self._serving.close()


@pytest.fixture
def office(shop: Shop, tmp_path: Path) -> Iterator[Headoffice]:
    """HQ, with the shop's till paired to it."""
    sync = SyncSettings(push_every_s=0.1, long_poll_s=1, read_timeout_s=5, connect_timeout_s=1)
    shop.settings = shop.settings.model_copy(update={"sync": sync})
    there = Headoffice(tmp_path, shop)
    with shop.till() as till:
        till.sync.pair(there.url, there.office.add_till("S1", "Till 3"))
    yield there
    there.stop()


async def test_what_is_sold_is_sent_and_what_hq_gives_can_be_spent(shop: Shop, office: Headoffice) -> None:
    with shop.till() as till:
        card = till.members.enrol(Enrolment(name="Zofia")).cards[0].code
        member_id = till.members.identify(card).member.member_id  # type: ignore[union-attr]
        till.sync.sync_once()
    office.office.adjust(member_id, 900_000, "welcome back")
    async with shop.app() as counter:
        status = counter.app

        def sees(points: int) -> bool:
            member = counter.sale.member
            return member is not None and member.spendable_millipoints == points

        await counter.until(lambda: status.with_hq is not None and status.with_hq.paired)
        with shop.till() as beside:
            await counter.until(lambda: beside.members.show(member_id).points_millipoints == 900_000)
            assert beside.members.show(member_id).spendable_millipoints == 0
        await counter.scan(card)
        await counter.until(lambda: sees(900_000))
        await counter.type("100")
        await counter.press("f12")
        assert counter.sale.done is not None
        with shop.till() as beside:
            await counter.until(lambda: beside.sync.status().queue == 0)
        assert office.office.member(member_id).balance_millipoints > 900_000


async def test_without_hq_the_till_sells_and_says_what_waits(shop: Shop, office: Headoffice) -> None:
    office.stop()
    async with shop.app() as counter:
        await counter.type("100")
        await counter.press("f12")
        assert counter.sale.done is not None
        await counter.press("f9")
        await counter.type("Headquarters")
        assert counter.on(HeadquartersScreen)
        await counter.until(lambda: "No answer from HQ (no connection)" in counter.text())
        await counter.until(lambda: "Offline" in counter.text() and "wait to be sent" in counter.text())
        await counter.press("f4")
        assert counter.message.startswith("Asked.")


async def test_a_till_without_hq_says_how_to_pair_it(shop: Shop) -> None:
    async with shop.app() as counter:
        await counter.press("f9")
        await counter.type("Headquarters")
        await counter.until(lambda: "works alone" in counter.text())
        await counter.until(lambda: "regulars pair URL CODE" in counter.text())
