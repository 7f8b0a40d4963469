"""Receipts: what was sold, earned and spent, put on paper from the journal's entry; shown, saved, printed again."""

from pathlib import Path

from config.errors import N_, Broken, Refused, WrongUse
from config.formats import local_time
from config.paths import HomePaths
from ledger import journal, print_jobs
from ledger.sale_reading import REVERSALS, SALES
from ledger.store import Transaction, View
from loyalty.entries import Entry
from receipts.receipt import Mark, Receipt, decode, encode, marked
from receipts.rendering import DEFAULT_COLUMNS, render_text
from receipts.template import load_template
from terminal.till_codes import find_entry_id
from terminal.till_counter import Counter
from terminal.till_receipt import build_receipt


class ReceiptDesk:
    """The receipts of sales and refunds; *entry* is an identity, ``#152``, a receipt's code, or None for the last."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    def show(self, entry: str | None = None) -> Receipt:
        """The receipt as data, as it was printed where it was; Refused ``sale_unknown``, ``no_receipt``."""
        with self._counter.ledger.read() as view:
            return self._receipt(view, self._entry(view, entry))

    def text(self, entry: str | None = None, columns: int = DEFAULT_COLUMNS) -> str:
        """The receipt as text of 32, 42 or 48 columns."""
        return render_text(self.show(entry), load_template(self._counter.settings.printer.template), columns)

    def save(self, entry: str | None = None) -> Path:
        """Save the receipt as a text file in the home's folder of receipts."""
        with self._counter.ledger.read() as view:
            found = self._entry(view, entry)
            receipt = self._receipt(view, found)
            file = receipt_file(self._counter.ledger.paths, found, self._counter.till(view).zone)
        content = render_text(receipt, load_template(self._counter.settings.printer.template))
        try:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.write_text(content, encoding="utf-8")
        except OSError as error:
            raise Broken(
                "receipt_not_saved",
                N_("The receipt can't be saved as a file ({why}). The sale is safe; try again later."),
                why=error.strerror or "",
            ) from error
        return file

    def reprint(self, entry: str | None = None) -> int:
        """Queue the receipt once more, marked as a copy; the job's number. Refused ``no_printer``."""
        self._require_printer()
        with self._counter.ledger.write() as tx:
            found = self._entry(tx, entry)
            receipt = marked(self._receipt(tx, found), Mark.COPY)
            return print_jobs.enqueue(
                tx,
                encode(receipt),
                now_ms=self._counter.clock.now_ms(),
                entry_id=str(found.id),
                member_id=found.member_id,
                copy=True,
            )

    def _require_printer(self) -> None:
        if not self._counter.settings.printer.prints:
            raise Refused(
                "no_printer",
                N_("No printer is set up. Nothing was printed. Set one up in the settings' section [printer]."),
            )

    def _entry(self, view: View, text: str | None) -> Entry:
        if text is None:
            last = journal.last_entry(view, sorted(SALES | REVERSALS))
            if last is None:
                raise Refused("no_receipt", N_("Nothing was sold here yet: there is no receipt."))
            return last
        entry = journal.entry(view, find_entry_id(view, text))
        if entry is None or entry.kind not in SALES | REVERSALS:
            raise WrongUse(
                "no_receipt",
                N_("This till has no receipt with the number {entry}. Nothing was changed; check the number."),
                entry=text.strip()[:60],
            )
        return entry

    def _receipt(self, view: View, entry: Entry) -> Receipt:
        """As it was queued with its sale; built again where nothing was queued."""
        kept = print_jobs.last_receipt(view, str(entry.id))
        if kept is None:
            return build_receipt(self._counter, view, entry)
        receipt = decode(kept.receipt)
        return receipt if not kept.copy else build_receipt(self._counter, view, entry)


def receipt_file(paths: HomePaths, entry: Entry, zone: str) -> Path:
    """Where the receipt of *entry* is saved as a file; an erasure looks for it under this name."""
    return paths.receipts_dir / f"{local_time(entry.at_ms, zone):%Y-%m-%d}-{entry.epoch:x}-{entry.seq}.txt"


def print_receipt(counter: Counter, tx: Transaction, entry: Entry) -> int | None:
    """Queue the receipt of *entry* in its own transaction; None where no printer is set up."""
    if not counter.settings.printer.prints:
        return None
    return print_jobs.enqueue(
        tx,
        encode(build_receipt(counter, tx, entry)),
        now_ms=counter.clock.now_ms(),
        entry_id=str(entry.id),
        member_id=entry.member_id,
        open_drawer=counter.settings.printer.open_drawer,
    )
