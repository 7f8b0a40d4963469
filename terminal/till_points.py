"""Points other than a sale's: a manager's adjustments, activities, tiers by hand, and expiry where there is no HQ."""

import msgspec

from config.errors import N_, Refused, WrongUse
from ledger import members
from ledger.store import Transaction, View
from loyalty.activities import Proof
from loyalty.acts import adjustment_draft, tier_draft
from loyalty.entries import Draft
from loyalty.money import MILLI
from terminal.till_account import MemberAccount, alone, read_account
from terminal.till_activities import ActivityRefused, clean_reference, give
from terminal.till_counter import MAX_CLOCK_MS, Counter
from terminal.till_expiry import is_expiry_due, post_expiry
from terminal.till_flags import flag_adjustment
from terminal.till_quoting import names_of
from terminal.till_sale_shapes import ActivityRecorded, ActivityShown, Adjusted
from terminal.till_staff import StaffDesk, manager_needed, note_override

MAX_ADJUSTMENT_MILLIPOINTS = 10**9
MAX_REASON = 200
EXPIRY_PAGE = 500


class TierSet(msgspec.Struct, frozen=True, kw_only=True):
    """A tier given by hand; *tier* None: the points decide again."""

    entry_id: str
    member_id: str
    tier: str | None
    until_ms: int | None


class PointsDesk:
    """Gives and takes points by hand, and lets those expire whose time is over."""

    def __init__(self, counter: Counter, staff: StaffDesk) -> None:
        self._counter = counter
        self._staff = staff

    def adjust(self, member_id: str, points_millipoints: int, reason: str, manager_pin: str | None = None) -> Adjusted:
        """Change a balance by hand; always needs a manager's PIN and a reason, and the journal shows who.

        Refused ``adjustment_below_zero``; WrongUse ``adjustment_out_of_range``, ``reason_missing``.
        """
        manager = self._staff.approved_by(manager_pin)
        why = _reason(reason)
        if not 0 < abs(points_millipoints) <= MAX_ADJUSTMENT_MILLIPOINTS:
            raise WrongUse(
                "adjustment_out_of_range",
                N_("An adjustment is at least a thousandth of a point and at most {most} points. Nothing was changed."),
                most=MAX_ADJUSTMENT_MILLIPOINTS // MILLI,
            )
        with self._counter.ledger.write() as tx:
            now_ms = self._counter.clock.now_ms()
            member = self._read(tx, member_id, now_ms)
            balance = member.facts.points_millipoints
            programme = self._counter.programme(tx, now_ms)
            draft = adjustment_draft(
                programme,
                member.account.member_id,
                points_millipoints,
                reason=why,
                manager=manager.cashier_id,
                balance_millipoints=balance,
                at_ms=now_ms,
                store=self._counter.store(tx),
                right_millipoints=member.account.right_millipoints,
            )
            entry = self._counter.append(tx, self._own_terms(tx, draft, balance), now_ms)
            flag_adjustment(self._counter, tx, programme, entry, points_millipoints)
            return Adjusted(
                entry_id=str(entry.id),
                member_id=member.account.member_id,
                points_millipoints=points_millipoints,
                balance_millipoints=balance + points_millipoints,
            )

    def activities(self) -> tuple[ActivityShown, ...]:
        """The acts that the programme in force rewards."""
        with self._counter.ledger.read() as view:
            programme = self._counter.programme(view, self._counter.clock.now_ms())
        names = names_of(programme)
        return tuple(
            ActivityShown(
                id=each.id,
                name=each.name,
                kind=each.kind,
                points_millipoints=int(each.points * MILLI),
                proof=each.proof,
                voucher=None if each.voucher is None else names.of("reward", each.voucher),
            )
            for each in programme.model.activities
        )

    def record_activity(
        self,
        member_id: str,
        activity_id: str,
        *,
        reference: str | None = None,
        manager_pin: str | None = None,
        at_ms: int | None = None,
    ) -> ActivityRecorded:
        """Give what an activity earns; Refused with the reason why it earns nothing, or ``manager_needed``."""
        manager = self._staff.vouching(manager_pin)
        proof = Proof(clean_reference(reference), None if manager is None else manager.cashier_id)
        with self._counter.ledger.write() as tx:
            moment_ms = self._counter.time_of(tx, at_ms)
            try:
                _entry, given = give(self._counter, tx, member_id, activity_id, proof, moment_ms)
            except ActivityRefused as refused:
                if refused.needs_manager:
                    raise manager_needed() from refused
                raise
            if manager is not None:
                note_override(self._counter, tx, manager, f"activity/{activity_id}")
            return given

    def set_tier(
        self,
        member_id: str,
        tier: str | None,
        until_ms: int | None = None,
        *,
        reason: str = "",
        manager_pin: str | None = None,
    ) -> TierSet:
        """Give a tier by hand, or (None) let the points decide again; needs a manager.

        It ends at *until_ms*, or where none is named with the window that begins now.
        """
        manager = self._staff.approved_by(manager_pin)
        with self._counter.ledger.write() as tx:
            now_ms = self._counter.clock.now_ms()
            programme = self._counter.programme(tx, now_ms)
            if tier is not None and tier not in {each.id for each in programme.model.tier}:
                raise Refused(
                    "tier_unknown", N_("The programme has no tier {tier}. Nothing was changed."), tier=tier[:40]
                )
            if until_ms is not None and not now_ms < until_ms <= MAX_CLOCK_MS:
                raise WrongUse("tier_end_past", N_("A tier ends on a day to come. Nothing was changed."))
            if tier is not None and until_ms is None:
                until_ms = programme.tiers.by_hand_until_ms(now_ms, self._counter.store(tx))
            root = self._read(tx, member_id, now_ms).account.member_id
            draft = tier_draft(
                root, tier, until_ms, manager=manager.cashier_id, reason=" ".join(reason.split())[:MAX_REASON]
            )
            entry = self._counter.append(tx, draft, now_ms)
            members.set_tier(tx, root, tier, until_ms, manual=tier is not None)
            return TierSet(entry_id=str(entry.id), member_id=root, tier=tier, until_ms=until_ms)

    def expire_due(self, member_id: str) -> int:
        """Post the expiry of a member's points whose time is over; how many millipoints that were.

        Only where this till is its own headquarters; elsewhere expired points merely can't be spent (SYNC.md 10).
        """
        now_ms = self._counter.clock.now_ms()
        with self._counter.ledger.read() as view:
            if not self._counter.acts_alone(view) or not self._due(view, member_id, now_ms):
                return 0
        with self._counter.ledger.write() as tx:
            return post_expiry(self._counter, tx, member_id, now_ms)

    def expire_all(self) -> int:
        """Post every expiry that is due, a page of members a transaction; how many millipoints that were."""
        with self._counter.ledger.read() as view:
            if not self._counter.acts_alone(view):
                return 0
        now_ms = self._counter.clock.now_ms()
        total, after = 0, ""
        while True:
            with self._counter.ledger.read() as view:
                page = members.page(view, after=after, limit=EXPIRY_PAGE)
                due = [each.member_id for each in page if self._due(view, each.member_id, now_ms)]
            if due:
                with self._counter.ledger.write() as tx:
                    total += sum(post_expiry(self._counter, tx, member_id, now_ms) for member_id in due)
            if len(page) < EXPIRY_PAGE:
                return total
            after = page[-1].member_id

    def _due(self, view: View, member_id: str, now_ms: int) -> bool:
        if members.require(view, member_id).status not in (members.ACTIVE, members.BLOCKED):
            return False
        return is_expiry_due(self._counter, view, member_id, now_ms)

    def _read(self, view: View, member_id: str, at_ms: int) -> MemberAccount:
        programme = self._counter.programme(view, at_ms)
        return read_account(self._counter, view, programme, member_id, at_ms, self._counter.store(view))

    def _own_terms(self, tx: Transaction, draft: Draft, balance_millipoints: int) -> Draft:
        return alone(draft, balance_millipoints) if self._counter.acts_alone(tx) else draft


def _reason(text: str) -> str:
    reason = " ".join(text.split())
    if not 0 < len(reason) <= MAX_REASON:
        raise WrongUse(
            "reason_missing",
            N_("A reason of at most {limit} letters is needed. Nothing was changed; say why."),
            limit=MAX_REASON,
        )
    return reason
