"""Acts other than purchases, inside a transaction: what one gives, with its entry; or why it gives nothing."""

import msgspec

from config.errors import N_, Refused, WrongUse
from config.i18n import _
from ledger import units
from ledger.store import Transaction, View
from loyalty.account import Account
from loyalty.activities import Activity, Proof, activity, activity_draft, reference_unit
from loyalty.entries import Entry
from loyalty.programme.load import Programme
from terminal.till_account import alone, read_account
from terminal.till_counter import Counter
from terminal.till_quoting import names_of, vouchers_won
from terminal.till_sale_shapes import ActivityRecorded
from terminal.till_vouchers import new_voucher_codes
from terminal.words import say

MAX_REFERENCE = 100


class ActivityRefused(Refused):
    """An activity gives nothing; *why* are the reason's parameters."""

    def __init__(self, programme: Programme, granted: Activity) -> None:
        why = granted.why
        super().__init__(
            str(why.reason),
            N_("{activity}: {why}. Nothing was recorded."),
            activity=names_of(programme).of("activity", granted.id),
            why=say(str(why.reason), why.params, _),
        )
        self.why = why.params

    @property
    def needs_manager(self) -> bool:
        """Whether a manager's word is all that is missing."""
        return self.why.get("proof") == "manager"


def give(
    counter: Counter, tx: Transaction, member_id: str, activity_id: str, proof: Proof, at_ms: int
) -> tuple[Entry, ActivityRecorded]:
    """Write an activity of *at_ms* and what it gives; ActivityRefused with the reason why it gives nothing."""
    programme = counter.programme(tx, at_ms)
    store = counter.store(tx)
    member = read_account(counter, tx, programme, member_id, at_ms, store)
    account = _with_reference(tx, member.account, activity_id, proof)
    currency = counter.till(tx).currency
    granted = activity(programme, account, activity_id, proof, currency=currency, at_ms=at_ms, store=store)
    if not granted.possible:
        raise ActivityRefused(programme, granted)
    codes = new_voucher_codes(tx, len(granted.vouchers_won))
    cashier_id = counter.session.cashier_id
    draft = activity_draft(programme, account, granted, proof, store, codes=codes, cashier_id=cashier_id)
    balance = member.facts.points_millipoints
    if counter.acts_alone(tx):
        draft = alone(draft, balance)
    entry = counter.append(tx, draft, at_ms)
    return entry, ActivityRecorded(
        entry_id=str(entry.id),
        member_id=account.member_id,
        activity=activity_id,
        points_millipoints=granted.millipoints,
        balance_millipoints=balance + granted.millipoints,
        vouchers_won=vouchers_won(programme, granted.vouchers_won, codes, account.member_id, at_ms),
    )


def clean_reference(text: str | None) -> str | None:
    """What proves an activity, without needless blanks; None where nothing is said. WrongUse when too long."""
    reference = " ".join((text or "").split())
    if len(reference) > MAX_REFERENCE:
        raise WrongUse(
            "reference_too_long",
            N_("A reference has at most {limit} letters. Nothing was recorded; shorten it."),
            limit=MAX_REFERENCE,
        )
    return reference or None


def _with_reference(view: View, account: Account, activity_id: str, proof: Proof) -> Account:
    """*account* with the count of the reference's uses: each proves one act only."""
    if proof.reference is None:
        return account
    unit = reference_unit(activity_id, proof.reference)
    used = units.uses(view, ("",), (unit,))
    return msgspec.structs.replace(account, shop_uses={**account.shop_uses, **used})
