"""Baskets that wait: put aside, taken up again, and the one on the screen, which survives a crash.

A held basket is a document and nothing else: rewards chosen in it are reservations that cost nothing and let go of
themselves. It stays on the list until its sale is saved or somebody drops it.
"""

import os

import msgspec

from config.errors import N_, Broken
from ledger import held
from ledger.held import Held as KeptBasket
from terminal.till_counter import Counter
from terminal.till_sale_shapes import Held, SaleRequest

MAX_LABEL = 60
_decode_request = msgspec.json.Decoder(SaleRequest).decode


class BasketDesk:
    """What is not sold yet."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def hold(self, request: SaleRequest, label: str = "") -> Held:
        """Put a basket aside; Refused ``too_many_held``. Holding one again that was recalled takes its place."""
        with self._counter.ledger.write() as tx:
            if request.held_id is not None:
                held.drop(tx, held_number(request.held_id))
            number = held.hold(
                tx,
                msgspec.json.encode(msgspec.structs.replace(request, held_id=None)),
                label=label.strip()[:MAX_LABEL],
                cashier_id=self._counter.session.cashier_id,
                member_id=request.member_id,
                at_ms=self._counter.clock.now_ms(),
            )
            return _shown(held.get(tx, number))

    def held(self) -> tuple[Held, ...]:
        """All baskets put aside, the oldest first."""
        with self._counter.ledger.read() as view:
            return tuple(_shown(each) for each in held.held(view))

    def recall(self, held_id: str) -> Held:
        """A basket put aside, whose request names it: selling it takes it off the list. Refused ``held_unknown``."""
        with self._counter.ledger.read() as view:
            return _shown(held.get(view, held_number(held_id)))

    def drop(self, held_id: str) -> None:
        """Take a basket off the list; Refused ``held_unknown``."""
        with self._counter.ledger.write() as tx:
            number = held_number(held_id)
            held.get(tx, number)
            held.drop(tx, number)

    def save_draft(self, request: SaleRequest) -> None:
        """Keep the basket on the screen: a file that replaces the one before, so it is whole or not there."""
        file = self._counter.ledger.paths.drafts
        draft = file.with_name(f"{file.name}.part")
        try:
            draft.touch(mode=0o600)
            with draft.open("wb") as content:
                content.write(msgspec.json.encode(request))
                content.flush()
                os.fsync(content.fileno())  # Else a power cut leaves an empty file under the good name.
            draft.replace(file)
        except OSError as error:
            raise Broken(
                "draft_not_kept",
                N_("The basket on the screen can't be kept on disk ({why}). Go on; it is lost if the till stops now."),
                why=error.strerror or "",
            ) from error

    def draft(self) -> SaleRequest | None:
        """The basket that was on the screen; None when there was none, or its file is damaged."""
        try:
            return _decode_request(self._counter.ledger.paths.drafts.read_bytes())
        except (OSError, msgspec.DecodeError):
            return None

    def drop_draft(self) -> None:
        """Nothing is on the screen any more."""
        self._counter.ledger.paths.drafts.unlink(missing_ok=True)


def held_number(held_id: str) -> int:
    """The ledger's number of a held basket; 0, which none has, for a text that is no number."""
    return int(held_id) if held_id.isascii() and held_id.isdigit() and len(held_id) < 19 else 0


def _shown(kept: KeptBasket) -> Held:
    request = msgspec.structs.replace(_decode_request(kept.document), held_id=str(kept.held_id))
    return Held(
        held_id=str(kept.held_id),
        label=kept.label,
        at_ms=kept.at_ms,
        cashier=kept.cashier_id,
        member_id=kept.member_id,
        lines=request.lines,
        total_minor=sum(line.amount_minor for line in request.lines),
        request=request,
    )
