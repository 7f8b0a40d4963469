"""The quote: programme × account × basket × choices × time → what it costs and earns, and why.

Pure: the same values give the same quote on any machine, whatever the order in which lines were entered.
"""

from collections.abc import Sequence

from config.errors import N_, WrongUse
from loyalty.account import ACTIVE, Account
from loyalty.basket import Basket, basket_problem
from loyalty.best import Best, best_combination
from loyalty.conditions import Situation
from loyalty.days import StoreFacts, last_until_ms, moment
from loyalty.earning import earn
from loyalty.programme.load import Programme
from loyalty.programme.plan import Plan, RewardPlan
from loyalty.quoted import Choice, Discount, EarnedLot, Offer, Quote, RefusedChoice, RulePoints, VoucherWon
from loyalty.redeeming import Counter, Given
from loyalty.stamps import stamp
from loyalty.tiers import NO_LEVEL
from loyalty.trace import Miss, Reason, Subject, TraceLine

MAX_MILLIPOINTS = 10**15  # of one sale: what an entry can hold
MAX_CHOICES = 100  # so that the entry of the largest sale is never too large for the journal


def quote(
    programme: Programme,
    account: Account | None,
    basket: Basket,
    choices: Sequence[Choice],
    at_ms: int,
    store: StoreFacts,
    *,
    offers: bool = True,
) -> Quote:
    """What *basket* costs *account*'s member and earns; *account* None is a sale without a member.

    *offers* says what else the member could have, and the best combination; without it the quote is quicker, and its
    trace says nothing of rewards that were not chosen. WrongUse for a basket that makes no sense, or earns too much.
    """
    _check(basket, choices)
    if account is None or account.status != ACTIVE:
        return _nothing_earned(account, basket, choices)
    plan = programme.plan(basket.currency)
    situation = Situation(account, basket, moment(at_ms, store), store)
    counter = Counter(plan, situation)
    counter.give_all(choices)
    return _Quoting(plan, situation, counter).quote(choices, offers=offers)


def _check(basket: Basket, choices: Sequence[Choice]) -> None:
    problem = basket_problem(basket) or ("too_many_rewards" if len(choices) > MAX_CHOICES else None)
    if problem is not None:
        raise WrongUse(problem, _SENTENCES[problem])


_SENTENCES = {
    "basket_empty": N_("There is nothing in the basket yet. Add a line; nothing was changed."),
    "basket_too_long": N_("The basket has too many lines. Split it into two sales; nothing was changed."),
    "line_amount_out_of_range": N_("A line's amount is negative or too large. Correct it; nothing was changed."),
    "line_quantity_out_of_range": N_("A line's quantity is negative or too large. Correct it; nothing was changed."),
    "line_category_out_of_range": N_(
        "A line's category is missing, or longer than 64 letters. Correct it; nothing was changed."
    ),
    "points_out_of_range": N_("This would earn more points than can be kept. Check the amounts; nothing was changed."),
    "too_many_rewards": N_("Too many rewards were chosen. Split the sale into two; nothing was changed."),
}


def _nothing_earned(account: Account | None, basket: Basket, choices: Sequence[Choice]) -> Quote:
    """A sale without a member, or with one who is blocked: it costs what it costs."""
    if account is None:
        why = TraceLine(Subject.MEMBER, "", False, Reason.NO_MEMBER)
    else:
        params = {"status": account.status}
        why = TraceLine(Subject.MEMBER, account.member_id, False, Reason.MEMBER_BLOCKED, params)
    return Quote(
        total_minor=basket.total_minor,
        to_pay_minor=basket.total_minor,
        net_by_line=tuple(line.amount_minor for line in basket.lines),
        refused=tuple(RefusedChoice(choice, why.reason, why.params) for choice in choices),
        tier_before=None if account is None else account.tier,
        tier_after=None if account is None else account.tier,
        trace=(why,),
    )


class _Quoting:
    """Puts the parts of one quote together."""

    def __init__(self, plan: Plan, situation: Situation, counter: Counter) -> None:
        self.plan, self.situation, self.counter = plan, situation, counter

    def quote(self, choices: Sequence[Choice], *, offers: bool) -> Quote:
        counter, situation = self.counter, self.situation
        left = counter.left
        earned = earn(self.plan, situation, left)
        if max(earned.millipoints, earned.qualifying_millipoints) > MAX_MILLIPOINTS:
            raise WrongUse("points_out_of_range", _SENTENCES["points_out_of_range"])
        stamped = stamp(self.plan, situation, left)
        rewards = self._handed_out()
        tier_before, tier_after = self._tiers(earned.qualifying_millipoints)
        trace = [*earned.trace, *stamped.trace]
        if tier_after != tier_before:
            params = {"tier": tier_after, "before": tier_before}
            trace.append(TraceLine(Subject.TIER, tier_after or "", True, Reason.TIER_REACHED, params))
        trace += self._explain_choices()
        others, best = self._offers(choices) if offers else ((), _NO_BEST)
        trace += [TraceLine(Subject.REWARD, offer.reward, False, offer.reason, offer.params) for offer in others]
        return Quote(
            total_minor=situation.total_minor,
            to_pay_minor=sum(left.minor),
            net_by_line=self._in_basket_order(left.minor),
            discounts=tuple(self._discount(given) for given in counter.given),
            refused=tuple(counter.refused),
            points_earned_millipoints=earned.millipoints,
            points_spent_millipoints=sum(given.millipoints for given in counter.given),
            earned_by_rule=tuple(RulePoints(rule, part) for rule, part in earned.by_rule),
            earned=tuple(
                EarnedLot(lot.millipoints, *lot.times, self._in_basket_order(lot.by_line)) for lot in earned.lots
            ),
            qualifying_millipoints=earned.qualifying_millipoints,
            stamps=stamped.changes,
            vouchers_won=(*stamped.won, *rewards),
            vouchers_spent=tuple(given.voucher for given in counter.given if given.voucher is not None),
            limit_uses=(*counter.uses, *earned.uses, *stamped.uses),
            tier_before=tier_before,
            tier_after=tier_after,
            offers=others,
            best=tuple(Choice(given.reward.id, voucher=given.voucher) for given in best.given),
            best_saves_minor=best.saves_minor,
            best_exact=best.exact,
            trace=tuple(trace),
        )

    def _in_basket_order(self, by_line: Sequence[int]) -> tuple[int, ...]:
        ordered = [0] * len(by_line)
        for line, place in enumerate(self.situation.order):
            ordered[place] = by_line[line]
        return tuple(ordered)

    def _discount(self, given: Given) -> Discount:
        by_line = [0] * len(self.situation.order)
        for share in given.shares:
            by_line[self.situation.order[share.line]] += share.minor
        return Discount(
            given.reward.id,
            given.amount_minor,
            given.millipoints,
            given.voucher,
            tuple(by_line) if given.amount_minor else (),
        )

    def _handed_out(self) -> list[VoucherWon]:
        """The vouchers that the chosen rewards hand out."""
        won = []
        for given in self.counter.given:
            if given.reward.gives is not None:
                reward, valid = given.reward.gives
                expires_ms = None if valid is None else last_until_ms(valid, self.situation.now, self.situation.store)
                won.append(VoucherWon(reward, f"reward/{given.reward.id}", expires_ms))
        return won

    def _tiers(self, qualifying_millipoints: int) -> tuple[str | None, str | None]:
        """The tier before and after: up at once."""
        account, tiers = self.situation.account, self.plan.tiers
        reached = tiers.reached(account.qualifying_millipoints + qualifying_millipoints)
        if reached == NO_LEVEL or reached <= tiers.level_of(account.tier):
            return account.tier, account.tier
        return account.tier, tiers.levels[reached].id

    def _explain_choices(self) -> list[TraceLine]:
        lines = [
            TraceLine(
                Subject.REWARD,
                given.reward.id,
                True,
                Reason.REWARD_APPLIED,
                {"amount_minor": given.amount_minor, "millipoints": given.millipoints},
            )
            for given in self.counter.given
        ]
        lines += [
            TraceLine(Subject.REWARD, refused.choice.reward, False, refused.reason, refused.params)
            for refused in self.counter.refused
        ]
        return lines

    def _offers(self, choices: Sequence[Choice]) -> tuple[tuple[Offer, ...], Best]:
        """What could be added to the choices, and the best combination there is without them."""
        fresh = self.counter if not self.counter.given else Counter(self.plan, self.situation)
        alone = [(reward, fresh.offer(reward, Choice(reward.id))) for reward in self.plan.rewards]
        possible = [found for _, found in alone if isinstance(found, Given)]
        best = best_combination(self.situation, possible, fresh.spendable_millipoints)
        taken = {choice.reward for choice in choices}
        others = [(reward, found) for reward, found in alone if reward.id not in taken]
        if fresh is self.counter:
            return tuple(_offer(self.counter, reward, found) for reward, found in others), best
        return tuple(self._further(choices, reward) for reward, _ in others), best

    def _further(self, choices: Sequence[Choice], reward: RewardPlan) -> Offer:
        """*reward* on top of *choices*: its phase may come before theirs, so all are given again."""
        found = self.counter.offer(reward, Choice(reward.id))
        if isinstance(found, Miss) or not found.amount_minor:
            return _offer(self.counter, reward, found)
        again = Counter(self.plan, self.situation)
        again.give_all([*choices, Choice(reward.id)])
        if len(again.given) <= len(self.counter.given):
            # Either it can't be given, or it takes away what one of the chosen ones would take off.
            refused = [each for each in again.refused if each.choice.reward == reward.id]
            why = Miss(refused[0].reason, refused[0].params) if refused else Miss(Reason.NOTHING_TO_DISCOUNT, {})
            return _offer(again, reward, why)
        saved = sum(self.counter.left.minor) - sum(again.left.minor)
        return _offer(self.counter, reward, found._replace(amount_minor=saved))


_NO_BEST = Best((), 0, exact=True)


def _offer(counter: Counter, reward: RewardPlan, found: Given | Miss) -> Offer:
    if isinstance(found, Given):
        return Offer(
            reward.id,
            possible=True,
            reason=Reason.NOT_CHOSEN,
            amount_minor=found.amount_minor,
            points_millipoints=found.millipoints,
            voucher=found.voucher,
        )
    if found.reason is Reason.NEEDS_POINTS and reward.payment is not None:
        most = found.params["maximum_millipoints"]
        worth = min(reward.payment.worth(most), counter.left.total(counter.situation.matched(reward.lines)))
        return Offer(reward.id, True, found.reason, found.params, worth, most)
    return Offer(reward.id, False, found.reason, found.params)
