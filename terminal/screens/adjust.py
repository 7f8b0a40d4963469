"""Points added or taken by hand: a reason and a manager's PIN, both kept in the journal."""

from collections.abc import Sequence

from config.errors import N_, WrongUse
from config.formats import format_points
from config.i18n import _, current_language
from loyalty.money import MILLI
from terminal.screens.dialogs import MAX_PIN_DIGITS
from terminal.screens.form_screen import FormScreen
from terminal.till_member_shapes import MemberShown
from terminal.till_sale_shapes import Adjusted
from terminal.widgets.field import keeps_digits
from terminal.widgets.form import Form, Row

MAX_POINTS = 10_000_000


class AdjustScreen(FormScreen[Adjusted | None]):
    """Answers with the adjustment."""

    HEADING = N_("Adjust points")
    ABOUT = N_("Type the points to add, or with a minus those to take; the reason; and a manager's PIN. F12 saves.")

    def __init__(self, member: MemberShown) -> None:
        super().__init__()
        self._member = member

    def rows(self) -> Sequence[Row]:
        """Points, reason, PIN."""
        return (
            Row("points", _("Points"), _("100 adds, -100 takes"), max_length=12, keeps=keeps_digits(9)),
            Row("reason", _("Reason"), _("what happened"), max_length=200),
            Row(
                "pin", _("Manager's PIN"), password=True, max_length=MAX_PIN_DIGITS, keeps=keeps_digits(MAX_PIN_DIGITS)
            ),
        )

    def on_mount(self) -> None:
        """Say how it stands."""
        points = format_points(self._member.points_millipoints, current_language())
        name = self._member.name or self._member.number or ""
        self.tell(_("{name} has {points} points now.").format(name=name, points=points))

    async def save(self, form: Form) -> None:
        """Book it."""
        member_id = self._member.member_id
        points = whole_points(form.value("points"))
        reason, pin = form.value("reason"), form.value("pin")
        if not reason:
            form.go_to("reason")
            raise WrongUse("reason_missing", N_("A reason is needed: it stays in the journal. Nothing was changed."))
        form.fill("pin", "")
        done = await self.regulars.desk.write(
            lambda till: till.points.adjust(member_id, points * MILLI, reason, manager_pin=pin)
        )
        self.dismiss(done)


def adjusted_words(done: Adjusted) -> str:
    """How many points there are now."""
    return _("Adjusted: {points} points now.").format(
        points=format_points(done.balance_millipoints, current_language())
    )


def whole_points(text: str) -> int:
    """The number of points in *text*, below zero with a minus; WrongUse when it is none."""
    plain = text.replace("−", "-").replace(" ", "").replace("\u00a0", "")
    try:
        points = int(plain)
    except ValueError:
        points = 0
    if points == 0 or abs(points) > MAX_POINTS:
        raise WrongUse(
            "points_not_understood", N_("Type a whole number of points, like 100 or -100. Nothing was changed.")
        )
    return points
