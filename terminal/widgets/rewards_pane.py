"""What the member can have now, by number."""

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from config.formats import format_points
from config.i18n import _, current_language
from terminal.till_sale_shapes import OfferShown
from terminal.widgets.text import row, stack


class RewardsPane(Static):
    """The rewards, numbered; chosen, possible and refused ones differ by glyph, not by colour alone."""

    DEFAULT_CSS = """
    RewardsPane { border: round $rule; border-title-color: $muted; background: $surface; padding: 0 1; }
    RewardsPane.-choosing { border: round $accent; border-title-color: $accent; }
    """

    offers: reactive[tuple[OfferShown, ...]] = reactive(())
    chosen: reactive[frozenset[str]] = reactive(frozenset())
    spendable_millipoints = reactive(0)
    choosing = reactive(False)

    def on_mount(self) -> None:
        """Name the pane."""
        self.border_title = _("Rewards")

    def watch_choosing(self, choosing: bool) -> None:  # noqa: FBT001 - the library calls it so
        """A frame in colour while a number is awaited."""
        self.set_class(choosing, "-choosing")

    def render(self) -> Content:
        """One line a reward."""
        height = max(1, self.size.height)
        lines = [self._line(number, offer) for number, offer in enumerate(self.offers, start=1)]
        if len(lines) > height:
            hidden = len(lines) - height + 1
            lines = [*lines[: height - 1], Content.styled(_("… {count} more: F4").format(count=hidden), "$muted")]
        return stack(lines)

    def _line(self, number: int, offer: OfferShown) -> Content:
        cost = price(offer)
        if offer.reward in self.chosen:
            return row((f"{number} ✓ {offer.name}", "$success bold"), (cost, "$success"), self.size.width)
        if offer.possible:
            return row((f"{number} · {offer.name}", "$foreground"), (cost, "$primary"), self.size.width)
        missing = offer.cost_millipoints - self.spendable_millipoints
        short = _("{points} short").format(points=format_points(missing, current_language())) if missing > 0 else cost
        return row((f"{number} ✗ {offer.name}", "$muted"), (short, "$muted"), self.size.width)


def price(offer: OfferShown) -> str:
    """What a reward costs, in few letters."""
    language = current_language()
    if offer.maximum_millipoints is not None:
        return _("{points} pts").format(points=f"≤ {format_points(offer.maximum_millipoints, language)}")
    if offer.cost_millipoints == 0:
        return _("free")
    return _("{points} pts").format(points=format_points(offer.cost_millipoints, language))
