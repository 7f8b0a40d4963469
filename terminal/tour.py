"""The five-minute tour of training mode: one thing to do after the other, each ticked off when it has been done."""

from collections.abc import Callable
from dataclasses import dataclass

from config.i18n import N_


@dataclass(frozen=True, slots=True)
class TourFacts:
    """What has happened on the sell screen so far in this step and before it."""

    has_member: bool = False
    lines: int = 0
    explained: bool = False
    saved: bool = False
    taken_back: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True)
class TourStep:
    """What to do, and how to tell that it was done."""

    text: str
    done: Callable[[TourFacts], bool]


STEPS = (
    TourStep(
        N_("Press F2, type a name, then F12: a new member. Enter puts them on the sale."), lambda it: it.has_member
    ),
    TourStep(N_("Type an amount such as 45.90 and Enter; then 2x9 coffee and Enter."), lambda it: it.lines >= 2),
    TourStep(N_("F5 tells why each point is earned. Read, then Esc."), lambda it: it.explained),
    TourStep(N_("F12 saves the sale."), lambda it: it.saved),
    TourStep(N_("A mistake? F7 takes the saved sale back on screen."), lambda it: it.taken_back),
    TourStep(N_("The customer forgot something: F6 puts the sale aside, F6 again takes it back."), lambda it: it.held),
    TourStep(N_("F12 saves it for good."), lambda it: it.saved),
)


class Tour:
    """Where the cashier is on the tour."""

    def __init__(self) -> None:
        self._place = 0

    @property
    def number(self) -> int:
        """The step, counted from 1."""
        return self._place + 1

    @property
    def text(self) -> str | None:
        """What to do now, in English for gettext; None at the end."""
        return STEPS[self._place].text if self._place < len(STEPS) else None

    def look(self, facts: TourFacts) -> None:
        """Go on when the step was done; one step a look, so that each is seen."""
        if self._place < len(STEPS) and STEPS[self._place].done(facts):
            self._place += 1
