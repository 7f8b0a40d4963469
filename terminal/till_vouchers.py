"""Vouchers: which ones a member has, and making one void."""

from collections.abc import Container

import msgspec

from config.errors import N_, Refused, WrongUse
from ledger import exchange, identity, units
from ledger.store import View
from loyalty.acts import voucher_void_draft
from loyalty.programme.load import Programme
from scanner.codes import voucher_code
from terminal.till_account import MemberAccount, read_account
from terminal.till_codes import next_entry_id, own_issuer
from terminal.till_counter import Counter
from terminal.till_shapes import VoucherShown
from terminal.till_staff import StaffDesk

MAX_REASON = 200
OPEN, USED, EXPIRED = "open", "used", "expired"


class VoucherDesk:
    """The single-use codes that stamp cards, activities and rewards have made."""

    def __init__(self, counter: Counter, staff: StaffDesk) -> None:
        self._counter = counter
        self._staff = staff

    def list(self, member_id: str) -> tuple[VoucherShown, ...]:
        """All vouchers of a member, whatever became of them, the oldest first. Refused ``member_unknown``."""
        with self._counter.ledger.read() as view:
            return _member_vouchers(self._counter, view, member_id)

    def void(self, code: str, reason: str, manager_pin: str | None = None) -> VoucherShown:
        """Make an unused voucher void; needs a manager and a reason. Refused ``voucher_unknown``, ``voucher_gone``."""
        manager = self._staff.approved_by(manager_pin)
        why = " ".join(reason.split())
        if not 0 < len(why) <= MAX_REASON:
            raise WrongUse("reason_missing", N_("A reason is needed, in a few words. Nothing was changed."))
        with self._counter.ledger.write() as tx:
            voucher = self._open(tx, code)
            draft = voucher_void_draft(
                voucher.member_id or "", voucher.code, voucher.reward, manager=manager.cashier_id, reason=why
            )
            self._counter.append(tx, draft)
            return msgspec.structs.replace(voucher, status="void")

    def _open(self, view: View, code: str) -> VoucherShown:
        voucher = find_voucher(self._counter, view, code.strip().upper().replace("-", ""))
        if voucher is None:
            raise Refused(
                "voucher_unknown", N_("There is no voucher with this code here. Nothing was changed. Check the code.")
            )
        if voucher.status not in (OPEN, EXPIRED):
            raise Refused(
                "voucher_gone",
                N_("This voucher is {status} already. Nothing was changed."),
                status=voucher.status,
            )
        return voucher


def find_voucher(counter: Counter, view: View, code: str) -> VoucherShown | None:
    """The voucher with this code as it stands; None when this till does not know it."""
    own = units.voucher(view, code)
    owner = exchange.voucher_owner(view, code) if own is None else own.member_id
    if owner is None:
        return None
    return next((each for each in _member_vouchers(counter, view, owner) if each.code == code), None)


def vouchers_of(member: MemberAccount, programme: Programme, now_ms: int) -> tuple[VoucherShown, ...]:
    """A member's vouchers with the names of their rewards, the oldest first.

    What is open is what the account says, in which headquarters' word counts; the journal knows of those that this
    till made, and what became of them here. One whose time is over reads ``expired``.
    """
    facts, account, _ = member
    names = {reward.id: reward.name for reward in programme.model.rewards}
    usable = {each.code: each for each in account.vouchers}
    known = {each.code: each for each in facts.vouchers}
    shown = [
        _shown(each.code, each.reward, _status(each, usable), each.expires_ms, now_ms, issued_ms=each.issued_ms)
        for each in facts.vouchers
    ]
    shown += [
        _shown(each.code, each.reward, OPEN, each.expires_ms, now_ms)
        for each in account.vouchers
        if each.code not in known
    ]
    return tuple(
        msgspec.structs.replace(each, name=names.get(each.reward, each.reward), member_id=account.member_id)
        for each in shown
    )


def new_voucher_codes(view: View, count: int) -> tuple[str, ...]:
    """Codes for the vouchers that the journal's next entry makes: made from its identity, and not to be guessed."""
    if not count:
        return ()
    entry_id = next_entry_id(view, identity.till_facts(view).till_id)
    issuer = own_issuer(view)
    return tuple(voucher_code(issuer, entry_id, place) for place in range(count))


def _member_vouchers(counter: Counter, view: View, member_id: str) -> tuple[VoucherShown, ...]:
    now_ms = counter.clock.now_ms()
    programme = counter.programme(view, now_ms)
    member = read_account(counter, view, programme, member_id, now_ms, counter.store(view))
    return vouchers_of(member, programme, now_ms)


def _status(voucher: units.Voucher, usable: Container[str]) -> str:
    if voucher.code in usable:
        return OPEN
    # Open in this till's journal and not in the account: it was used where this till could not see it.
    return USED if voucher.status == OPEN else voucher.status


def _shown(
    code: str, reward: str, status: str, expires_ms: int | None, now_ms: int, *, issued_ms: int | None = None
) -> VoucherShown:
    over = status == OPEN and expires_ms is not None and expires_ms <= now_ms
    return VoucherShown(
        code=code,
        reward=reward,
        name=reward,
        status=EXPIRED if over else status,
        issued_ms=issued_ms,
        expires_ms=expires_ms,
    )
