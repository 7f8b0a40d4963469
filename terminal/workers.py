"""The app's way to the till service: a thread writes, another reads; the screen's own thread never waits for SQLite."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from ledger.writer import WriterThread
from terminal.till import Till

Answer = TypeVar("Answer")

MAX_WAITING = 64


class TillDesk:
    """Hands work to the till's threads and awaits the answers."""

    def __init__(self, open_writer: Callable[[], Till], open_reader: Callable[[], Till]) -> None:
        self._writer = _thread(open_writer)
        self._open_reader = open_reader
        self._reader: WriterThread[Till] | None = None
        self._aside: WriterThread[Till] | None = None
        self._cashier_id: str | None = None

    async def open(self) -> None:
        """Open the writer and the reader; what keeps the till from opening is raised here.

        The reader comes second: the writer brings an older file up to date first.
        """
        try:
            await self.write(lambda _till: None)
            self._reader = _thread(self._open_reader)
            await self.read(lambda _till: None)
        except BaseException:
            self.close()
            raise

    async def act_as(self, cashier_id: str) -> None:
        """Let somebody who has signed in at the writer ask the reading tills too."""
        self._cashier_id = cashier_id
        for thread in (self._reader, self._aside):
            if thread is not None:
                await _answer(thread, lambda till: till.act_as(cashier_id))

    async def write(self, act: Callable[[Till], Answer]) -> Answer:
        """What *act* answers on the writing thread; acts are done one after the other, in the order of the calls.

        A screen that goes away stops waiting, but what it has asked for is still done.
        """
        return await _answer(self._writer, act)

    async def read(self, act: Callable[[Till], Answer]) -> Answer:
        """What *act* answers on the reading thread, which never waits for a write."""
        assert self._reader is not None, "the till is not open yet"
        return await _answer(self._reader, act)

    async def read_aside(self, act: Callable[[Till], Answer]) -> Answer:
        """Like :meth:`read`, on a thread of its own: for what takes long, so that no scan waits behind it."""
        if self._aside is None:
            self._aside = _thread(self._open_reader)
            cashier_id = self._cashier_id
            await _answer(self._aside, lambda till: till.act_as(cashier_id))
        return await _answer(self._aside, act)

    def close(self) -> None:
        """Finish what waits, then close every till."""
        for thread in (self._aside, self._reader, self._writer):
            if thread is not None:
                thread.close()


def _thread(opener: Callable[[], Till]) -> WriterThread[Till]:
    return WriterThread(opener, Till.close, capacity=MAX_WAITING)


async def _answer(thread: WriterThread[Till], act: Callable[[Till], Answer]) -> Answer:
    return await asyncio.shield(asyncio.wrap_future(thread.submit(act)))
