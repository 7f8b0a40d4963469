"""The sale in progress, without any screen: what the till says to each step, and how it is saved, held or undone."""

from collections.abc import Callable
from dataclasses import replace

from config.errors import N_, Refused
from loyalty.basket import Line
from terminal.draft import SaleDraft, Steps, draft_of
from terminal.till_member_shapes import MemberShown
from terminal.till_sale_shapes import (
    Held,
    OfferShown,
    QuoteShown,
    RefundDone,
    RewardChoice,
    SaleDone,
    SaleRequest,
)
from terminal.till_shapes import Why
from terminal.workers import TillDesk


class ChoiceRefused(Exception):
    """The reward that was asked for can't be had with this basket; *why* is the till's reason. Nothing was changed."""

    def __init__(self, why: Why) -> None:
        super().__init__(why.reason)
        self.why = why


class SaleInProgress:
    """Keeps the draft, its quote, and the last saved sale. A step that the till refuses changes nothing."""

    def __init__(self, desk: TillDesk, new_key: Callable[[], str], usual_payment: str | None = None) -> None:
        self._desk = desk
        self._new_key = new_key
        self._usual_payment = usual_payment
        self._steps = Steps(self._empty())
        self._kept: SaleDraft | None = None
        self._offered_to: str | None = None
        self._offered: dict[str, OfferShown] = {}
        self.quote: QuoteShown | None = None
        self.done: SaleDone | None = None
        self._saved_from: SaleDraft | None = None

    @property
    def draft(self) -> SaleDraft:
        """The sale as it stands."""
        return self._steps.now

    @property
    def member(self) -> MemberShown | None:
        """Who is shown: the member of the sale, or of the one just saved."""
        return self._saved_from.member if self.done and self._saved_from else self.draft.member

    @property
    def payment_method(self) -> str | None:
        """How the sale that is shown is paid."""
        return (self._saved_from if self.done and self._saved_from else self.draft).payment_method

    @property
    def lines(self) -> tuple[Line, ...]:
        """The goods that are shown: those of the sale, or of the one just saved."""
        return self._saved_from.lines if self.done and self._saved_from else self.draft.lines

    @property
    def offers(self) -> tuple[OfferShown, ...]:
        """What the member can have, in the order of their numbers.

        A quote offers nothing that is chosen already; here each reward keeps its place and number as long as the member
        stays.
        """
        if self.quote is None or self.draft.member is None:
            return ()
        fresh = {offer.reward: offer for offer in self.quote.offers}
        if self._offered_to != self.draft.member.member_id:
            self._offered_to, self._offered = self.draft.member.member_id, {}
        self._offered |= fresh
        return tuple(self._offered.values())

    def gives(self, reward: str) -> bool:
        """Whether *reward* is on the sale, chosen or by a voucher."""
        return self.draft.has_reward(reward) or bool(self._vouchers_for(reward))

    async def change(self, draft: SaleDraft) -> bool:
        """Make *draft* the sale, with its quote; a refusal leaves the sale as it was.

        Rewards that no longer fit the basket are let go; tells whether there were any.
        """
        fitting, quote = await self._fitting(draft)
        self._steps.go(fitting)
        self.quote, self.done = quote, None
        return fitting != draft

    async def add_line(self, line: Line) -> None:
        """One line more."""
        try:
            draft = self.draft.with_line(line)
        except ValueError:
            raise Refused(
                "basket_too_long", N_("This sale is full. Nothing was added; finish it and begin another.")
            ) from None
        await self.change(draft)

    async def add_member(self, member: MemberShown) -> None:
        """The member shows at once; where their chosen rewards no longer fit, these are let go."""
        await self.change(self.draft.with_member(member))

    async def toggle_reward(self, offer: OfferShown, points_millipoints: int | None = None) -> bool:
        """Choose *offer*, or let it go where it was chosen; tells whether it is chosen now."""
        if self.draft.has_reward(offer.reward) and points_millipoints is None:
            await self.change(self.draft.without_reward(offer.reward))
            return False
        if codes := self._vouchers_for(offer.reward):
            await self.change(self.draft.without_vouchers(codes))
            return False
        choice = RewardChoice(reward=offer.reward, points_millipoints=points_millipoints)
        draft = self.draft.with_reward(choice)
        quote = await self._quoted(draft)
        if quote is not None and quote.refused:
            raise ChoiceRefused(quote.refused[0])
        self._steps.go(draft)
        self.quote, self.done = quote, None
        return True

    async def clear(self) -> None:
        """An empty sale; a step that can be taken back."""
        await self.change(replace(self._empty(), key=self.draft.key))

    async def finish(self) -> SaleDone:
        """Save the sale; when this returns it is on disk."""
        draft = self.draft
        if not draft.lines:
            raise Refused("basket_empty", N_("There is nothing to save yet. Type an amount, then F12."))
        request = draft.request(self.quote.to_pay_minor if self.quote else None)
        done = await self._desk.write(lambda till: till.sales.sell(request))
        self._begin_anew()
        self.done, self._saved_from = done, draft
        self._saved_from = await self._fresh(draft)
        return done

    async def undo(self) -> RefundDone | None:
        """One step back; from a saved sale, its void: it is put back on screen, and its void is returned.

        Refused where there is nothing to take back.
        """
        if self._steps.back():
            self.quote = await self._quoted(self.draft)
            self.done = None
            return None
        done, draft = self.done, self._saved_from
        if done is None or draft is None:
            raise Refused("nothing_to_undo", N_("There is nothing to take back. To give money back use F8."))
        void = await self._desk.write(lambda till: till.refunds.void(done.sale_id))
        self._steps.restart(await self._fresh(replace(draft, key=self._new_key(), held_id=None)))
        self.done = self._saved_from = None
        self.quote = await self._quoted(self.draft)
        return void

    async def hold(self) -> Held:
        """Put the sale aside."""
        request = self.draft.with_every_voucher().request()
        held = await self._desk.write(lambda till: till.sales.hold(request))
        self._begin_anew()
        return held

    async def recall(self, held_id: str) -> None:
        """Take a held sale back on screen; it stays among the held ones until it is sold."""
        held = await self._desk.write(lambda till: till.sales.recall(held_id))
        draft = replace(
            self._empty(), lines=held.lines, held_id=held.held_id, payment_method=held.request.payment_method
        )
        if held.member_id is not None:
            draft = draft.with_member(await self._member(held.member_id))
        await self.change(draft)

    async def restore(self) -> bool:
        """Bring back what was on screen when the program last stopped; False when there was nothing."""
        request: SaleRequest | None = await self._desk.read(lambda till: till.sales.draft())
        if request is None or not (request.lines or request.member_id or request.vouchers):
            return False
        member = await self._member(request.member_id) if request.member_id else None
        draft, quote = await self._fitting(draft_of(request, member, self._new_key()))
        self._steps.restart(draft)
        self.quote = quote
        self._kept = draft
        return True

    async def keep(self) -> None:
        """Write the draft where a restart finds it, unless it is there already."""
        draft = self.draft
        if draft == self._kept:
            return
        if draft.is_empty:
            await self._desk.write(lambda till: till.sales.drop_draft())
        else:
            request = draft.with_every_voucher().request()
            await self._desk.write(lambda till: till.sales.save_draft(request))
        self._kept = draft

    async def refresh_member(self) -> None:
        """Read the member again after something was changed about them elsewhere; that is no step to take back."""
        if self.draft.member is not None:
            self._steps.now, self.quote = await self._fitting(await self._fresh(self.draft))
            self.done = None
        elif self._saved_from is not None:
            self._saved_from = await self._fresh(self._saved_from)

    def _begin_anew(self) -> None:
        self._steps.restart(self._empty())
        self.quote = self.done = self._saved_from = None

    def _empty(self) -> SaleDraft:
        return SaleDraft(key=self._new_key(), payment_method=self._usual_payment)

    def _vouchers_for(self, reward: str) -> set[str]:
        """The vouchers by which *reward* is on the sale."""
        discounts = self.quote.discounts if self.quote else ()
        return {each.voucher for each in discounts if each.reward == reward and each.voucher in self.draft.vouchers}

    async def _fitting(self, wanted: SaleDraft) -> tuple[SaleDraft, QuoteShown | None]:
        """*wanted* without the rewards that can't be had with it, its vouchers as far as they fit, and its quote."""
        draft = wanted.with_every_voucher()
        quote = await self._quoted(draft)
        if quote is None or not quote.refused:
            return draft, quote
        refused = {why.params.get("reward") for why in quote.refused}
        kept = tuple(choice for choice in draft.rewards if choice.reward not in refused)
        fitting = replace(draft, rewards=kept, vouchers=())
        quote = await self._quoted(fitting)
        # What is refused is a reward's name, and several vouchers may be for one: each is tried.
        for code in draft.vouchers:
            more = fitting.with_voucher(code)
            tried = await self._quoted(more)
            if tried is None or tried.refused:
                fitting = replace(fitting, waiting_vouchers=(*fitting.waiting_vouchers, code))
            else:
                fitting, quote = more, tried
        return fitting, quote

    async def _fresh(self, draft: SaleDraft) -> SaleDraft:
        return replace(draft, member=await self._member(draft.member.member_id)) if draft.member else draft

    async def _member(self, member_id: str) -> MemberShown:
        return await self._desk.read(lambda till: till.members.show(member_id))

    async def _quoted(self, draft: SaleDraft) -> QuoteShown | None:
        if draft.is_empty:
            return None
        request = draft.request()
        return await self._desk.read(lambda till: till.sales.quote(request))
