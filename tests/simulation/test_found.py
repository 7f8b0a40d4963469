"""What simulated fleets once found, each as the shortest play that shows it."""

from loyalty.basket import Line
from simulation.faults import read_faults
from simulation.machine import Machine
from simulation.run import playing
from simulation.world import Plan, World
from terminal.till_sale_shapes import SaleDone, SaleRequest

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
