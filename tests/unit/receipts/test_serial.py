"""A serial printer at a pseudo-terminal: what python-escpos would wait for without end is bounded."""

import os
import pty
import time
import tty
from collections.abc import Iterator

import pytest

from config.errors import Broken
from config.printer_settings import PrinterKind, PrinterSettings
from receipts.printers import PrinterState, PrintFailed, open_printer

pytest.importorskip("serial", reason="serial printers need pyserial")


@pytest.fixture
def cable() -> Iterator[tuple[int, str]]:
    """A cable whose other end nobody reads."""
    printer, till = pty.openpty()
    tty.setraw(printer)
    yield printer, os.ttyname(till)
    os.close(printer)
    os.close(till)


def serial(device: str, *, status: bool) -> PrinterSettings:
    return PrinterSettings(kind=PrinterKind.SERIAL, device=device, timeout_s=0.3, status=status)


def test_a_silent_serial_printer_is_offline_in_bounded_time(cable: tuple[int, str]) -> None:
    assert open_printer(serial(cable[1], status=True)).status().state is PrinterState.OFFLINE


def test_a_serial_printer_that_takes_nothing_may_have_printed_in_bounded_time(cable: tuple[int, str]) -> None:
    start = time.monotonic()
    with pytest.raises(PrintFailed) as failure:
        open_printer(serial(cable[1], status=False)).send(b"x" * 200_000)
    assert failure.value.may_have_printed
    assert time.monotonic() - start < 60


def test_a_missing_serial_port_took_nothing() -> None:
    with pytest.raises(PrintFailed) as failure:
        open_printer(serial("/dev/regulars-no-such-port", status=False)).send(b"x")
    assert not failure.value.may_have_printed


def test_a_missing_usb_printer_or_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    core = pytest.importorskip("usb.core", reason="USB printers need pyusb")
    settings = PrinterSettings(kind=PrinterKind.USB, usb_vendor=0xFFFE, usb_product=0xFFFE, timeout_s=0.3)
    printer = open_printer(settings)
    monkeypatch.setattr(core, "find", lambda **_: None)
    assert printer.status().state is PrinterState.OFFLINE
    with pytest.raises(PrintFailed) as failure:
        printer.send(b"x")
    assert not failure.value.may_have_printed

    def no_library(**_: object) -> None:
        raise core.NoBackendError("No backend available")

    monkeypatch.setattr(core, "find", no_library)
    with pytest.raises(Broken, match="libusb"):
        printer.status()
