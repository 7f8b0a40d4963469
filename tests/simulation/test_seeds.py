"""Two hundred short runs with every fault, one seed each: no promise is broken, and no fault was only talked of."""

import os

import pytest

from simulation.batch import Batch, run_batch
from simulation.faults import Fault
from simulation.healing import MAX_ROUNDS

# All on one worker: each other one would play the whole batch again.
pytestmark = [pytest.mark.xdist_group("seeds"), pytest.mark.timeout(3600)]
SEEDS = 2000 if os.environ.get("REGULARS_LONG") else 200


@pytest.fixture(scope="module")
def batch() -> Batch:
    return run_batch(range(SEEDS))


def test_no_promise_is_broken_by_any_seed(batch: Batch) -> None:
    assert batch.violations == []
    assert (batch.runs, batch.lost, batch.corrupt) == (SEEDS, 0, 0)
    assert batch.most_rounds_to_converge <= MAX_ROUNDS


def test_members_spend_points_while_hq_cannot_be_asked(batch: Batch) -> None:
    assert batch.sales > SEEDS
    assert batch.redemptions_offline > 0


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_has_happened(batch: Batch, fault: Fault) -> None:
    assert batch.faults[fault] > 0
