"""A quote is the same on any machine: whatever the hash seed, the machine's time zone and its locale."""

import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from loyalty.account import Account
from loyalty.lots import Lot
from loyalty.programme.load import load_programme
from loyalty.quote import quote
from tests.oracle.cases import Sale, case

CASES = range(10)
PRINTS_IT = "from tests.unit.loyalty.test_same_everywhere import digest; print(digest())"
MACHINES = [
    {"PYTHONHASHSEED": "0", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "4242", "TZ": "America/Los_Angeles", "LC_ALL": "C.UTF-8", "PYTHONOPTIMIZE": "1"},
]


def digest() -> str:
    """The digest of every quote of some generated sales, with offers, best combination and trace."""
    total = sha256()
    for seed in CASES:
        drawn = case(seed)
        programme = load_programme(drawn.programme)
        account = Account("M", points_millipoints=90_000, lots=(Lot(90_000),), segments=drawn.segments)
        for step in drawn.steps:
            if isinstance(step, Sale):
                found = quote(programme, account, step.basket, step.choices, step.at_ms, drawn.store)
                total.update(programme.version.encode() + msgspec.json.encode(found))
    return total.hexdigest()


@pytest.mark.parametrize("machine", MACHINES)
def test_a_quote_is_the_same_on_any_machine(machine: dict[str, str]) -> None:
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", PRINTS_IT]
    told = subprocess.run(command, cwd=root, env={**os.environ, **machine}, check=True, capture_output=True, text=True)
    assert told.stdout.strip() == digest()
