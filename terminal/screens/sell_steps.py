"""The cashier's steps on the sell screen: begin, rewards, finish, undo, hold, and the ways to other screens."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from config.errors import N_, Refused, WrongUse
from config.formats import format_money, format_points
from config.i18n import _, current_language, ngettext
from loyalty.money import MILLI
from terminal.sale import ChoiceRefused
from terminal.screens import sell_intake
from terminal.till_member_shapes import Enrolment, MemberShown, NobodyFound
from terminal.till_sale_shapes import OfferShown, SaleDone
from terminal.widgets.message_line import Tone
from terminal.widgets.rewards_pane import RewardsPane
from terminal.words import payment_word, say

if TYPE_CHECKING:
    from terminal.screens.sell import SellScreen


async def begin(screen: SellScreen) -> None:
    """Bring back the sale that was on screen when the program last stopped."""
    screen.categories = await screen.regulars.desk.read(lambda till: till.sales.categories())
    if await screen.sale.restore():
        screen.tell(_("Here is the sale that was on screen before. Go on, or clear it (F9)."), Tone.INFO)
    else:
        screen.tell(_("Ready. Scan a card, or type an amount."), Tone.INFO)
    for problem in screen.regulars.shop_keys.problems:
        screen.tell_error(problem)


async def typed(screen: SellScreen, text: str) -> None:
    """Enter in the omnibox; which question it answers is known only now, when everything before is done."""
    if screen.choosing_reward:
        await choose_reward(screen, text or str(screen.query_one(RewardsPane).marked + 1))
    elif text:
        await sell_intake.take(screen, text, typed=True)
    else:
        screen.tell(_("F12 saves this sale.") if screen.sale.draft.lines else _("Scan a card or type an amount."))


async def finish(screen: SellScreen, text: str) -> None:
    """Save the sale; *text*, what still stood in the omnibox, is taken along first."""
    screen.choose(on=False)
    if text:
        await sell_intake.take(screen, text, typed=True)
    unused = screen.sale.draft.waiting_vouchers
    done = await screen.sale.finish()
    screen.regulars.devices.wake_printing()
    screen.marked = None
    words = saved(done, screen.sale.member, screen.currency)
    if unused:
        words = _("{saved} The voucher was not used: it is for other goods.").format(saved=words)
    screen.tell(words, Tone.OK)


def saved(done: SaleDone, member: MemberShown | None, currency: str) -> str:
    """What the cashier tells the customer after saving."""
    language = current_language()
    words = [
        _("Saved {sale}: {money}.").format(sale=done.short, money=format_money(done.to_pay_minor, currency, language))
    ]
    if done.member_id is not None:
        points = format_points(done.points_earned_millipoints, language)
        balance = format_points(done.balance_millipoints or 0, language)
        words.append(_("+{points} points, {balance} now.").format(points=points, balance=balance))
    if member is not None and member.tier is not None and done.tier_before != done.tier_after:
        words.append(_("New tier: {tier}!").format(tier=member.tier.name))
    words += [_("Voucher won: {name}!").format(name=won.name) for won in done.vouchers_won]
    words.append(_("Scan the next card. F7 takes the sale back."))
    return " ".join(words)


async def open_rewards(screen: SellScreen) -> None:
    """Await the number of a reward."""
    if screen.sale.draft.member is None:
        raise Refused("member_missing", N_("Rewards are for members. Scan a card first."))
    if not screen.sale.offers:
        raise Refused("no_rewards", N_("The programme has no rewards to give at the moment."))
    screen.choose(on=True)
    screen.tell(_("Type the reward's number, or choose with the arrows, then Enter; once more lets it go."), Tone.INFO)


async def choose_reward(screen: SellScreen, text: str) -> None:
    """Take or let go the reward whose number was typed; ``5 2000`` pays with 2000 points by reward 5."""
    number, _blank, points_text = text.partition(" ")
    offers = screen.sale.offers
    if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= len(offers):
        raise WrongUse(
            "reward_number_unknown",
            N_("There is no reward with that number. Type one from 1 to {last}, or Esc."),
            last=len(offers),
        )
    offer = offers[int(number) - 1]
    if not offer.possible and not screen.sale.gives(offer.reward):
        screen.choose(on=False)
        screen.tell(refusal(offer, screen.currency), Tone.NOT_OK)
        return
    try:
        chosen = await screen.sale.toggle_reward(offer, points_wanted(screen, offer, points_text))
    except ChoiceRefused as refused:
        words = say(refused.why.reason, refused.why.params, _, currency=screen.currency)
        screen.tell(f"{offer.name}: {words}", Tone.NOT_OK)
        return
    screen.choose(on=False)
    if chosen:
        screen.tell(_("{name} is on the sale. F12 saves, F7 takes it back.").format(name=offer.name), Tone.OK)
    else:
        screen.tell(_("{name} was let go; no points are spent.").format(name=offer.name), Tone.OK)


def refusal(offer: OfferShown, currency: str) -> str:
    """Why a reward can't be had now."""
    reasons = " ".join(say(why.reason, why.params, _, currency=currency) for why in offer.why)
    return f"{offer.name}: {reasons}"


def points_wanted(screen: SellScreen, offer: OfferShown, text: str) -> int | None:
    """The points typed after the number, in thousandths; for points as payment without a figure: the most there are."""
    if text.strip():
        if not text.strip().isdigit() or len(text.strip()) > 9:
            raise WrongUse("points_not_understood", N_("Type the number of points as a whole number, like: 5 2000."))
        return int(text) * MILLI
    if offer.maximum_millipoints is None or screen.sale.draft.has_reward(offer.reward):
        return None
    return offer.maximum_millipoints


async def undo(screen: SellScreen) -> None:
    """Take the last step back."""
    screen.choose(on=False)
    screen.marked = None
    void = await screen.sale.undo()
    if void is None:
        screen.tell(_("Taken back."), Tone.OK)
    else:
        screen.tell(_("The saved sale was taken back: everything is as before it. Correct it and press F12."), Tone.OK)


async def pay_otherwise(screen: SellScreen) -> None:
    """The next way to pay; rewards and rules that ask how it is paid follow."""
    methods = screen.regulars.settings.terminal.payment_methods
    if len(methods) < 2:
        raise Refused("no_payment_methods", N_("This shop does not ask how a sale is paid. F12 saves it."))
    draft = screen.sale.draft
    place = methods.index(draft.payment_method) + 1 if draft.payment_method in methods else 0
    method = methods[place % len(methods)]
    await screen.sale.change(replace(draft, payment_method=method))
    screen.tell(_("Paid by: {method}. F12 saves the sale.").format(method=payment_word(method, _)), Tone.OK)


async def take_out(screen: SellScreen) -> None:
    """Take the marked line out, or the last one."""
    last = len(screen.sale.draft.lines) - 1
    place = last if screen.marked is None else min(screen.marked, last)
    screen.marked = None
    if place >= 0:
        await screen.sale.change(screen.sale.draft.without_line(place))
        screen.tell(_("Taken out; F7 brings it back."), Tone.OK)


async def clear(screen: SellScreen) -> None:
    """An empty sale."""
    await screen.sale.clear()
    screen.tell(_("Cleared; no points were touched. F7 brings the sale back."), Tone.OK)


async def hold_or_recall(screen: SellScreen) -> None:
    """F6: the sale is put aside; without one, the held sales are shown."""
    if not screen.sale.draft.lines:
        await recall(screen)
        return
    await screen.sale.hold()
    count = len(await screen.regulars.desk.read(lambda till: till.sales.held()))
    words = ngettext("Held; {count} sale waits.", "Held; {count} sales wait.", count).format(count=count)
    screen.tell(" ".join((words, _("F6 takes it back."))), Tone.OK)


async def recall(screen: SellScreen) -> None:
    """Choose among the held sales."""
    from terminal.screens.held import HeldScreen

    held = await screen.regulars.desk.read(lambda till: till.sales.held())
    if not held:
        raise Refused("nothing_held", N_("No sale is held. Type an amount, then F6 puts the sale aside."))
    if screen.sale.draft.lines:
        raise Refused("sale_on_screen", N_("A sale is on screen. Finish it (F12) or hold it (F6) first."))
    held_id = held[0].held_id if len(held) == 1 else await screen.regulars.push_screen_wait(HeldScreen(held))
    if held_id is not None:
        await screen.sale.recall(held_id)
        screen.tell(_("The held sale is back on screen."), Tone.OK)


async def enrol(screen: SellScreen, text: str = "") -> None:
    """A new member, prefilled with what nobody was found by, or with the *text* that was just typed."""
    from terminal.screens.enrol import EnrolScreen

    prefilled, screen.to_enrol = screen.to_enrol, None
    if text:
        found = await screen.regulars.desk.read(lambda till: till.members.identify(text, typed=True))
        prefilled = found.enrol if isinstance(found, NobodyFound) else Enrolment(name=text)
    member_id = await screen.regulars.push_screen_wait(EnrolScreen(prefilled))
    if member_id is not None:
        await sell_intake.add_member_by_id(screen, member_id)


async def find(screen: SellScreen, text: str = "") -> None:
    """Look for a member, beginning with the *text* that was just typed, and put them on the sale."""
    from terminal.screens.find import FindScreen

    member_id = await screen.regulars.push_screen_wait(FindScreen(text=text))
    if member_id is not None:
        await sell_intake.add_member_by_id(screen, member_id)


async def why(screen: SellScreen) -> None:
    """Explain the points of the sale on screen, or of the one just saved."""
    from terminal.screens.why import WhyScreen

    quote = screen.sale.done or screen.sale.quote
    if quote is None:
        raise Refused("nothing_to_explain", N_("Scan a card or type an amount first; then F5 explains every point."))
    await screen.regulars.push_screen_wait(WhyScreen(quote, screen.sale.member))


async def member(screen: SellScreen) -> None:
    """The member in full; what was changed there shows here at once."""
    from terminal.screens.member import MemberScreen

    shown = screen.sale.member
    if shown is None:
        raise Refused("member_missing", N_("There is no member on this sale. Scan a card, or F3 finds one."))
    await screen.regulars.push_screen_wait(MemberScreen(shown))
    await screen.sale.refresh_member()


async def refund(screen: SellScreen) -> None:
    """Choose a sale and give its money back."""
    from terminal.screens.sales_list import SalesListScreen

    sale_id = await screen.regulars.push_screen_wait(SalesListScreen())
    if sale_id is not None:
        from terminal.screens.refund import RefundScreen

        await screen.regulars.push_screen_wait(RefundScreen(sale_id))
        await screen.sale.refresh_member()


async def without_member(screen: SellScreen) -> None:
    """Take the member off the sale."""
    await screen.sale.change(screen.sale.draft.with_member(None))
    screen.tell(_("The member was taken off; F7 puts them back."), Tone.OK)


async def leave(screen: SellScreen) -> None:
    """Close the program; everything that was asked before is done by now."""
    await screen.sale.keep()
    screen.regulars.exit(0)
