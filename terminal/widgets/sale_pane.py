"""The sale: its lines, what it comes to in large figures, and what it earns."""

from dataclasses import dataclass

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from config.formats import format_amount, format_points, format_quantity
from config.i18n import _, current_language
from loyalty.basket import Line
from loyalty.money import MILLI
from terminal.till_sale_shapes import QuoteShown, SaleDone
from terminal.widgets.large_figures import LargeFigures
from terminal.widgets.lines import Lines
from terminal.widgets.text import row, stack
from terminal.words import payment_word


@dataclass(frozen=True, slots=True)
class SaleView:
    """What the pane shows: the lines with their categories' names, the quote, and after saving the sale."""

    currency: str
    lines: tuple[tuple[str, Line], ...] = ()
    quote: QuoteShown | None = None
    marked: int | None = None
    done: SaleDone | None = None
    payment_method: str | None = None


class SaleLines(Static):
    """The lines that fit, the latest at the bottom; a marked one is always among them."""

    DEFAULT_CSS = "SaleLines { height: 1fr; padding: 0 1; }"

    view: reactive[SaleView | None] = reactive(None)

    def render(self) -> Content:
        """Lines, then what is taken off."""
        view = self.view
        if view is None or not (view.lines or (view.quote and view.quote.discounts)):
            return Content.styled(_("Type an amount: 45.90, 18 coffee, 2x9 coffee"), "$muted")
        width, height = self.size.width, max(1, self.size.height)
        lines = [_goods(view, place, width) for place in range(len(view.lines))]
        lines += _taken_off(view, width)
        last = len(lines) if view.marked is None else min(len(lines), view.marked + height // 2 + 1)
        first = max(0, last - height)
        if first == 0:
            return stack(lines[:height])
        above = Content.styled(_("… {count} above").format(count=first + 1), "$muted")
        return stack([above, *lines[first + 1 : first + height]])


class SalePane(Vertical):
    """Lines above, the sum in large figures and the points below."""

    DEFAULT_CSS = """
    SalePane { border: round $rule; border-title-color: $muted; background: $surface; }
    SalePane.-done { border: round $success; border-title-color: $success; }
    SalePane #sum { height: 3; padding: 0 1; layout: horizontal; }
    SalePane #to-pay-word { width: auto; max-width: 16; height: 3; padding: 1 1 0 0; color: $muted; }
    SalePane #to-pay { width: 1fr; height: 3; text-align: right; color: $foreground; text-style: bold; }
    SalePane #earns { height: auto; min-height: 2; max-height: 5; padding: 0 1; }
    """

    view: reactive[SaleView | None] = reactive(None)

    def compose(self) -> ComposeResult:
        """Lines, sum, points."""
        yield SaleLines()
        with Vertical(id="sum"):
            yield Static("", id="to-pay-word")
            yield LargeFigures("", id="to-pay")
        yield Lines(self._points, id="earns")

    def watch_view(self, view: SaleView | None) -> None:
        """Hand the view to the parts."""
        if view is None or not self.is_mounted:
            return
        done = view.done
        self.set_class(done is not None, "-done")
        self.border_title = _("✓ Saved {sale}").format(sale=done.short) if done else _("This sale")
        self.query_one(SaleLines).view = view
        self.query_one("#to-pay-word", Static).update(_how_paid(view))
        quote = done or view.quote
        to_pay_minor = quote.to_pay_minor if quote else sum(line.amount_minor for _name, line in view.lines)
        # The figures are plain ones only: the gap between thousands becomes a blank.
        figures = format_amount(to_pay_minor, view.currency, current_language()).replace("\u00a0", " ")
        self.query_one("#to-pay", LargeFigures).update(figures)
        self.query_one(Lines).refresh(layout=True)

    def _points(self, width: int) -> list[Content]:
        view = self.view
        quote = (view.done or view.quote) if view else None
        return points_lines(quote, width) if quote else []


def _how_paid(view: SaleView) -> Content:
    word = Content(_("Paid") if view.done else _("To pay"))
    if view.payment_method is None:
        return word
    return stack([word, Content.styled(payment_word(view.payment_method, _), "$foreground bold")])


def points_lines(quote: QuoteShown, width: int) -> list[Content]:
    """What the sale earns and by which rules, and what it leaves."""
    if quote.member_id is None:
        return [Content.styled(_("Without a member nothing is earned."), "$muted")]
    language = current_language()
    earned = _("Earns +{points}").format(points=format_points(quote.points_earned_millipoints, language))
    rules = ", ".join(
        f"{each.name} +{format_points(each.points_millipoints, language)}"
        for each in quote.earned
        if each.points_millipoints
    )
    after = _("{points} points then").format(points=format_points(quote.balance_millipoints or 0, language))
    lines = [row((earned, "bold $primary"), (after, "$muted"), width), row((rules, "$muted"), "", width)]
    return [*lines, *(row((words, "$accent bold"), "", width) for words in won(quote))]


def won(quote: QuoteShown) -> list[str]:
    """What the sale brings the member beside points: a tier, vouchers, stamps."""
    tiers = [each.name or each.id for each in quote.trace if each.applied and each.reason == "tier_reached"]
    words = [_("★ Reaches {tier}").format(tier=name) for name in tiers]
    words += [_("Wins a voucher: {name}").format(name=each.name) for each in quote.vouchers_won]
    return words


def _goods(view: SaleView, place: int, width: int) -> Content:
    name, line = view.lines[place]
    times = f" ×{format_quantity(line.quantity_milli, current_language())}" if line.quantity_milli != MILLI else ""
    text = row(f"{name}{times}", format_amount(line.amount_minor, view.currency, current_language()), width)
    return text.stylize("reverse") if place == view.marked else text


def _taken_off(view: SaleView, width: int) -> list[Content]:
    quote = view.done or view.quote
    if quote is None:
        return []
    language = current_language()
    rows = []
    for each in quote.discounts:
        spent = _("{points} pts").format(points=format_points(each.points_millipoints, language))
        words = f"{each.name} · {spent}" if each.points_millipoints else each.name
        rows.append(
            row(
                (words, "$success"),
                (f"−{format_amount(each.amount_minor, view.currency, language)}", "$success"),
                width,
            )
        )
    return rows
