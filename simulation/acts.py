"""What people do in simulated shops: each act goes through the till's service, as screens and the command line do."""

from collections.abc import Callable
from typing import Final

import msgspec

from config.errors import Refused
from ledger import journal
from loyalty.basket import Line
from loyalty.bodies import FlagRaised
from loyalty.entries import POINTS, AccountMove, Contra, Draft, Header, Leg
from simulation.faults import Fault
from simulation.machine import Machine
from simulation.mortal import MachineDied
from simulation.workshop import PIN
from simulation.world import Promise, World
from terminal.till_codes import find_entry_id
from terminal.till_member_shapes import Enrolment, ProfileEdit
from terminal.till_refunds import UnknownRefund
from terminal.till_sale_shapes import RefundLine, RefundRequest, RewardChoice, SaleDone, SaleRequest

CATEGORIES: Final = ("General", "Coffee", "Coffee", "Cake", "Books")
PHONES: Final = tuple(f"+4860100000{number}" for number in range(4))
UNKNOWN_KIND: Final = "loyalty_wheel_turned"
MAX_POINTS: Final = 12
MILLI: Final = 1000
PAYS_MINOR: Final = 50  # what one point pays
SHARE_PERCENT: Final = (100, 90)  # points pay at most 90 % of a sale


def act(world: World, machine: Machine) -> None:
    """One act at one till."""
    name = world.chance.one_of(_DAY)
    _ACTS[name](world, machine)


def sell(world: World, machine: Machine) -> None:
    """A sale to a member, or to nobody."""
    _sell(world, machine, _member(world, machine), ())


def redeem(world: World, machine: Machine) -> None:
    """Points pay part of a sale; HQ is asked first if it can be, as the counter does it."""
    member_id = _member(world, machine)
    if member_id is None:
        return
    points = world.chance.between(1, MAX_POINTS) * MILLI
    reward = RewardChoice(reward="pay", points_millipoints=points)
    if world.chance.happens(250):
        reward = RewardChoice(reward="mug")
    asked = _authorised(world, machine, member_id, points)
    done = _sell(world, machine, member_id, (reward,))
    if done is not None and done.points_spent_millipoints:
        world.acts["redemptions offline"] += not asked


def spend_all(world: World, machine: Machine) -> None:
    """The member spends all that the screen says can be spent here: no point more is given, and no less."""
    member_id = _member(world, machine)
    if member_id is None:
        return
    points = machine.till.members.show(member_id).spendable_millipoints // MILLI
    if not machine.till.sales.quote(paying(member_id, points + 1)).refused:
        world.violate(Promise.SHOWN, f"{machine.name} gives more than the {points} points it shows")
    if points:
        request = msgspec.structs.replace(paying(member_id, points), key=world.next_key())
        if _confirm(world, machine, request, promised=True) is not None:
            world.acts["redemptions offline"] += 1


def paying(member_id: str, points: int) -> SaleRequest:
    """A sale of which *points* pay as much as they may."""
    whole, most = SHARE_PERCENT
    line = Line(category="General", amount_minor=points * PAYS_MINOR * whole // most + PAYS_MINOR, quantity_milli=MILLI)
    reward = RewardChoice(reward="pay", points_millipoints=points * MILLI)
    return SaleRequest(lines=(line,), member_id=member_id, rewards=(reward,))


def use_voucher(world: World, machine: Machine) -> None:
    """A full stamp card's cake."""
    member_id = _member(world, machine)
    if member_id is None:
        return
    for voucher in machine.till.vouchers.list(member_id):
        if voucher.status == "open":
            _sell(world, machine, member_id, (), (voucher.code,))
            return


def enrol(world: World, machine: Machine) -> None:
    """A new member; phones are few, so that the same one is enrolled at several tills."""
    known_phone = world.chance.one_of(PHONES)
    phone = known_phone if world.chance.happens(500) else None
    name = f"Ann {len(world.members)}"
    asked = Enrolment(name=name, phone=phone, even_if_duplicate=True)
    done = world.attempt(machine, "enrolments", lambda: machine.till.members.enrol(asked))
    if done is not None:
        world.members.append(done.member_id)


def refund(world: World, machine: Machine) -> None:
    """A sale is taken back, whole or in part; one of another till goes through a manager."""
    sales = [entry_id for entry_id in world.saved if entry_id.till_id == machine.till_id]
    if not sales or world.chance.happens(150):
        _refund_elsewhere(world, machine)
        return
    sale = str(world.chance.one_of(sales))
    lines = () if world.chance.happens(700) else (RefundLine(number=1, quantity_milli=500),)
    asked = RefundRequest(sale=sale, lines=lines, key=world.next_key())
    for _ in range(2):
        if world.attempt(machine, "refunds", lambda: machine.till.refunds.refund(asked)) is not None:
            return


def _refund_elsewhere(world: World, machine: Machine) -> None:
    sales = [entry_id for entry_id in world.saved if entry_id.till_id != machine.till_id]
    if sales:
        sale = str(world.chance.one_of(sales))
        asked = UnknownRefund(amount_minor=100, reason="brought back", sale=sale)
        world.attempt(machine, "refunds elsewhere", lambda: machine.till.refunds.refund_unknown(asked))


def void(world: World, machine: Machine) -> None:
    """The last sale of this shift never happened."""
    sales = [entry_id for entry_id in world.saved if entry_id.till_id == machine.till_id]
    if sales:
        world.attempt(machine, "voids", lambda: machine.till.refunds.void(str(sales[-1])))


def edit(world: World, machine: Machine) -> None:
    """A profile is changed, or a consent given or taken back."""
    member_id = _member(world, machine)
    if member_id is None:
        return
    if world.chance.happens(500):
        name = f"Name {world.chance.between(1, 99)}"
        world.attempt(machine, "profile edits", lambda: machine.till.members.edit(member_id, ProfileEdit(name=name)))
    else:
        given = world.chance.happens(500)
        world.attempt(machine, "consents", lambda: machine.till.members.consent(member_id, "email", given, "v1"))


def erase(world: World, machine: Machine) -> None:
    """A member wants to be forgotten; rare."""
    member_id = _member(world, machine)
    if member_id is not None and world.chance.happens(150):
        world.attempt(machine, "erasures", lambda: machine.till.members.erase(member_id))


def close_shift(world: World, machine: Machine) -> None:
    """The drawer is counted."""
    world.attempt(machine, "shifts closed", machine.till.shifts.close)


def hold(world: World, machine: Machine) -> None:
    """A basket is put aside; the oldest one is finished."""
    member_id = _member(world, machine)
    held = machine.till.sales.held()
    if not held:
        asked = SaleRequest(lines=_lines(world), member_id=member_id)
        world.attempt(machine, "baskets held", lambda: machine.till.sales.hold(asked))
        return
    request = SaleRequest(
        lines=_lines(world), member_id=held[0].member_id, held_id=held[0].held_id, key=world.next_key()
    )
    _confirm(world, machine, request)


def activity(world: World, machine: Machine) -> None:
    """A review of the shop earns points."""
    member_id = _member(world, machine)
    if member_id is not None:
        world.attempt(machine, "activities", lambda: machine.till.points.record_activity(member_id, "review"))


def adjust(world: World, machine: Machine) -> None:
    """A manager gives or takes points."""
    member_id = _member(world, machine)
    points = world.chance.one_of((2, 5, -2)) * MILLI
    if member_id is not None:
        world.attempt(machine, "adjustments", lambda: machine.till.points.adjust(member_id, points, "goodwill", PIN))


def unheard_of(world: World, machine: Machine) -> None:
    """A newer till writes a kind of entry that this HQ does not know: its header says all that must be booked."""
    member_id = _member(world, machine)
    if member_id is None or not world.faults.may(Fault.UNKNOWN_KIND, 700) or machine.stopped:
        return
    points = world.chance.between(1, 3) * MILLI
    header = Header(legs=(Leg(member_id, POINTS, points, Contra.ISSUED),), own=(AccountMove(member_id, points),))
    counter = machine.till.counter

    def write() -> None:
        with counter.ledger.write() as tx:
            draft = Draft(UNKNOWN_KIND, FlagRaised(flag="wheel"), header, member_id)
            counter.append(tx, draft)

    world.attempt(machine, "unheard-of acts", write)
    world.faults.counts[Fault.UNKNOWN_KIND] += 1


def _member(world: World, machine: Machine) -> str | None:
    """A member that this till knows by now."""
    for _ in range(3):
        if not world.members:
            return None
        member_id = world.chance.one_of(world.members)
        try:
            return machine.till.members.member_of(member_id)
        except Refused:
            continue
    return None


def _lines(world: World) -> tuple[Line, ...]:
    return tuple(
        Line(
            category=world.chance.one_of(CATEGORIES),
            amount_minor=world.chance.between(100, 1500),
            quantity_milli=MILLI,
        )
        for _ in range(world.chance.between(1, 3))
    )


def _authorised(world: World, machine: Machine, member_id: str, millipoints: int) -> bool:
    """Whether HQ was asked before points are spent, and answered."""
    if world.chance.happens(400):
        return False
    try:
        return machine.desk.authorise(member_id, millipoints)
    except MachineDied:
        world.died(machine)
        return False


def _sell(
    world: World,
    machine: Machine,
    member_id: str | None,
    rewards: tuple[RewardChoice, ...],
    vouchers: tuple[str, ...] = (),
) -> SaleDone | None:
    lines = _lines(world)
    if vouchers:
        lines = (*lines, Line(category="Cake", amount_minor=800, quantity_milli=MILLI))
    key = world.next_key()
    return _confirm(
        world, machine, SaleRequest(lines=lines, member_id=member_id, rewards=rewards, vouchers=vouchers, key=key)
    )


def _confirm(world: World, machine: Machine, request: SaleRequest, *, promised: bool = False) -> SaleDone | None:
    """Finish a sale; when the program dies in between, the cashier confirms the same sale again."""
    boots = machine.clock.boots
    done = world.attempt(machine, "sales", lambda: machine.till.sales.sell(request), promised=promised)
    if done is None and machine.clock.boots > boots:
        done = world.attempt(machine, "sales", lambda: machine.till.sales.sell(request), promised=promised)
        if done is not None and done.repeated:
            world.acts["sales confirmed twice"] += 1
    if done is not None:
        note_saved(world, machine, done.sale_id)
    return done


def note_saved(world: World, machine: Machine, sale_id: str) -> None:
    """The cashier has read "saved": from now on the sale must not be lost."""
    with machine.till.counter.ledger.read() as view:
        entry_id = find_entry_id(view, sale_id)
        entry = journal.require_entry(view, entry_id)
    world.saved[entry_id] = (*entry_id, entry.hash)


_ACTS: Final[dict[str, Callable[[World, Machine], None]]] = {
    "sell": sell,
    "redeem": redeem,
    "spend all": spend_all,
    "voucher": use_voucher,
    "enrol": enrol,
    "refund": refund,
    "void": void,
    "edit": edit,
    "erase": erase,
    "shift": close_shift,
    "hold": hold,
    "activity": activity,
    "adjust": adjust,
    "unheard of": unheard_of,
}
# A day: how often each act comes up.
_DAY: Final = (
    *(["sell"] * 8),
    *(["redeem"] * 8),
    *(["spend all"] * 2),
    *(["enrol"] * 3),
    *(["refund"] * 3),
    *("voucher", "voucher", "void", "edit", "edit", "erase", "shift", "hold", "activity", "adjust", "unheard of"),
)
