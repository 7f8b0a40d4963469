"""The app's way to the till service: one thread writes, one reads; the screen's own thread never waits for SQLite."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from ledger.writer import WriterThread
from terminal.till import Till

Answer = TypeVar("Answer")

MAX_WAITING = 64


class TillDesk:
    """Hands work to the till's two threads and awaits the answers."""

    def __init__(self, open_writer: Callable[[], Till], open_reader: Callable[[], Till]) -> None:
        self._writer = WriterThread(open_writer, Till.close, capacity=MAX_WAITING)
        self._open_reader = open_reader
        self._reader: WriterThread[Till] | None = None

    async def open(self) -> None:
        """Open both; what keeps the till from opening is raised here.

        The reader comes second: the writer brings an older file up to date first.
        """
        try:
            await self.write(lambda _till: None)
            self._reader = WriterThread(self._open_reader, Till.close, capacity=MAX_WAITING)
            await self.read(lambda _till: None)
        except BaseException:
            self.close()
            raise

    async def write(self, act: Callable[[Till], Answer]) -> Answer:
        """What *act* answers on the writing thread; acts are done one after the other, in the order of the calls.

        A screen that goes away stops waiting, but what it has asked for is still done.
        """
        return await asyncio.shield(asyncio.wrap_future(self._writer.submit(act)))

    async def read(self, act: Callable[[Till], Answer]) -> Answer:
        """What *act* answers on the reading thread, which never waits for a write."""
        assert self._reader is not None, "the till is not open yet"
        return await asyncio.shield(asyncio.wrap_future(self._reader.submit(act)))

    def close(self) -> None:
        """Finish what waits, then close both tills."""
        if self._reader is not None:
            self._reader.close()
        self._writer.close()
