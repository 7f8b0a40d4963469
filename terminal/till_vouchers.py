"""Vouchers: which ones a member has, and making one void."""

from config.errors import N_, Refused, WrongUse
from ledger import facts, identity, units
from ledger.store import View
from ledger.units import Voucher
from loyalty.acts import voucher_void_draft
from loyalty.programme.load import Programme
from scanner.codes import voucher_code
from terminal.till_codes import next_entry_id, own_issuer
from terminal.till_counter import Counter
from terminal.till_shapes import VoucherShown
from terminal.till_staff import StaffDesk

MAX_REASON = 200


class VoucherDesk:
    """The single-use codes that stamp cards, activities and rewards have made."""

    def __init__(self, counter: Counter, staff: StaffDesk) -> None:
        self._counter = counter
        self._staff = staff

    def list(self, member_id: str) -> tuple[VoucherShown, ...]:
        """All vouchers of a member, whatever became of them, the oldest first. Refused ``member_unknown``."""
        with self._counter.ledger.read() as view:
            now_ms = self._counter.clock.now_ms()
            programme = self._counter.programme(view, now_ms)
            return shown_vouchers(facts.member_facts(view, member_id).vouchers, programme, now_ms)

    def void(self, code: str, reason: str, manager_pin: str | None = None) -> VoucherShown:
        """Make an unused voucher void; needs a manager and a reason. Refused ``voucher_unknown``, ``voucher_gone``."""
        manager = self._staff.approved_by(manager_pin)
        why = " ".join(reason.split())
        if not 0 < len(why) <= MAX_REASON:
            raise WrongUse("reason_missing", N_("A reason is needed, in a few words. Nothing was changed."))
        with self._counter.ledger.write() as tx:
            voucher = self._open(tx, code)
            draft = voucher_void_draft(
                voucher.member_id, voucher.code, voucher.reward, manager=manager.cashier_id, reason=why
            )
            self._counter.append(tx, draft)
            now_ms = self._counter.clock.now_ms()
            again = units.voucher(tx, voucher.code)
            assert again is not None, "what was open a moment ago"
            return shown_vouchers((again,), self._counter.programme(tx, now_ms), now_ms)[0]

    def _open(self, view: View, code: str) -> Voucher:
        voucher = units.voucher(view, code.strip().upper().replace("-", ""))
        if voucher is None:
            raise Refused(
                "voucher_unknown", N_("There is no voucher with this code here. Nothing was changed. Check the code.")
            )
        if voucher.status != "open":
            raise Refused(
                "voucher_gone",
                N_("This voucher is {status} already. Nothing was changed."),
                status=voucher.status,
            )
        return voucher


def new_voucher_codes(view: View, count: int) -> tuple[str, ...]:
    """Codes for the vouchers that the journal's next entry makes: made from its identity, and not to be guessed."""
    if not count:
        return ()
    entry_id = next_entry_id(view, identity.till_facts(view).till_id)
    issuer = own_issuer(view)
    return tuple(voucher_code(issuer, entry_id, place) for place in range(count))


def shown_vouchers(vouchers: tuple[Voucher, ...], programme: Programme, now_ms: int) -> tuple[VoucherShown, ...]:
    """Vouchers with the names of their rewards; one whose time is over reads ``expired``."""
    names = {reward.id: reward.name for reward in programme.model.rewards}
    return tuple(
        VoucherShown(
            code=each.code,
            reward=each.reward,
            name=names.get(each.reward, each.reward),
            status=_status(each, now_ms),
            issued_ms=each.issued_ms,
            expires_ms=each.expires_ms,
            member_id=each.member_id,
        )
        for each in vouchers
    )


def _status(voucher: Voucher, now_ms: int) -> str:
    over = voucher.expires_ms is not None and voucher.expires_ms <= now_ms
    return "expired" if over and voucher.status == "open" else voucher.status
