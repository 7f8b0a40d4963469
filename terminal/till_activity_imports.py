"""Activities that another system has noted: each counts once, however often the file comes."""

from collections import Counter as Counts
from collections.abc import Sequence

from config.errors import RegularsError
from ledger import cards, imports
from ledger.store import Transaction
from loyalty.activities import Proof
from loyalty.entries import canonical_json
from terminal.till_activities import ActivityRefused, clean_reference, give
from terminal.till_counter import Counter
from terminal.till_import_shapes import ImportedActivity, Tally
from terminal.till_member_imports import card_code
from terminal.till_shapes import Session
from terminal.till_staff import note_override

_SOURCE = "activities"


class ActivityBatch:
    """The activities of one transaction; *manager* vouches for those that need it."""

    def __init__(self, counter: Counter, tx: Transaction, tally: Tally, manager: Session | None) -> None:
        self._counter = counter
        self._tx = tx
        self._tally = tally
        self._manager = manager

    def take(self, batch: Sequence[ImportedActivity], met: Counts[str]) -> None:
        """Take the activities that are new; *met* counts the rows that say the same."""
        keys = [_key(row, met) for row in batch]
        seen = imports.seen(self._tx, _SOURCE, keys)
        for row, key in zip(batch, keys, strict=True):
            self._tally.read += 1
            if key in seen:
                self._tally.repeated += 1
            else:
                self._take(row, key)

    def _take(self, row: ImportedActivity, key: str) -> None:
        found = cards.find(self._tx, card_code(row.card))
        if len(found) != 1:
            self._tally.refuse(row, "card_ambiguous" if found else "no_such_card")
            return
        try:
            proof = Proof(clean_reference(row.reference), None if self._manager is None else self._manager.cashier_id)
            at_ms = self._counter.time_of(self._tx, row.at_ms)
            entry, given = give(self._counter, self._tx, found[0].member_id, row.activity, proof, at_ms)
        except ActivityRefused as error:
            self._tally.refuse(row, error.reason, **error.why)
            return
        except RegularsError as error:
            self._tally.refuse(row, error.reason)
            return
        if self._manager is not None:
            note_override(self._counter, self._tx, self._manager, f"activity/{row.activity}")
        imports.remember(self._tx, _SOURCE, key, entry)
        self._tally.imported += 1
        self._tally.earned_millipoints += given.points_millipoints


def _key(row: ImportedActivity, met: Counts[str]) -> str:
    """What the row is known by: all that it says, and how many such rows came before it."""
    said = canonical_json([row.card, row.activity, row.at_ms, row.reference]).decode()
    met[said] += 1
    return f"{said}/{met[said]}"
