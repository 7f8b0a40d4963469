"""``regulars simulate``: a fleet of real tills and a real HQ in one thread, with faults, checked against the rules."""

import math

import click
import msgspec

from cli.run import Run, pass_run
from config.i18n import _

VIOLATED = 3
MINUTES_AN_HOUR = 60


@click.command("simulate")
@click.option("--tills", type=click.IntRange(1, 50), default=3, show_default=True, help="How many tills.")
@click.option(
    "--hours", type=click.FloatRange(0.02, 24 * 366), default=8, show_default=True, help="For how long they sell."
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed, the same run.")
@click.option("--faults", help="Comma-separated kinds of faults, or all (the default), or none.")
@click.option(
    "--floor",
    "floor_points",
    type=click.IntRange(0, 1_000_000),
    default=0,
    show_default=True,
    help="Points a member may owe each till while HQ can't be asked.",
)
@click.option(
    "--search", is_flag=True, help="Look for the largest debt that the rules let happen, and say how near it came."
)
@click.pass_context
@pass_run
def simulate(
    run: Run,
    context: click.Context,
    tills: int,
    hours: float,
    seed: int,
    faults: str | None,
    floor_points: int,
    search: bool,
) -> None:
    """Let tills sell for hours while messages are lost and machines die, then heal all; exit 3 when a promise broke."""
    if math.isnan(hours):
        raise click.BadParameter("nan", param_hint="--hours")
    from simulation.faults import read_faults
    from simulation.run import simulate as run_simulation
    from simulation.search import search_for_debt
    from simulation.world import Plan

    kinds = read_faults("none" if search and faults is None else faults)
    plan = Plan(tills, round(hours * MINUTES_AN_HOUR), seed, kinds, floor_points * 1000)
    outcome = search_for_debt(plan) if search else run_simulation(plan)
    happened = sum(outcome.faults.values())
    run.answer(
        msgspec.to_builtins(outcome),
        "\n".join(
            [
                _("{sales} sales, {faults} faults, agreement after {rounds} rounds").format(
                    sales=outcome.sales, faults=happened, rounds=outcome.rounds_to_converge
                ),
                _("largest debt {debt}, bound {bound} (thousandths of points)").format(
                    debt=outcome.max_debt_millipoints, bound=outcome.bound_millipoints
                ),
                *(outcome.violations or [_("No promise was broken.")]),
            ]
        ),
    )
    if outcome.violations:
        context.exit(VIOLATED)
