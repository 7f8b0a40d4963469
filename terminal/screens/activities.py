"""Points for what is no purchase: a review, a referral, a survey."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Static

from config.formats import format_points
from config.i18n import N_, _, current_language
from terminal.screens.base import TillScreen
from terminal.screens.dialogs import AskLine
from terminal.till_member_shapes import MemberShown
from terminal.till_sale_shapes import ActivityRecorded, ActivityShown
from terminal.widgets.pick_list import Choice, PickList


class ActivitiesScreen(TillScreen[ActivityRecorded | None]):
    """Answers with what was recorded."""

    CLOSES_ON_SCAN: ClassVar[bool] = True
    HEADING = N_("Record an activity")
    ABOUT = N_("Choose what the member did with the arrows, then Enter. Some ask for a proof, such as a link.")

    def __init__(self, member: MemberShown) -> None:
        super().__init__()
        self._member = member
        self._activities: tuple[ActivityShown, ...] = ()

    def compose_body(self) -> ComposeResult:
        """Heading and list."""
        yield Static(_(self.HEADING), classes="heading", markup=False)
        yield PickList(_("Enter records the marked one"), empty=_("The programme knows no activities."))

    def on_mount(self) -> None:
        """Fetch what the programme rewards."""
        self.do(self._load())
        name = self._member.name or self._member.number or ""
        self.tell(_("What did {name} do? Choose, then Enter.").format(name=name))

    async def _load(self) -> None:
        self._activities = await self.regulars.desk.read(lambda till: till.points.activities())
        self.query_one(PickList).show([Choice(each.id, each.name, _worth(each)) for each in self._activities])

    def on_pick_list_entered(self, event: PickList.Entered) -> None:
        """Record it."""
        for activity in self._activities:
            if activity.id == event.key:
                self.do(self._record(activity))

    async def _record(self, activity: ActivityShown) -> None:
        proof = None
        if activity.proof == "reference":
            proof = await self.regulars.push_screen_wait(
                AskLine(_("Proof or reference, for instance a link or a number:"))
            )
            if proof is None:
                return
        member_id, desk = self._member.member_id, self.regulars.desk
        recorded = await self.with_manager(
            lambda pin: desk.write(
                lambda till: till.points.record_activity(member_id, activity.id, reference=proof, manager_pin=pin)
            )
        )
        if recorded is not None:
            self.dismiss(recorded)


def recorded_words(recorded: ActivityRecorded) -> str:
    """What was recorded, and what it gave."""
    said = _("Recorded: +{points} points.").format(
        points=format_points(recorded.points_millipoints, current_language())
    )
    won = [_("Voucher won: {name} {code}").format(name=won.name, code=won.code) for won in recorded.vouchers_won]
    return " ".join([said, *won])


def _worth(activity: ActivityShown) -> str:
    if not activity.points_millipoints:
        return activity.voucher or ""
    return _("+{points} points").format(points=format_points(activity.points_millipoints, current_language()))
