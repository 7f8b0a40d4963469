"""Cuts the power of a till that is selling, many times, and looks at what is left.

Run as a process of its own, since the storage layer stays for good in the process that loads it:

    python -m tests.power.cuts --cuts 200 --seed 1 [--library-folder DIR] [--json]

Each run forks a till on a copy of one shop, lets it sell, hold, refund and enrol, and cuts the power at a random
write; a sale counts as saved once the service has said so. Then the shop is opened again as if after a reboot: every
saved sale must be there, the file sound, the chain and every derived figure right. The same runs with
``synchronous=NORMAL`` are the control: they must lose saved sales, or the layer would prove nothing.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.power.selling import founded_shop, look_after, sell_until_dark
from tests.power.storage import Storage, compiled

MAX_WRITE = 900
KEEP_PERMILLE = (0, 250, 500, 750, 1000)


@dataclass
class Tally:
    """What a series of runs gave: *lost* and *corrupt* count runs, *saved* counts acts said to be saved."""

    runs: int = 0
    cut: int = 0
    saved: int = 0
    lost: int = 0
    corrupt: int = 0


def main() -> int:
    arguments = _arguments()
    with _scratch() as scratch:
        storage = Storage(compiled(arguments.library_folder or scratch))
        shop = founded_shop(scratch / "shop")
        strict = _series(storage, shop, scratch, arguments.cuts, arguments.seed, normal=False)
        control = _series(storage, shop, scratch, max(arguments.cuts // 4, 50), arguments.seed, normal=True)
    answer = {**asdict(strict), "control_runs": control.runs, "control_lost": control.lost, "seed": arguments.seed}
    print(json.dumps(answer) if arguments.json else _words(strict, control))
    return 0 if not strict.lost and not strict.corrupt and control.lost else 3


def _series(storage: Storage, shop: Path, scratch: Path, cuts: int, seed: int, *, normal: bool) -> Tally:
    tally = Tally()
    for number in range(cuts):
        chance = random.Random(f"{seed}/{number}")
        home = scratch / "home"
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(shop, home)
        saved, died = _one_life(storage, home, chance, normal=normal)
        found, sound = look_after(home)
        tally.runs += 1
        tally.cut += died
        tally.saved += len(saved)
        tally.lost += not saved <= found
        # The control may lose what it likes; only what was promised to be whole counts as corrupt.
        tally.corrupt += not sound
        if number % 500 == 499:
            print(f"{number + 1} of {cuts} …", file=sys.stderr)
    return tally


def _one_life(storage: Storage, home: Path, chance: random.Random, *, normal: bool) -> tuple[set[str], bool]:
    """Let a forked till sell until its power goes; what it said was saved, and whether it was cut."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        storage.cut(
            chance.randint(1, MAX_WRITE), seed=chance.getrandbits(32), keep_permille=chance.choice(KEEP_PERMILLE)
        )
        sell_until_dark(home, chance, lambda said: os.write(writing, f"{said}\n".encode()), normal=normal)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="ascii") as pipe:
        said = {line.strip() for line in pipe if line.endswith("\n")}
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError("the till failed where only its power should")
    return said, os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _words(strict: Tally, control: Tally) -> str:
    return (
        f"{strict.runs} runs, {strict.cut} cut, {strict.saved} acts saved: {strict.lost} runs lost one, "
        f"{strict.corrupt} left a damaged file\n"
        f"control (synchronous=NORMAL): {control.lost} of {control.runs} runs lost a saved act"
    )


@contextmanager
def _scratch() -> Iterator[Path]:
    memory = Path("/dev/shm")  # copying a shop ten thousand times is what the time would go into
    folder = Path(tempfile.mkdtemp(prefix="regulars-cuts-", dir=memory if memory.is_dir() else None))
    try:
        yield folder
    finally:
        with suppress(OSError):
            shutil.rmtree(folder)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--library-folder", type=Path)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
