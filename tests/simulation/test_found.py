"""What simulated fleets once found, each as the shortest play that shows it."""

from loyalty.basket import Line
from simulation.acts import paying
from simulation.faults import read_faults
from simulation.machine import Machine
from simulation.run import playing
from simulation.world import Plan, World
from terminal.till_sale_shapes import RefundRequest, SaleDone, SaleRequest

SIZE = 3


def _coffees(machine: Machine, member_id: str, count: int) -> SaleDone:
    line = Line(category="Coffee", amount_minor=900, quantity_milli=count * 1000)
    return machine.till.sales.sell(SaleRequest(lines=(line,), member_id=member_id))


def _sync(world: World) -> None:
    for _ in range(2):
        for machine in world.machines:
            machine.desk.sync_once()


def test_stamps_that_two_tills_hold_together_make_vouchers_only_once() -> None:
    with playing(Plan(2, 1, 1, read_faults("none"))) as world:
        member_id = world.members[0]
        for machine in world.machines:
            _coffees(machine, member_id, SIZE - 1)
        _sync(world)

        won = [voucher for machine in world.machines for voucher in _coffees(machine, member_id, 2).vouchers_won]

        stamps = 2 * (SIZE - 1) + 2 * 2
        assert len(won) * SIZE <= stamps


def test_what_a_revoked_till_has_saved_still_reaches_hq() -> None:
    with playing(Plan(3, 1, 1, read_faults("none"))) as world:
        revoked = world.machines[0]
        world.hq.office.revoke(revoked.till_id)
        sale = _coffees(revoked, world.members[0], 1)

        for machine in world.machines:
            world.attempt(machine, "syncs", machine.desk.sync_once)

        there = {(entry.till_id, entry.epoch, entry.seq) for entry in world.hq.booked()}
        mine = [entry for entry in revoked.entries() if str(entry.id) == sale.sale_id]
        assert [tuple(entry.id) in there for entry in mine] == [True]


def test_a_debt_is_repaid_only_from_points_that_are_free_when_a_refund_takes_back_several_lots() -> None:
    with playing(Plan(2, 1, 1, read_faults("none"), floor_millipoints=3000)) as world:
        member_id = world.members[0]
        elsewhere = world.machines[1]
        _sync(world)
        elsewhere.till.sales.sell(paying(member_id, 3))
        books = Line(category="Books", amount_minor=900, quantity_milli=1000)
        sale = elsewhere.till.sales.sell(SaleRequest(lines=(books,), member_id=member_id))
        _sync(world)
        elsewhere.till.refunds.refund(RefundRequest(sale=sale.sale_id))
        _sync(world)

        assert world.hq.debts() == {member_id: 3000}
        assert world.hq.office.invariants() == []


def test_what_is_shown_as_spendable_is_what_can_be_spent_beyond_the_points_too() -> None:
    with playing(Plan(2, 1, 1, read_faults("none"), floor_millipoints=5000)) as world:
        member_id = world.members[0]
        holder, elsewhere = world.machines
        _sync(world)
        holder.till.sales.sell(paying(member_id, 30))
        _sync(world)
        shown = elsewhere.till.members.show(member_id)
        done = elsewhere.till.sales.sell(paying(member_id, 5))

        assert (shown.spendable_millipoints, shown.why_not) == (5000, ())
        assert shown.points_millipoints < 5000
        assert done.points_spent_millipoints == 5000
