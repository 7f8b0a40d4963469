"""The sale on screen before it is saved: a frozen value, and what each step of the cashier makes of it."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from loyalty.basket import MAX_LINES, Line
from terminal.till_member_shapes import MemberShown
from terminal.till_sale_shapes import RewardChoice, SaleRequest

MAX_STEPS_BACK = 200


@dataclass(frozen=True, slots=True)
class SaleDraft:
    """What the cashier has put together so far. *key* makes saving it twice harmless.

    *waiting_vouchers* were scanned before the goods that they are for; they are used as soon as these are there.
    """

    key: str
    lines: tuple[Line, ...] = ()
    member: MemberShown | None = None
    rewards: tuple[RewardChoice, ...] = ()
    vouchers: tuple[str, ...] = ()
    payment_method: str | None = None
    held_id: str | None = None
    waiting_vouchers: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been entered yet."""
        return not self.lines and self.member is None and not self.all_vouchers

    @property
    def all_vouchers(self) -> tuple[str, ...]:
        """Those that are used and those that wait."""
        return self.vouchers + self.waiting_vouchers

    @property
    def total_minor(self) -> int:
        """What the lines add up to."""
        return sum(line.amount_minor for line in self.lines)

    def with_line(self, line: Line) -> "SaleDraft":
        """One line more at the end; ValueError beyond the longest basket."""
        if len(self.lines) >= MAX_LINES:
            raise ValueError("basket too long")
        return replace(self, lines=(*self.lines, line))

    def without_line(self, place: int) -> "SaleDraft":
        """Without the line at *place*, counted from 0."""
        return replace(self, lines=self.lines[:place] + self.lines[place + 1 :])

    def with_member(self, member: MemberShown | None) -> "SaleDraft":
        """For *member*; rewards and vouchers chosen for another are let go."""
        if member is not None and self.member is not None and member.member_id == self.member.member_id:
            return replace(self, member=member)
        return replace(self, member=member, rewards=(), vouchers=(), waiting_vouchers=())

    def with_reward(self, choice: RewardChoice) -> "SaleDraft":
        """With *choice* taken, instead of an earlier choice of the same reward."""
        return replace(self, rewards=(*self._other_rewards(choice.reward), choice))

    def without_reward(self, reward: str) -> "SaleDraft":
        """With *reward* let go."""
        return replace(self, rewards=self._other_rewards(reward))

    def with_voucher(self, code: str) -> "SaleDraft":
        """With the voucher *code*, once."""
        return self if code in self.all_vouchers else replace(self, vouchers=(*self.vouchers, code))

    def with_every_voucher(self) -> "SaleDraft":
        """With those that waited too."""
        return replace(self, vouchers=self.all_vouchers, waiting_vouchers=())

    def without_vouchers(self, codes: Collection[str]) -> "SaleDraft":
        """With the vouchers *codes* let go."""
        return replace(self, vouchers=tuple(code for code in self.vouchers if code not in codes))

    def has_reward(self, reward: str) -> bool:
        """Whether *reward* is chosen."""
        return any(choice.reward == reward for choice in self.rewards)

    def request(self, expected_to_pay_minor: int | None = None) -> SaleRequest:
        """What the till service is asked for."""
        return SaleRequest(
            lines=self.lines,
            member_id=self.member.member_id if self.member else None,
            rewards=self.rewards,
            vouchers=self.vouchers,
            payment_method=self.payment_method,
            key=self.key,
            held_id=self.held_id,
            expected_to_pay_minor=expected_to_pay_minor,
        )

    def _other_rewards(self, reward: str) -> tuple[RewardChoice, ...]:
        return tuple(choice for choice in self.rewards if choice.reward != reward)


def draft_of(request: SaleRequest, member: MemberShown | None, key: str) -> SaleDraft:
    """The draft that *request* was made from; *key* where it has none."""
    return SaleDraft(
        key=request.key or key,
        lines=request.lines,
        member=member,
        rewards=request.rewards,
        vouchers=request.vouchers,
        payment_method=request.payment_method,
        held_id=request.held_id,
    )


class Steps:
    """The drafts before this one, for Undo; bounded, the oldest are forgotten first."""

    def __init__(self, now: SaleDraft) -> None:
        self.now = now
        self._before: list[SaleDraft] = []

    def go(self, draft: SaleDraft) -> None:
        """*draft* is the sale from now on."""
        if draft != self.now:
            self._before = [*self._before[-MAX_STEPS_BACK + 1 :], self.now]
            self.now = draft

    def back(self) -> bool:
        """Take the last step back; False when there is none."""
        if not self._before:
            return False
        self.now = self._before.pop()
        return True

    def restart(self, draft: SaleDraft) -> None:
        """Begin anew with *draft*; nothing of before can be brought back."""
        self.now = draft
        self._before.clear()
