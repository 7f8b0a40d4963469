"""From a request to a quote, and from a quote to what is shown: names beside ids, reasons beside refusals."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from config.errors import N_, Refused
from ledger import units
from ledger.store import View
from loyalty.account import Account
from loyalty.basket import Basket, Line
from loyalty.booking import Sale
from loyalty.money import MILLI
from loyalty.programme.load import Programme
from loyalty.quote import quote
from loyalty.quoted import Choice, Offer, Quote, VoucherWon
from loyalty.rewards import AnyReward, PointsPayment
from terminal.till_account import MemberAccount, read_account
from terminal.till_counter import Counter
from terminal.till_sale_shapes import (
    DiscountShown,
    EarnedShown,
    OfferShown,
    QuoteShown,
    RewardChoice,
    SaleRequest,
    StampsChanged,
    TraceShown,
)
from terminal.till_shapes import VoucherShown, Why
from terminal.till_spending import spendable_here

# An empty basket is quoted as one line of nothing: it says what the member could have, and costs and earns nothing.
_NOTHING = Line(category="-", amount_minor=0, quantity_milli=0)


class Prepared(NamedTuple):
    """A request with all that its quote came from; *member* None: a sale without a member."""

    sale: Sale
    member: MemberAccount | None


def prepare(counter: Counter, view: View, request: SaleRequest, *, offers: bool = True) -> Prepared:
    """Read the facts and make the quote of *request*, all in one view."""
    at_ms = counter.time_of(view, request.at_ms)
    store = counter.store(view)
    programme = counter.programme(view, at_ms)
    member = (
        None if request.member_id is None else read_account(counter, view, programme, request.member_id, at_ms, store)
    )
    basket = Basket(
        currency=counter.till(view).currency,
        lines=request.lines or (_NOTHING,),
        payment_method=request.payment_method,
    )
    account = None if member is None else _bounded(counter, view, member, at_ms)
    choices = _choices(view, request, account)
    quoted = quote(programme, account, basket, choices, at_ms, store, offers=offers)
    return Prepared(Sale(programme, account, basket, choices, at_ms, store, quoted), member)


def _bounded(counter: Counter, view: View, member: MemberAccount, at_ms: int) -> Account:
    """The account with what this till may let the member spend; a till that is its own HQ sets no bound."""
    if counter.acts_alone(view):
        return member.account
    found = spendable_here(counter, view, member, at_ms)
    right = found.millipoints - found.standin
    return msgspec.structs.replace(member.account, right_millipoints=right, standin_millipoints=found.standin)


def shown(prepared: Prepared, codes: Sequence[str] = ()) -> QuoteShown:
    """What screens and the command line show of a quote; *codes* of the vouchers won, where the sale is saved."""
    sale = prepared.sale
    quoted, account = sale.quoted, sale.account
    names = names_of(sale.programme)
    is_empty = sale.basket.lines == (_NOTHING,)
    earned_millipoints = 0 if is_empty else quoted.points_earned_millipoints
    return QuoteShown(
        member_id=None if account is None else account.member_id,
        total_minor=quoted.total_minor,
        to_pay_minor=quoted.to_pay_minor,
        discounts=_discounts(quoted, names),
        points_earned_millipoints=earned_millipoints,
        points_spent_millipoints=quoted.points_spent_millipoints,
        balance_millipoints=(
            None
            if account is None
            else account.points_millipoints + earned_millipoints - quoted.points_spent_millipoints
        ),
        spendable_before_millipoints=None if account is None else account.spendable_millipoints(sale.at_ms),
        earned=()
        if is_empty
        else tuple(
            EarnedShown(rule=part.rule, name=names.of("rule", part.rule), points_millipoints=part.millipoints)
            for part in quoted.earned_by_rule
        ),
        offers=tuple(_offer(offer, names) for offer in quoted.offers),
        best=tuple(RewardChoice(reward=choice.reward) for choice in quoted.best),
        best_exact=quoted.best_exact,
        stamps=() if is_empty else _stamps(quoted, names),
        vouchers_won=()
        if is_empty
        else vouchers_won(
            sale.programme,
            quoted.vouchers_won,
            codes,
            None if account is None else account.member_id,
            sale.at_ms,
        ),
        tier_before=quoted.tier_before,
        tier_after=quoted.tier_after,
        refused=tuple(
            Why(reason=str(each.reason), params={"reward": each.choice.reward, **each.params})
            for each in quoted.refused
        ),
        trace=tuple(
            TraceShown(
                subject=str(line.subject),
                id=line.id,
                name=names.of(str(line.subject), line.id),
                applied=line.applied,
                reason=str(line.reason),
                params=line.params,
            )
            for line in quoted.trace
        ),
        programme=sale.programme.version,
        at_ms=sale.at_ms,
    )


class Names:
    """The names of a programme's parts by kind and id; the id where a part has none."""

    def __init__(self, programme: Programme) -> None:
        model = programme.model
        self.rewards: dict[str, AnyReward] = {reward.id: reward for reward in model.rewards}
        self.card_sizes = {card.id: card.size for card in model.stamp_cards}
        self.greetings = {tier.id: tier.greeting for tier in model.tier}
        self._names = {
            **{("rule", rule.id): rule.name or rule.id for rule in model.rules},
            **{("reward", reward.id): reward.name for reward in model.rewards},
            **{("tier", tier.id): tier.name for tier in model.tier},
            **{("stamp_card", card.id): card.name for card in model.stamp_cards},
            **{("activity", activity.id): activity.name for activity in model.activities},
        }

    def of(self, kind: str, identity: str) -> str:
        """The name to show; a cap's is that of its rule."""
        return self._names.get((kind, identity)) or self._names.get(("rule", identity)) or identity


@lru_cache(maxsize=16)
def names_of(programme: Programme) -> Names:
    """The names of *programme*, made once."""
    return Names(programme)


def _choices(view: View, request: SaleRequest, account: Account | None) -> tuple[Choice, ...]:
    """Rewards by name and vouchers by code; a voucher stands in for the plain choice of its reward."""
    by_voucher = [
        Choice(_reward_of_voucher(view, code, account), voucher=code) for code in dict.fromkeys(request.vouchers)
    ]
    with_voucher = {choice.reward for choice in by_voucher}
    by_name = [
        Choice(chosen.reward, points_millipoints=chosen.points_millipoints)
        for chosen in request.rewards
        if chosen.reward not in with_voucher
    ]
    return (*by_voucher, *by_name)


def _reward_of_voucher(view: View, code: str, account: Account | None) -> str:
    """What a voucher is for: as the member's account knows, or else as this till made it."""
    known = {each.code: each.reward for each in account.vouchers} if account is not None else {}
    if code in known:
        return known[code]
    voucher = units.voucher(view, code)
    if voucher is None:
        raise Refused(
            "unknown_voucher",
            N_("This till does not know the voucher {code}. Nothing was changed; check the code."),
            code=code[:20],
        )
    return voucher.reward


def _discounts(quoted: Quote, names: Names) -> tuple[DiscountShown, ...]:
    return tuple(
        DiscountShown(
            reward=each.reward,
            name=names.of("reward", each.reward),
            amount_minor=each.amount_minor,
            points_millipoints=each.points_millipoints,
            voucher=each.voucher,
            lines=tuple(number for number, amount in enumerate(each.by_line, 1) if amount),
        )
        for each in quoted.discounts
    )


def _stamps(quoted: Quote, names: Names) -> tuple[StampsChanged, ...]:
    return tuple(
        StampsChanged(
            card=change.card,
            name=names.of("stamp_card", change.card),
            before=change.before,
            after=change.after,
            size=names.card_sizes.get(change.card, 0),
        )
        for change in quoted.stamps
    )


def vouchers_won(
    programme: Programme, won: Sequence[VoucherWon], codes: Sequence[str], member_id: str | None, at_ms: int
) -> tuple[VoucherShown, ...]:
    """The vouchers that an act at *at_ms* gives, as they are shown; without *codes* while it is only a quote."""
    names = names_of(programme)
    return tuple(
        VoucherShown(
            code=code,
            reward=each.reward,
            name=names.of("reward", each.reward),
            status="open",
            issued_ms=at_ms,
            expires_ms=each.expires_ms,
            member_id=member_id,
        )
        for each, code in zip(won, codes or [""] * len(won), strict=True)
    )


def _offer(offer: Offer, names: Names) -> OfferShown:
    reward = names.rewards[offer.reward]
    payment = reward.payment(lambda _: 1) if isinstance(reward, PointsPayment) else None
    return OfferShown(
        reward=offer.reward,
        name=reward.name,
        kind=reward.kind,
        cost_millipoints=offer.points_millipoints if payment is not None else int(reward.points * MILLI),
        saves_minor=offer.amount_minor,
        possible=offer.possible,
        why=() if offer.possible else (Why(reason=str(offer.reason), params=offer.params),),
        minimum_millipoints=None if payment is None else payment.minimum_millipoints,
        maximum_millipoints=None if payment is None else offer.points_millipoints,
        step_millipoints=None if payment is None else payment.step_millipoints,
        voucher=offer.voucher,
    )
