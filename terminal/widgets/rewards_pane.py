"""What the member can have now, by number."""

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from config.formats import format_amount, format_points
from config.i18n import _, current_language
from terminal.till_sale_shapes import OfferShown
from terminal.widgets.text import row, stack
from terminal.words import say

DETAIL_ROWS = 3
"""How many rows tell of the marked reward while one is being chosen."""


class RewardsPane(Static):
    """The rewards, numbered; chosen, possible and refused ones differ by glyph, not by colour alone.

    While one is being *choosing*, one is *marked*, and below the list stands what it gives or why it can't be had.
    """

    DEFAULT_CSS = """
    RewardsPane { border: round $rule; border-title-color: $muted; background: $surface; padding: 0 1; }
    RewardsPane.-choosing { border: round $accent; border-title-color: $accent; }
    """

    offers: reactive[tuple[OfferShown, ...]] = reactive(())
    chosen: reactive[set[str]] = reactive(set)
    spendable_millipoints = reactive(0)
    choosing = reactive(False)
    marked = reactive(0)
    currency = reactive("EUR")

    def on_mount(self) -> None:
        """Name the pane."""
        self.border_title = _("Rewards")

    def watch_choosing(self, choosing: bool) -> None:  # noqa: FBT001 - the library calls it so
        """A frame in colour while a number is awaited; the mark begins at the top."""
        self.set_class(choosing, "-choosing")
        self.marked = 0

    def move(self, step: int) -> None:
        """Mark another reward, *step* rows on; the ends hold."""
        self.marked = max(0, min(len(self.offers) - 1, self.marked + step))

    def render(self) -> Content:
        """One line a reward; those that don't fit are counted, or scrolled to while choosing."""
        height = max(1, self.size.height)
        lines = [self._line(number, offer) for number, offer in enumerate(self.offers, start=1)]
        if self.choosing and self.offers:
            room = max(1, height - DETAIL_ROWS)
            first = max(0, min(self.marked - room // 2, len(lines) - room))
            return stack([*lines[first : first + room], *self._detail()])
        if len(lines) > height:
            hidden = len(lines) - height + 1
            lines = [*lines[: height - 1], Content.styled(_("… {count} more: F4").format(count=hidden), "$muted")]
        return stack(lines)

    def _line(self, number: int, offer: OfferShown) -> Content:
        text = self._words(number, offer)
        return text.stylize("reverse") if self.choosing and number == self.marked + 1 else text

    def _words(self, number: int, offer: OfferShown) -> Content:
        cost = price(offer)
        if offer.reward in self.chosen:
            return row((f"{number} ✓ {offer.name}", "$success bold"), (cost, "$success"), self.size.width)
        if offer.possible:
            return row((f"{number} · {offer.name}", "$foreground"), (cost, "$primary"), self.size.width)
        missing = offer.cost_millipoints - self.spendable_millipoints
        short = _("{points} short").format(points=format_points(missing, current_language())) if missing > 0 else cost
        return row((f"{number} ✗ {offer.name}", "$muted"), (short, "$muted"), self.size.width)

    def _detail(self) -> list[Content]:
        place = min(self.marked, len(self.offers) - 1)
        return [Content(), Content.styled(detail(place + 1, self.offers[place], self.currency), "$accent")]


def detail(number: int, offer: OfferShown, currency: str) -> str:
    """What a reward takes off this basket, or why it can't be had with it."""
    if not offer.possible:
        return " ".join(say(why.reason, why.params, _, currency=currency) for why in offer.why)
    if offer.minimum_millipoints is not None:
        least = format_points(offer.minimum_millipoints, current_language())
        return _("For fewer points type them after the number: {number} {points}").format(number=number, points=least)
    amount = format_amount(offer.saves_minor, currency, current_language())
    return _("Takes {amount} off this sale.").format(amount=amount) if offer.saves_minor else offer.name


def price(offer: OfferShown) -> str:
    """What a reward costs, in few letters."""
    language = current_language()
    if offer.voucher is not None:
        return _("voucher")
    if offer.maximum_millipoints is not None:
        return _("{points} pts").format(points=f"≤ {format_points(offer.maximum_millipoints, language)}")
    if offer.cost_millipoints == 0:
        return _("free")
    return _("{points} pts").format(points=format_points(offer.cost_millipoints, language))
