"""Printers that this machine knows of: devices of USB printers, serial ports, queues of CUPS."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.printer_settings import PrinterKind

CUPS_TIMEOUT_S: Final = 3.0
MAX_FOUND: Final = 50
_DEVICES: Final = ((PrinterKind.FILE, "usb/lp*"), (PrinterKind.SERIAL, "ttyUSB*"), (PrinterKind.SERIAL, "ttyACM*"))


@dataclass(frozen=True, slots=True)
class FoundPrinter:
    """One way to a printer: its kind in the settings, and the value of that kind's key."""

    kind: PrinterKind
    key: str
    address: str


def discover(devices: Path = Path("/dev")) -> tuple[FoundPrinter, ...]:
    """What is there now; nothing is opened or printed. Network printers can't be found this way."""
    keys = {PrinterKind.FILE: "path", PrinterKind.SERIAL: "device"}
    found = [
        FoundPrinter(kind, keys[kind], str(path))
        for kind, pattern in _DEVICES
        for path in sorted(devices.glob(pattern))
    ]
    found += [FoundPrinter(PrinterKind.CUPS, "queue", queue) for queue in _cups_queues()]
    return tuple(found[:MAX_FOUND])


def _cups_queues() -> list[str]:
    try:
        done = subprocess.run(
            ["lpstat", "-e"],  # noqa: S607 - CUPS is where the system has it
            capture_output=True,
            text=True,
            timeout=CUPS_TIMEOUT_S,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.split()
