"""From receipt and template to blocks: what stands on the paper, not yet how wide the paper is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from config.errors import N_
from config.formats import format_amount, format_date, format_money, format_points, format_quantity, format_time
from config.i18n import catalogue_of, language_from
from receipts.letters import NO_BREAK
from receipts.receipt import Code, Mark, Receipt, ReceiptLine, ReceiptReward, VoucherWon
from receipts.template import Align, Show, Style, Template, TemplateBlock

ONE = 1000
MARK_WORDS = {
    Mark.TRAINING: N_("TRAINING: NOT A RECEIPT"),
    Mark.COPY: N_("COPY"),
    Mark.REFUND: N_("REFUND"),
    Mark.VOID: N_("VOID"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """Text that may break into several rows."""

    text: str
    align: Align = Align.LEFT
    style: Style = Style.NORMAL
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Text on the left that may break, and a figure on the right that never does."""

    left: str
    right: str
    style: Style = Style.NORMAL
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper; never two in a row, never at an end."""


@dataclass(frozen=True, slots=True)
class Blank:
    """An empty row."""


@dataclass(frozen=True, slots=True)
class CodeDrawing:
    """A code, drawn in the middle with its text below."""

    code: Code


@dataclass(frozen=True, slots=True)
class Logo:
    """The shop's picture, if there is one."""


Block = Words | Pair | Rule | Blank | CodeDrawing | Logo


def lay_out(receipt: Receipt, template: Template) -> tuple[Block, ...]:
    """The blocks of *receipt* in the template's order, in the receipt's language."""
    page = _Page(receipt)
    blocks: list[Block] = []
    for block in template.block:
        blocks.extend(page.blocks(block))
    return tuple(_without_idle_rules(blocks))


class _Page:
    """The words and figures of one receipt, in its language."""

    def __init__(self, receipt: Receipt) -> None:
        self._receipt = receipt
        self._language = language_from(receipt.language)
        self._say: Callable[[str], str] = catalogue_of(self._language).gettext

    def blocks(self, block: TemplateBlock) -> Iterator[Block]:
        return _MAKERS[block.show](self, block)

    def logo(self, _block: TemplateBlock) -> Iterator[Block]:
        if self._receipt.shop.logo:
            yield Logo()

    def marks(self, block: TemplateBlock) -> Iterator[Block]:
        for mark in self._receipt.marks:
            yield Words(f"*** {self._say(MARK_WORDS[mark])} ***", Align.CENTER, block.style)

    def shop(self, block: TemplateBlock) -> Iterator[Block]:
        yield Words(self._receipt.shop.name, block.align, block.style)

    def address(self, block: TemplateBlock) -> Iterator[Block]:
        for line in self._receipt.shop.address:
            yield Words(line, block.align, block.style)

    def moment(self, block: TemplateBlock) -> Iterator[Block]:
        shop = self._receipt.shop
        yield Pair(self._date(self._receipt.at_ms), self._time(), block.style)
        if shop.till or shop.cashier:
            yield Pair(shop.till, shop.cashier, block.style)
        if self._receipt.refunded_entry_id:
            yield Words(self._say(N_("Refund of {sale}")).format(sale=self._receipt.refunded_entry_id))

    def lines(self, block: TemplateBlock) -> Iterator[Block]:
        for line in self._receipt.lines:
            yield Pair(self._line_text(line), self._amount(line.amount_minor), block.style)

    def total(self, block: TemplateBlock) -> Iterator[Block]:
        # A total that nothing was taken from would only repeat what is to pay.
        if self._receipt.total_minor is not None and self._receipt.total_minor != self._receipt.to_pay_minor:
            yield Pair(self._say(N_("Total")), self._amount(self._receipt.total_minor), block.style)

    def rewards(self, block: TemplateBlock) -> Iterator[Block]:
        for reward in self._receipt.rewards:
            yield from self._reward(reward, block)

    def to_pay(self, block: TemplateBlock) -> Iterator[Block]:
        if self._receipt.to_pay_minor is None:
            return
        given_back = Mark.REFUND in self._receipt.marks or Mark.VOID in self._receipt.marks
        label = self._say(N_("Given back")) if given_back else self._say(N_("To pay"))
        yield Pair(label, format_money(self._receipt.to_pay_minor, self._receipt.currency, self._language), block.style)

    def member(self, block: TemplateBlock) -> Iterator[Block]:
        if self._receipt.member_name:
            yield Words(self._receipt.member_name, block.align, block.style)

    def points(self, block: TemplateBlock) -> Iterator[Block]:
        points = self._receipt.points
        if points is None:
            return
        yield Pair(self._say(N_("Points before")), self._points(points.before_millipoints), block.style)
        yield Pair(self._say(N_("Points earned")), self._signed(points.earned_millipoints), block.style)
        if points.spent_millipoints:
            yield Pair(self._say(N_("Points spent")), self._signed(-points.spent_millipoints), block.style)
        yield Pair(self._say(N_("Points now")), self._points(points.after_millipoints), block.style)
        if points.pending_millipoints:
            yield Pair(self._say(N_("of them not yet usable")), self._points(points.pending_millipoints), block.style)

    def earned(self, block: TemplateBlock) -> Iterator[Block]:
        if not self._receipt.earned:
            return
        yield Words(self._say(N_("Earned by")), style=block.style)
        for rule in self._receipt.earned:
            yield Pair(rule.text, self._signed(rule.millipoints), block.style, indent=2)

    def tier(self, block: TemplateBlock) -> Iterator[Block]:
        tier = self._receipt.tier
        if tier is None:
            return
        yield Pair(self._say(N_("Tier")), tier.tier, block.style)
        if tier.next_tier is not None:
            label = self._say(N_("Points missing to {tier}")).format(tier=tier.next_tier)
            yield Pair(label, self._points(tier.missing_millipoints), block.style)

    def expiry(self, block: TemplateBlock) -> Iterator[Block]:
        expiry = self._receipt.expiry
        if expiry is not None:
            label = self._say(N_("Points to use by {date}")).format(date=self._last_day(expiry.at_ms))
            yield Pair(label, self._points(expiry.millipoints), block.style)

    def stamps(self, block: TemplateBlock) -> Iterator[Block]:
        for card in self._receipt.stamps:
            yield Pair(card.text, f"{card.stamps}/{card.size}", block.style)

    def vouchers(self, block: TemplateBlock) -> Iterator[Block]:
        for voucher in self._receipt.vouchers:
            yield from self._voucher(voucher, block)

    def sale_code(self, block: TemplateBlock) -> Iterator[Block]:
        if self._receipt.sale_code is not None:
            yield Words(self._say(N_("Keep this code for refunds")), Align.CENTER, block.style)
            yield CodeDrawing(self._receipt.sale_code)

    def card(self, block: TemplateBlock) -> Iterator[Block]:
        if self._receipt.card is not None:
            yield Words(self._say(N_("Your card")), Align.CENTER, block.style)
            yield CodeDrawing(self._receipt.card)

    def journal(self, block: TemplateBlock) -> Iterator[Block]:
        if self._receipt.entry_id:
            yield Words(self._receipt.entry_id, Align.CENTER, block.style)
        if self._receipt.journal is not None:
            place = self._receipt.journal
            yield Words(f"#{place.seq} {place.hash_prefix}", Align.CENTER, block.style)

    def text(self, block: TemplateBlock) -> Iterator[Block]:
        shop = self._receipt.shop
        yield Words(
            block.words(self._language).format(
                shop=shop.name,
                till=shop.till,
                cashier=shop.cashier,
                date=self._date(self._receipt.at_ms),
                time=self._time(),
            ),
            block.align,
            block.style,
        )

    def rule(self, _block: TemplateBlock) -> Iterator[Block]:
        yield Rule()

    def blank(self, _block: TemplateBlock) -> Iterator[Block]:
        yield Blank()

    def _reward(self, reward: ReceiptReward, block: TemplateBlock) -> Iterator[Block]:
        yield Pair(reward.text, self._amount(-reward.amount_minor) if reward.amount_minor else "", block.style)
        if reward.points_millipoints:
            yield Pair(self._say(N_("for points")), self._points(reward.points_millipoints), block.style, indent=2)

    def _voucher(self, voucher: VoucherWon, block: TemplateBlock) -> Iterator[Block]:
        yield Words(self._say(N_("Voucher: {reward}")).format(reward=voucher.text), Align.CENTER, Style.BOLD)
        if voucher.expires_ms is not None:
            label = self._say(N_("Valid until {date}")).format(date=self._last_day(voucher.expires_ms))
            yield Words(label, Align.CENTER, block.style)
        yield CodeDrawing(voucher.code)

    def _line_text(self, line: ReceiptLine) -> str:
        if line.quantity_milli == ONE:
            return line.text
        return f"{format_quantity(line.quantity_milli, self._language)} × {line.text}"

    def _amount(self, minor: int) -> str:
        return format_amount(minor, self._receipt.currency, self._language)

    def _points(self, millipoints: int) -> str:
        return format_points(millipoints, self._language)

    def _signed(self, millipoints: int) -> str:
        figure = self._points(millipoints)
        return f"+{figure}" if millipoints >= 0 else figure

    def _date(self, at_ms: int) -> str:
        return format_date(at_ms, self._receipt.zone, self._language).replace(" ", NO_BREAK)

    def _last_day(self, expires_ms: int) -> str:
        # What expires at midnight can be used on the day before, and that is the day people want to know.
        return self._date(expires_ms - 1)

    def _time(self) -> str:
        return format_time(self._receipt.at_ms, self._receipt.zone, self._language)


_MAKERS: dict[Show, Callable[[_Page, TemplateBlock], Iterator[Block]]] = {
    Show.LOGO: _Page.logo,
    Show.MARKS: _Page.marks,
    Show.SHOP: _Page.shop,
    Show.ADDRESS: _Page.address,
    Show.MOMENT: _Page.moment,
    Show.LINES: _Page.lines,
    Show.TOTAL: _Page.total,
    Show.REWARDS: _Page.rewards,
    Show.TO_PAY: _Page.to_pay,
    Show.MEMBER: _Page.member,
    Show.POINTS: _Page.points,
    Show.EARNED: _Page.earned,
    Show.TIER: _Page.tier,
    Show.EXPIRY: _Page.expiry,
    Show.STAMPS: _Page.stamps,
    Show.VOUCHERS: _Page.vouchers,
    Show.SALE_CODE: _Page.sale_code,
    Show.CARD: _Page.card,
    Show.JOURNAL: _Page.journal,
    Show.TEXT: _Page.text,
    Show.RULE: _Page.rule,
    Show.BLANK: _Page.blank,
}


def _without_idle_rules(blocks: list[Block]) -> Iterator[Block]:
    waiting: Rule | None = None
    anything = False
    for block in blocks:
        if isinstance(block, Rule):
            waiting = block if anything else None
            continue
        if waiting is not None:
            yield waiting
            waiting = None
        anything = True
        yield block
