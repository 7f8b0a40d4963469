"""The composition root: builds the till service from settings, clock and randomness, and closes it again."""

from collections.abc import Iterator
from contextlib import contextmanager

from cli.run import CASHIER_VARIABLE, Run
from terminal.till import Till
from terminal.till_opening import open_till, open_training


@contextmanager
def open_service(run: Run, *, read_only: bool = False) -> Iterator[Till]:
    """The till of the run's home, or the training till beside it; closed at the end."""
    opening = open_training if run.asked.training else open_till
    with opening(
        run.home,
        run.settings,
        clock=run.clock,
        random=run.random,
        cashier_id=run.asked.cashier or run.environ.get(CASHIER_VARIABLE),
        read_only=read_only,
    ) as till:
        yield till
