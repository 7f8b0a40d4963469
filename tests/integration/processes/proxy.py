"""A TCP proxy between tills and HQ that drops, cuts, stalls and delays connections by chance; a process of its own.

python -m tests.integration.processes.proxy --listen 8500 --to 8501 --seed 1 --trouble 300
"""

import argparse
import asyncio
import contextlib
import random

CHUNK = 4096
STALL_S = 2.0


class Proxy:
    """Forwards connections; of a thousand chunks, *trouble* meet some."""

    def __init__(self, port: int, chance: random.Random, trouble: int) -> None:
        self._port = port
        self._chance = chance
        self._trouble = trouble

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a till."""
        with contextlib.closing(writer):
            if self._unlucky(4):
                return
            try:
                hq_reader, hq_writer = await asyncio.open_connection("127.0.0.1", self._port)
            except OSError:
                return
            with contextlib.closing(hq_writer):
                there = asyncio.create_task(self._pump(reader, hq_writer))
                back = asyncio.create_task(self._pump(hq_reader, writer))
                await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
                there.cancel()
                back.cancel()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(CHUNK):
                if self._unlucky(2):
                    # Part of it arrives, and then the line is dead.
                    writer.write(data[: len(data) // 2])
                    return
                if self._unlucky(2):
                    await asyncio.sleep(STALL_S)
                writer.write(data)
                await writer.drain()

    def _unlucky(self, one_of: int) -> bool:
        return self._chance.randrange(1000 * one_of) < self._trouble


async def _run(listen: int, to: int, seed: int, trouble: int) -> None:
    proxy = Proxy(to, random.Random(seed), trouble)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", listen)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("--listen", "--to", "--seed", "--trouble"):
        parser.add_argument(name, type=int, required=True)
    asked = parser.parse_args()
    asyncio.run(_run(asked.listen, asked.to, asked.seed, asked.trouble))
