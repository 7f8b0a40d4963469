"""Every screen of the till, reached as a cashier reaches it; for snapshots and for the documentation's pictures."""

from collections.abc import Awaitable, Callable

from loyalty.basket import Line
from terminal.till_member_shapes import Enrolment
from terminal.till_sale_shapes import SaleRequest
from terminal.widgets.omnibox import Omnibox
from tests.integration.terminal.shop import NOW_MS, PIN, Counter, Shop

DAY_MS = 86_400_000
ZOFIA_PHONE = "+48601234567"


def furnish(shop: Shop) -> str:
    """Members with a past; answers with Zofia's card."""
    with shop.till() as till:
        zofia = till.members.enrol(Enrolment(name="Zofia Nowak", phone=ZOFIA_PHONE, birthday="11-19"))
        till.members.enrol(Enrolment(name="Zofia Kowalska", phone="+48602111222"))
        till.members.enrol(Enrolment(name="Jan Wiśniewski", email="jan@example.com"))
        till.staff.add("Piotr", "2580")
        for days_ago in (40, 9, 2):
            lines = (Line("Groceries", 42_390), Line("Coffee", 1_800, 2000), Line("Coffee", 950))
            request = SaleRequest(lines=lines, member_id=zofia.member_id, at_ms=NOW_MS - days_ago * DAY_MS)
            till.sales.sell(request)
        till.sales.hold(SaleRequest(lines=(Line("Bread", 1_250), Line("Fruit", 870)), member_id=zofia.member_id))
        return zofia.cards[0].code


async def with_sale(counter: Counter, card: str) -> None:
    """Zofia buys bread, coffee and fruit."""
    await counter.scan(card)
    await counter.type("45,90")
    await counter.type("2x9 coffee")
    await counter.type("12,50 bread")


async def nothing(_counter: Counter, _card: str) -> None:
    """The empty sell screen."""


async def selling(counter: Counter, card: str) -> None:
    """A sale with a reward on it."""
    await with_sale(counter, card)
    await counter.press("f4")
    await counter.type("1")


async def choosing(counter: Counter, card: str) -> None:
    """The till awaits a reward's number."""
    await with_sale(counter, card)
    await counter.press("f4")


async def saved(counter: Counter, card: str) -> None:
    """The sale was saved."""
    await selling(counter, card)
    await counter.press("f12")


async def refused(counter: Counter, _card: str) -> None:
    """A code that nobody has."""
    await counter.scan("5901234123457")


def by_keys(*keys: str, sale: bool = True) -> Callable[[Counter, str], Awaitable[None]]:
    """A screen that keys lead to."""

    async def scene(counter: Counter, card: str) -> None:
        if sale:
            await with_sale(counter, card)
        await counter.press(*keys)

    return scene


def from_menu(name: str) -> Callable[[Counter, str], Awaitable[None]]:
    """A screen of the menu *More*."""

    async def scene(counter: Counter, card: str) -> None:
        await counter.scan(card)
        await counter.press("f9")
        await counter.type(name)

    return scene


async def enrolling(counter: Counter, _card: str) -> None:
    """Somebody who may be here already."""
    await counter.press("f2")
    counter.hands.keys("601234567")
    await counter.settled()


async def enrolled(counter: Counter, _card: str) -> None:
    """A new member's card on the screen."""
    await counter.press("f2")
    await counter.type("603333444")
    counter.hands.keys("Ewa Lis")
    await counter.press("f12")


async def finding(counter: Counter, _card: str) -> None:
    """Two Zofias."""
    await counter.press("f3")
    counter.hands.keys("zof")
    await counter.settled()


async def refunding(counter: Counter, _card: str) -> None:
    """One line of a sale is chosen."""
    await counter.press("f8", "enter")
    await counter.type("2:1")


async def confirming(counter: Counter, card: str) -> None:
    """A question that destroys something: Cancel has the focus."""
    await counter.scan(card)
    await counter.press("f10", "f10")


async def locked(counter: Counter, card: str) -> None:
    """A locked till."""
    await with_sale(counter, card)
    await counter.press("ctrl+l")


async def wrong_pin(counter: Counter, card: str) -> None:
    """A PIN that is not known."""
    await locked(counter, card)
    await counter.type(PIN[::-1])


async def blocked(counter: Counter, card: str) -> None:
    """A member who was blocked."""
    await counter.scan(card)
    await counter.press("f10", "f8")
    await counter.type("card found in the street")
    await counter.press("escape")


async def typing(counter: Counter, _card: str) -> None:
    """Half an amount."""
    counter.app.screen.query_one(Omnibox).field.focus()
    counter.hands.keys("45,9")
    await counter.settled()


SCENES: dict[str, Callable[[Counter, str], Awaitable[None]]] = {
    "sell-empty": nothing,
    "sell-typing": typing,
    "sell": selling,
    "sell-choosing": choosing,
    "sell-saved": saved,
    "sell-refused": refused,
    "sell-blocked": blocked,
    "help": by_keys("f1"),
    "enrol": enrolling,
    "enrolled": enrolled,
    "find": finding,
    "why": by_keys("f5"),
    "more": by_keys("f9"),
    "member": by_keys("f10"),
    "member-edit": by_keys("f10", "f2"),
    "member-history": by_keys("f10", "f3"),
    "member-cards": by_keys("f10", "f4"),
    "member-vouchers": by_keys("f10", "f5"),
    "member-consents": by_keys("f10", "f6"),
    "confirm": confirming,
    "sales": by_keys("f8", sale=False),
    "refund": refunding,
    "receipt": by_keys("f8", "enter", "f4", sale=False),
    "activities": from_menu("Record an activity"),
    "adjust": from_menu("Adjust points"),
    "shift": from_menu("Shift"),
    "staff": from_menu("Staff"),
    "reports": from_menu("Reports"),
    "print-queue": from_menu("Print queue"),
    "headquarters": from_menu("Headquarters"),
    "locked": locked,
    "wrong-pin": wrong_pin,
}
