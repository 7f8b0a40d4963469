"""Numbers for new cards: this till takes serials from its own block, and never gives one twice."""

from typing import NamedTuple

from config.errors import N_, Refused
from ledger.lives import current_life
from ledger.store import Transaction, View


class Number(NamedTuple):
    """What a card's number is made from."""

    block: int
    serial: int


def give_block(tx: Transaction, block: int, size: int, *, epoch: int | None = None) -> None:
    """A block of *size* serials for one life (the current one by default); a block that is known stays as it is."""
    owner = current_life(tx).epoch if epoch is None else epoch
    tx.execute("INSERT OR IGNORE INTO number_block VALUES (?, ?, 0, ?)", (block, size, owner))


def take(tx: Transaction, count: int = 1) -> tuple[Number, ...]:
    """The next *count* numbers; Refused ``numbers_used_up`` when the current life's blocks have fewer."""
    epoch = current_life(tx).epoch
    taken: list[Number] = []
    blocks = tx.rows(
        "SELECT block, size, next_serial FROM number_block WHERE epoch = ? AND next_serial < size ORDER BY block",
        (epoch,),
    )
    for block, size, first in blocks:
        last = min(size, first + count - len(taken))
        taken += [Number(block, serial) for serial in range(first, last)]
        tx.execute("UPDATE number_block SET next_serial = ? WHERE block = ?", (last, block))
    if len(taken) < count:
        raise Refused(
            "numbers_used_up",
            N_("This till has too few card numbers left ({left}). Nothing was changed. Connect it to get more."),
            left=len(taken),
        )
    return tuple(taken)


def left(view: View) -> int:
    """How many numbers the current life can still give out."""
    total: int = view.value(
        "SELECT COALESCE(SUM(size - next_serial), 0) FROM number_block WHERE epoch = ?", (current_life(view).epoch,)
    )
    return total
