"""Activities: what an act other than a purchase earns, and why (not)."""

import hashlib
from typing import NamedTuple

from loyalty.account import ACTIVE, Account
from loyalty.basket import Basket
from loyalty.bodies import ActivityRecorded
from loyalty.booking import VOUCHER, limit_moves, voucher_legs
from loyalty.conditions import Situation, first_miss
from loyalty.days import Moment, StoreFacts, after_ms, last_until_ms, moment
from loyalty.entries import POINTS, QUALIFYING, AccountMove, Contra, Draft, Header, Kind, Leg, UnitMove
from loyalty.limits import REFERENCE, UnitUse, first_limit_miss, units_of
from loyalty.programme.load import Programme
from loyalty.programme.plan import ActivityPlan, Plan
from loyalty.quoted import VoucherWon
from loyalty.sale_bodies import IssuedVoucher
from loyalty.trace import Miss, Reason, Subject, TraceLine

MAX_REFERENCE = 64


class Activity(NamedTuple):
    """What recording an activity comes to; *why* says so, and where it is not *possible*, why not."""

    id: str
    possible: bool
    why: TraceLine
    millipoints: int = 0
    available_ms: int | None = None
    expires_ms: int | None = None
    qualifying_millipoints: int = 0
    vouchers_won: tuple[VoucherWon, ...] = ()
    limit_uses: tuple[UnitUse, ...] = ()


class Proof(NamedTuple):
    """What shows that it happened: a reference (of a review, a referral), a manager who has seen it."""

    reference: str | None = None
    manager: str | None = None


def reference_unit(activity_id: str, reference: str) -> str:
    """The everybody's unit that counts the use of *reference*: hand its count over in ``Account.shop_uses``."""
    digest = hashlib.sha256(reference.strip().casefold().encode()).hexdigest()[:16]
    return f"{REFERENCE}{activity_id}/{digest}"


def activity(
    programme: Programme,
    account: Account,
    activity_id: str,
    proof: Proof,
    *,
    currency: str,
    at_ms: int,
    store: StoreFacts,
) -> Activity:
    """What *account*'s member gets for the activity, or why nothing; *currency* is the store's."""
    plan = programme.plan(currency)
    found = plan.activity(activity_id)
    if found is None:
        return _refused(activity_id, Miss(Reason.UNKNOWN_ACTIVITY, {}))
    now = moment(at_ms, store)
    miss = _obstacle(found, Situation(account, Basket(plan.currency), now, store), proof)
    if miss is not None:
        return _refused(activity_id, miss)
    return _granted(plan, found, proof, now, store)


def activity_draft(
    programme: Programme,
    account: Account,
    granted: Activity,
    proof: Proof,
    store: StoreFacts,
    *,
    codes: tuple[str, ...] = (),
    cashier_id: str | None = None,
) -> Draft:
    """The entry of an activity that is possible; *codes* holds a new code for each voucher that it wins."""
    assert granted.possible
    member = account.member_id
    vouchers = tuple(
        IssuedVoucher(code, won.reward, won.source, won.expires_ms)
        for code, won in zip(codes, granted.vouchers_won, strict=True)
    )
    legs: list[Leg] = []
    if granted.millipoints:
        legs.append(Leg(member, POINTS, granted.millipoints, Contra.ISSUED, granted.available_ms, granted.expires_ms))
    if granted.qualifying_millipoints:
        legs.append(Leg(member, QUALIFYING, granted.qualifying_millipoints, Contra.ISSUED))
    return Draft(
        kind=Kind.ACTIVITY_RECORDED,
        body=ActivityRecorded(
            activity=granted.id,
            programme=programme.version,
            store=store,
            millipoints=granted.millipoints,
            reference=proof.reference,
            manager=proof.manager,
            vouchers_won=vouchers,
        ),
        header=Header(
            legs=(*legs, *voucher_legs(member, vouchers)),
            own=(AccountMove(member, granted.millipoints),) if granted.millipoints else (),
            units=(
                *(UnitMove(VOUCHER, voucher.code, member, change=1) for voucher in vouchers),
                *limit_moves(granted.limit_uses, member),
            ),
        ),
        member_id=member,
        cashier_id=cashier_id,
    )


def _refused(activity_id: str, miss: Miss) -> Activity:
    return Activity(activity_id, False, TraceLine(Subject.ACTIVITY, activity_id, False, miss.reason, miss.params))


def _obstacle(found: ActivityPlan, situation: Situation, proof: Proof) -> Miss | None:
    account = situation.account
    if account.status != ACTIVE:
        return Miss(Reason.MEMBER_BLOCKED, {"status": account.status})
    reference = (proof.reference or "").strip()
    if found.proof == "reference" and not 1 <= len(reference) <= MAX_REFERENCE:
        return Miss(Reason.PROOF_MISSING, {"proof": found.proof})
    if found.proof == "manager" and not proof.manager:
        return Miss(Reason.PROOF_MISSING, {"proof": found.proof})
    if reference and account.shop_uses.get(reference_unit(found.id, reference)):
        return Miss(Reason.ALREADY_RECORDED, {"reference": reference})
    miss = first_miss(found.checks, situation)
    return miss or first_limit_miss(found.limits, account, situation.now.day, {})


def _granted(plan: Plan, found: ActivityPlan, proof: Proof, now: Moment, store: StoreFacts) -> Activity:
    terms = found.terms
    if terms.expires_after is not None:
        expires_ms: int | None = last_until_ms(terms.expires_after, now, store)
    else:
        expires_ms = plan.expiry.expires_ms(now, store)
    uses = units_of(found.limits, now.day)
    if proof.reference:
        uses.append(UnitUse(reference_unit(found.id, proof.reference), 1, everybody=True))
    won: tuple[VoucherWon, ...] = ()
    if found.voucher is not None:
        valid = found.voucher_valid
        until_ms = None if valid is None else last_until_ms(valid, now, store)
        won = (VoucherWon(found.voucher, f"activity/{found.id}", until_ms),)
    return Activity(
        id=found.id,
        possible=True,
        why=TraceLine(Subject.ACTIVITY, found.id, True, Reason.EARNED, {"millipoints": found.millipoints}),
        millipoints=found.millipoints,
        available_ms=None if terms.after is None else after_ms(terms.after, now, store),
        expires_ms=expires_ms,
        qualifying_millipoints=found.millipoints if found.qualifies and plan.tiers.levels else 0,
        vouchers_won=won,
        limit_uses=tuple(uses),
    )
