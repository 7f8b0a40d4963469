"""The house keeps its shape: empty doors, lazy heavy libraries, a repository that speaks of the product alone."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = {
    "config": 0,
    "loyalty": 1,
    "ledger": 2,
    "scanner": 2,
    "receipts": 2,
    "sync": 3,
    "terminal": 4,
    "hq": 4,
    "simulation": 5,
    "cli": 6,
}
HEAVY = {"cv2", "escpos", "fpdf", "cel", "zxingcpp", "pyzbar", "duckdb", "textual", "fastapi", "sqlalchemy"}
STATEMENTS = (
    "import importlib, json, pkgutil, sys; "
    "room = importlib.import_module(sys.argv[1]); "
    "[importlib.import_module(found.name) for found in pkgutil.walk_packages(room.__path__, room.__name__ + '.')"
    " if '.app' not in found.name and '.screens' not in found.name and '.widgets' not in found.name]; "
    "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
)


def tracked(pattern: str) -> list[Path]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listing.stdout.split("\n") if name and (ROOT / name).is_file()]


def test_every_package_door_is_empty() -> None:
    written = [path for path in tracked("*__init__.py") if path.read_text(encoding="utf-8").strip()]
    assert written == []


@pytest.mark.parametrize("room", ["config", "loyalty", "ledger", "scanner", "receipts", "sync"])
def test_a_room_brings_only_floors_below_its_own_and_no_heavy_library(room: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", STATEMENTS, room], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(json.loads(answer.stdout))
    assert loaded & HEAVY == set()
    assert {name for name in loaded & FLOORS.keys() if FLOORS[name] >= FLOORS[room]} == {room}


def test_the_till_service_brings_no_screen() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", "import terminal.till, sys; print('textual' in sys.modules, 'cv2' in sys.modules)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.split() == ["False", "False"]


def test_the_repository_holds_no_machine_path_and_no_index_address() -> None:
    machine_path = re.compile(r"(?:^|[^\w.~-])/(?:home|work|root|Users)/\w")
    index_address = re.compile(r"--(?:extra-)?index[-]url|--find[-]links|pypi[.]org/simple|files[.]pythonhosted")
    found = []
    for path in tracked("*"):
        if path.suffix in {".png", ".svg", ".ttf", ".mo", ".wav", ".ico"} or path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        found += [f"{path.name}: {hit.group()}" for hit in machine_path.finditer(text)]
        found += [f"{path.name}: {hit.group()}" for hit in index_address.finditer(text)]
    assert found == []
