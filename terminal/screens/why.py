"""Why each point is earned and each reward refused: the quote's trace in words."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from config.formats import format_points
from config.i18n import N_, _, current_language
from terminal.screens.base import TillScreen
from terminal.till_member_shapes import MemberShown
from terminal.till_sale_shapes import QuoteShown, TraceShown
from terminal.words import say, trace_line


class WhyScreen(TillScreen[None]):
    """Every rule, whether it applied or not."""

    CLOSES_ON_SCAN: ClassVar[bool] = True
    AUTO_FOCUS = "#trace"
    HEADING = N_("Why these points?")
    ABOUT = N_("Every rule and reward of the programme with its reason: ✓ applied, · did not. Arrows scroll.")

    def __init__(self, quote: QuoteShown, member: MemberShown | None) -> None:
        super().__init__()
        self._quote = quote
        self._member = member

    def compose_body(self) -> ComposeResult:
        """Heading and reasons."""
        yield Static(_(self.HEADING), classes="heading", markup=False)
        with VerticalScroll(id="trace"):
            yield Static(Content("\n").join(explanation(self._quote, self._member, self.currency)))

    def on_mount(self) -> None:
        """Sum up."""
        language = current_language()
        earned = format_points(self._quote.points_earned_millipoints, language)
        spent = format_points(self._quote.points_spent_millipoints, language)
        self.tell(
            _("This sale earns {earned} and spends {spent} points. Esc: back.").format(earned=earned, spent=spent)
        )


def explanation(quote: QuoteShown, member: MemberShown | None, currency: str) -> list[Content]:
    """The reasons, line by line: what applied, what did not, what can't be spent, which rewards are refused."""
    lines = _section(_("What counted"), [_traced(each, currency) for each in quote.trace if each.applied])
    lines += _section(_("What did not count"), [_traced(each, currency) for each in quote.trace if not each.applied])
    if member is not None and member.why_not:
        spending = [
            Content.assemble(("! ", "$warning"), say(why.reason, why.params, _, currency=currency))
            for why in member.why_not
        ]
        lines += _section(_("Points that can't be spent yet"), spending)
    refused = [
        Content.assemble(
            ("✗ ", "$error"),
            f"{offer.name}: ",
            (" ".join(say(why.reason, why.params, _, currency=currency) for why in offer.why), "$muted"),
        )
        for offer in quote.offers
        if not offer.possible and offer.why
    ]
    return lines + _section(_("Rewards not possible now"), refused)


def _section(title: str, lines: list[Content]) -> list[Content]:
    return [Content.styled(title, "$accent bold"), *lines, Content()] if lines else []


def _traced(trace: TraceShown, currency: str) -> Content:
    glyph = ("✓ ", "$success") if trace.applied else ("· ", "$muted")
    return Content.assemble(
        glyph, (trace_line(trace, _, currency=currency), "$foreground" if trace.applied else "$muted")
    )
