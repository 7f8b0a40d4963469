"""What the menu *More* leads to from the sell screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.errors import N_, Refused
from terminal.till_member_shapes import MemberShown
from terminal.widgets.message_line import Tone

if TYPE_CHECKING:
    from terminal.screens.sell import SellScreen


async def more(screen: SellScreen) -> None:
    """Everything else, from a menu."""
    from terminal.screens.more import MoreScreen

    command = await screen.regulars.push_screen_wait(MoreScreen())
    if command is not None:
        await screen.run_command(command)


async def receipt(screen: SellScreen) -> None:
    """The receipt of the last sale."""
    from terminal.screens.receipt import ReceiptScreen

    done = screen.sale.done
    await screen.regulars.push_screen_wait(ReceiptScreen(done.sale_id if done else None))


async def activities(screen: SellScreen) -> None:
    """Points for what is no purchase."""
    from terminal.screens.activities import ActivitiesScreen, recorded_words

    recorded = await screen.regulars.push_screen_wait(ActivitiesScreen(_member(screen)))
    if recorded is not None:
        await screen.sale.refresh_member()
        screen.tell(recorded_words(recorded), Tone.OK)


async def adjust(screen: SellScreen) -> None:
    """Points by hand."""
    from terminal.screens.adjust import AdjustScreen, adjusted_words

    done = await screen.regulars.push_screen_wait(AdjustScreen(_member(screen)))
    if done is not None:
        await screen.sale.refresh_member()
        screen.tell(adjusted_words(done), Tone.OK)


async def shift(screen: SellScreen) -> None:
    """Open or close the shift."""
    from terminal.screens.shift import ShiftScreen

    await screen.regulars.push_screen_wait(ShiftScreen())


async def staff(screen: SellScreen) -> None:
    """People and their PINs."""
    from terminal.screens.staff import StaffScreen

    await screen.regulars.push_screen_wait(StaffScreen())


async def reports(screen: SellScreen) -> None:
    """The manager's figures."""
    from terminal.screens.reports import ReportsScreen

    await screen.regulars.push_screen_wait(ReportsScreen())


async def headquarters(screen: SellScreen) -> None:
    """How the till stands with HQ."""
    from terminal.screens.headquarters import HeadquartersScreen

    await screen.regulars.push_screen_wait(HeadquartersScreen())


async def print_jobs(screen: SellScreen) -> None:
    """What waits for the printer."""
    from terminal.screens.print_jobs import PrintJobsScreen

    await screen.regulars.push_screen_wait(PrintJobsScreen())


def _member(screen: SellScreen) -> MemberShown:
    member = screen.sale.member
    if member is None:
        raise Refused("member_missing", N_("There is no member on this sale. Scan a card, or F3 finds one."))
    return member
