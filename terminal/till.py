"""The till: the one service that screens, command line and simulation call. Synchronous, without a thread of its own.

It answers at several desks, each in a module of its own (``till_*.py``); all that they share is the
:class:`~terminal.till_counter.Counter`: ledger, clock, random source, settings, and who acts. Opening one is in
:mod:`terminal.till_opening`.
"""

from types import TracebackType
from typing import Self

from ledger import lives, print_jobs, programmes, shifts
from loyalty.days import business_day
from loyalty.ids import EPOCH_LENGTH, to_base32
from terminal.till_cards import CardDesk
from terminal.till_counter import Counter
from terminal.till_imports import ImportDesk
from terminal.till_members import MemberDesk
from terminal.till_person import country_of
from terminal.till_points import PointsDesk
from terminal.till_printing import PrintingDesk
from terminal.till_programmes import ProgrammeDesk, listed
from terminal.till_receipts import ReceiptDesk
from terminal.till_refunds import RefundDesk
from terminal.till_reports import ReportDesk
from terminal.till_sales import SalesDesk
from terminal.till_shapes import Session, TillFacts
from terminal.till_shifts import ShiftDesk, shown
from terminal.till_staff import StaffDesk, session_of
from terminal.till_sync import SyncDesk
from terminal.till_upkeep import UpkeepDesk
from terminal.till_vouchers import VoucherDesk


class Till:
    """An open till. Whoever holds it closes it; each thread that writes has one of its own."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.staff = StaffDesk(counter)
        self.points = PointsDesk(counter, self.staff)
        self.shifts = ShiftDesk(counter, self.points)
        self.members = MemberDesk(counter, self.staff, self.points)
        self.cards = CardDesk(counter)
        self.sales = SalesDesk(counter)
        self.refunds = RefundDesk(counter, self.staff)
        self.vouchers = VoucherDesk(counter, self.staff)
        self.programmes = ProgrammeDesk(counter, self.staff)
        self.imports = ImportDesk(counter, self.staff)
        self.reports = ReportDesk(counter)
        self.receipts = ReceiptDesk(counter)
        self.printing = PrintingDesk(counter)
        self.upkeep = UpkeepDesk(counter)
        self.sync = SyncDesk(counter)

    @property
    def session(self) -> Session:
        """Who acts."""
        return self.counter.session

    @property
    def training(self) -> bool:
        """Whether nothing here counts."""
        return self.counter.training

    def act_as(self, cashier_id: str | None) -> Session:
        """Let somebody act, without a PIN; None is the first manager. Refused ``cashier_unknown``."""
        with self.counter.ledger.read() as view:
            self.counter.session = session_of(view, cashier_id)
        return self.counter.session

    def facts(self) -> TillFacts:
        """What stands on every screen."""
        now_ms = self.counter.clock.now_ms()
        with self.counter.ledger.read() as view:
            till = self.counter.till(view)
            shift = shifts.current_shift(view)
            in_force = programmes.in_force(view, now_ms)
            return TillFacts(
                till_id=till.till_id,
                epoch=to_base32(till.epoch, EPOCH_LENGTH),
                store_id=till.store_id,
                store=till.store_name,
                till=till.till_name,
                currency=till.currency,
                zone=till.zone,
                country=till.country or country_of(till.zone),
                training=self.training,
                paired=till.paired,
                programme=None
                if in_force is None
                else next(each for each in listed(view, now_ms) if each.state == "in_force"),
                language=self.counter.settings.language,
                today=business_day(now_ms, self.counter.store(view)).isoformat(),
                shift=None if shift is None else shown(shift),
                head_seq=lives.head(view).seq,
                unsynced=lives.unsynced(view) if till.paired else 0,
                print_queue=print_jobs.waiting_count(view),
            )

    def data_version(self) -> int:
        """A number that changes when another program has written to this till's file."""
        return self.counter.ledger.data_version()

    def close(self) -> None:
        """Let the file go; harmless when done already."""
        self.counter.ledger.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
