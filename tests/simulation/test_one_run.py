"""One simulated run: the same seed gives the same, nothing goes wrong without faults, and the command line says it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.edge import run_command
from cli.main import root
from cli.run import Run
from config.errors import WrongUse
from simulation.faults import Fault, read_faults
from simulation.run import simulate
from simulation.search import search_for_debt
from simulation.workshop import Workshop
from simulation.world import Plan


def test_the_same_seed_gives_the_same_run_to_the_last_figure(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path / "workshop", 2)
    plan = Plan(2, 15, 3, floor_millipoints=2000)

    assert simulate(plan, workshop) == simulate(plan)


def test_the_same_seed_gives_the_same_bytes_in_another_process() -> None:
    program = [sys.executable, "-c", "from cli.main import main; main()"]
    words = [*program, "--json", "simulate", "--tills", "2", "--hours", "0.2", "--seed", "11"]

    told = [
        subprocess.run(words, env={**os.environ, "PYTHONHASHSEED": salt}, capture_output=True, check=True).stdout
        for salt in ("1", "2")
    ]

    assert told[0] == told[1]
    assert json.loads(told[0])["hours"] == 0.2


def test_without_faults_a_fleet_sells_and_agrees_at_once() -> None:
    outcome = simulate(Plan(2, 20, 1, read_faults("none")))

    assert outcome.violations == []
    assert outcome.sales > 0
    assert outcome.rounds_to_converge == 3
    assert sum(outcome.faults.values()) == 0


def test_only_the_faults_that_are_named_happen() -> None:
    outcome = simulate(Plan(2, 20, 2, read_faults("loss, replay")))

    happened = {kind for kind, count in outcome.faults.items() if count}
    assert happened <= {str(Fault.LOSS), str(Fault.REPLAY)}
    assert happened


def test_a_fault_that_nobody_knows_is_refused_with_the_names_of_all() -> None:
    with pytest.raises(WrongUse) as refusal:
        read_faults("loss,lightning")

    assert refusal.value.reason == "fault_unknown"
    assert "clone" in str(refusal.value)


def test_without_a_floor_nobody_can_be_made_to_owe_anything() -> None:
    found = search_for_debt(Plan(2, 1, 1, read_faults("none")), tries=3)

    assert (found.max_debt_millipoints, found.bound_millipoints, found.violations) == (0, 0, [])


def test_the_search_reaches_the_floors_of_all_tills_and_never_passes_them() -> None:
    found = search_for_debt(Plan(2, 1, 5, read_faults("none"), 3000), tries=4)

    assert found.violations == []
    assert found.max_debt_millipoints == found.bound_millipoints == 6000
    assert found.nearest_permille == 1000


def test_the_search_copies_and_loses_tills_when_that_is_named_and_the_bound_grows_by_it() -> None:
    found = search_for_debt(Plan(2, 1, 4, read_faults("clone,destroyed_till")), tries=4)

    assert found.violations == []
    assert found.faults[Fault.CLONE] + found.faults[Fault.DESTROYED] > 0
    assert 0 < found.max_debt_millipoints <= found.bound_millipoints


def test_the_command_line_runs_a_fleet_and_answers_with_one_document(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["--home", str(tmp_path), "--json", "simulate", "--tills", "2", "--hours", "1", "--seed", "7"]

    code = run_command(root, [*words, "--faults", "loss"], Run({}))

    answer = json.loads(capfd.readouterr().out)
    assert code == 0
    assert list(answer) == [
        "seed",
        "tills",
        "hours",
        "sales",
        "redemptions_offline",
        "faults",
        "rounds_to_converge",
        "max_debt_millipoints",
        "bound_millipoints",
        "violations",
    ]
    assert (answer["seed"], answer["tills"], answer["hours"], answer["violations"]) == (7, 2, 1, [])
    assert answer["bound_millipoints"] >= answer["max_debt_millipoints"]
