"""What comes into the omnibox or from a scanner, found out by its content, and put where it belongs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from config.errors import N_, Refused, WrongUse
from config.formats import format_points
from config.i18n import _, current_language
from loyalty.basket import Line
from terminal.till_member_shapes import (
    AmountTyped,
    Found,
    MemberFound,
    MemberShown,
    NobodyFound,
    NotACard,
    ProductFound,
    SaleElsewhere,
    SaleFound,
    SeveralFound,
    VoucherFound,
)
from terminal.typed_line import read_line
from terminal.widgets.message_line import Tone
from terminal.words import say

if TYPE_CHECKING:
    from terminal.screens.sell import SellScreen

HELD_ELSEWHERE = frozenset({"needs_hq", "voucher_held_elsewhere", "limit_held_elsewhere"})

_LIKE_AN_AMOUNT = re.compile(r"[-+−]?[0-9][0-9 ]*([.,][0-9 ]*)+|[-−][0-9]+|[0-9]{20,}", re.ASCII)
"""Figures with signs of money in them, or more than a phone or a card has."""


async def take(screen: SellScreen, text: str, *, typed: bool) -> None:
    """Do with *text* what it asks for: goods, a member, a voucher, a receipt; or say what to do instead."""
    line = read_goods(screen, text) if typed else None
    if line is not None:
        await add_goods(screen, line)
        return
    desk = screen.regulars.desk
    found: Found = await desk.read(lambda till: till.members.identify(text, typed=typed))
    if not typed and isinstance(found, NobodyFound | NotACard | ProductFound):
        # A phone number that a slow machine handed over all at once looks like a scan.
        again = await desk.read(lambda till: till.members.identify(text, typed=True))
        found = again if isinstance(again, MemberFound | SeveralFound) else found
    if typed and isinstance(found, NobodyFound) and _is_odd_amount(text, found):
        raise WrongUse(
            "amount_not_understood",
            N_("That is neither an amount nor a member. Amounts are typed like 45.90. Nothing was added."),
        )
    await use(screen, found)


def _is_odd_amount(text: str, found: NobodyFound) -> bool:
    """Whether *text* was meant as an amount; a phone that nobody has yet comes back with its country."""
    return not (found.enrol.phone or "").startswith("+") and _LIKE_AN_AMOUNT.fullmatch(text) is not None


def read_goods(screen: SellScreen, text: str) -> Line | None:
    """A line of goods with a category or a quantity; a lone number may be a phone or a card, which the till knows."""
    if " " not in text and not any(sign in text.casefold() for sign in "x×*"):
        return None
    usual = screen.regulars.settings.terminal.amount_category
    return read_line(text, screen.currency, [(each.id, each.name) for each in screen.categories], usual)


async def use(screen: SellScreen, found: Found) -> None:
    """Put what was *found* on the sale, or open what shows it."""
    match found:
        case MemberFound(member=member):
            await greet(screen, member)
        case AmountTyped(amount_minor=amount_minor):
            await add_goods(screen, Line(screen.regulars.settings.terminal.amount_category, amount_minor))
        case SeveralFound():
            await choose_member(screen, found)
        case VoucherFound():
            await add_voucher(screen, found)
        case SaleFound(sale=sale):
            from terminal.screens.refund import RefundScreen

            await screen.regulars.push_screen(RefundScreen(sale.sale_id))
        case SaleElsewhere():
            from terminal.screens.refund_unknown import RefundUnknownScreen

            await screen.regulars.push_screen(RefundUnknownScreen(found.sale_id))
        case NobodyFound(enrol=enrolment):
            screen.to_enrol = enrolment
            screen.tell(_("No member is known by that. F2 enrols them with it; or scan again."), Tone.NOT_OK)
        case ProductFound():
            screen.tell(
                _("That is a product's code, no card. Type its price: nothing was added. To use it as a card: F2."),
                Tone.NOT_OK,
            )
        case NotACard(reason=reason):
            screen.tell(say(reason, {}, _), Tone.NOT_OK)


async def add_goods(screen: SellScreen, line: Line) -> None:
    """One line more on the sale."""
    screen.marked = None
    await screen.sale.add_line(line)
    screen.tell(_("Added. F12 saves the sale, F7 takes the line back."), Tone.OK)


async def greet(screen: SellScreen, member: MemberShown) -> None:
    """Put *member* on the sale and say what the cashier needs to know of them."""
    before = screen.sale.draft
    if before.member is not None and before.member.member_id == member.member_id:
        screen.tell(_("This member is already on the sale."), Tone.MEMBER)
        return
    await screen.sale.add_member(member)
    if member.status != "active":
        screen.tell(_("This membership is blocked: nothing is earned or spent. Call a manager, or F7."), Tone.NOT_OK)
        return
    name = member.name or _("Member {number}").format(number=member.number or "")
    points = format_points(member.spendable_millipoints, current_language())
    words = member.greeting or _("{points} points to spend. F4 shows the rewards.").format(points=points)
    if before.rewards and before.member is not None:
        words = _("The rewards chosen for the member before were let go.")
    screen.tell(f"{name}: {words}", Tone.MEMBER)
    ask_hq(screen, member)


def ask_hq(screen: SellScreen, member: MemberShown) -> None:
    """Beside the sale: what was earned or is held elsewhere, ask HQ to let it be spent here."""
    hq = screen.regulars.devices.hq
    reasons = {why.reason for why in member.why_not}
    reasons |= {why.reason for offer in screen.sale.offers for why in offer.why}
    if hq is None or not reasons & HELD_ELSEWHERE:
        return

    async def ask() -> None:
        if await hq.authorise(member.member_id, member.points_millipoints):
            screen.queue(lambda: _show_authorised(screen, member.member_id))

    screen.run_worker(ask(), group="ask_hq", exit_on_error=False)


async def _show_authorised(screen: SellScreen, member_id: str) -> None:
    if screen.sale.draft.member is not None and screen.sale.draft.member.member_id == member_id:
        await screen.sale.refresh_member()
        points = format_points(screen.sale.draft.member.spendable_millipoints, current_language())
        screen.tell(_("Headquarters says yes: {points} points to spend.").format(points=points), Tone.MEMBER)


async def choose_member(screen: SellScreen, found: SeveralFound) -> None:
    """Several people match: the cashier chooses."""
    from terminal.screens.find import FindScreen

    member_id = await screen.regulars.push_screen_wait(FindScreen(matches=found.matches))
    if member_id is not None:
        await add_member_by_id(screen, member_id)


async def add_member_by_id(screen: SellScreen, member_id: str) -> None:
    """Put the member with this identity on the sale."""
    member = await screen.regulars.desk.read(lambda till: till.members.show(member_id))
    await greet(screen, member)


async def add_voucher(screen: SellScreen, found: VoucherFound) -> None:
    """A voucher brings its member along."""
    if found.voucher.status != "open":
        raise Refused("voucher_not_open", N_("This voucher was used before or has run out. Nothing was changed."))
    if found.member is not None:
        await screen.sale.add_member(found.member)
    code, name = found.voucher.code, found.voucher.name
    await screen.sale.change(screen.sale.draft.with_voucher(code))
    if code in screen.sale.draft.waiting_vouchers:
        screen.tell(_("Voucher taken: {name}. It waits for the goods that it is for.").format(name=name), Tone.MEMBER)
    else:
        screen.tell(_("Voucher taken: {name}.").format(name=name), Tone.OK)
