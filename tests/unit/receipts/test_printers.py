"""Printers as they are met: silent, out of paper, hung up, or dead in the middle of a job."""

import socket
import stat
from pathlib import Path

import pytest

from config.printer_settings import PrinterKind, PrinterSettings
from receipts.printers import PrinterState, PrinterStatus, PrintFailed, open_printer
from tests.unit.receipts.fakes import Death, TcpPrinter

JOB = b"\x1b@Hello\n" * 20


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ({1: 0x12, 2: 0x12, 4: 0x12}, PrinterState.READY),
        ({1: 0x12, 2: 0x12, 4: 0x1E}, PrinterState.PAPER_LOW),
        ({1: 0x1A, 2: 0x32, 4: 0x7E}, PrinterState.PAPER_OUT),
        ({1: 0x1A, 2: 0x16, 4: 0x12}, PrinterState.COVER_OPEN),
        ({1: 0x1A, 2: 0x52, 4: 0x12}, PrinterState.ERROR),
        ({1: 0x1A, 2: 0x12, 4: 0x12}, PrinterState.OFFLINE),
    ],
)
def test_status_bytes_are_told_in_states(status: dict[int, int], state: PrinterState) -> None:
    with TcpPrinter(status=status) as printer:
        assert open_printer(printer.settings).status().state is state


@pytest.mark.parametrize(
    ("level", "byte", "is_open"), [("high", 0x16, True), ("low", 0x12, True), ("high", 0x12, False)]
)
def test_the_drawer_s_sensor_is_read_as_the_settings_say(level: str, byte: int, *, is_open: bool) -> None:
    with TcpPrinter(status={1: byte, 2: 0x12, 4: 0x12}) as printer:
        settings = printer.settings.model_copy(update={"drawer_open_level": level})
        assert open_printer(settings).status().drawer_open is is_open


def test_a_job_arrives_whole_and_is_confirmed() -> None:
    with TcpPrinter() as printer:
        open_printer(printer.settings).send(JOB)
    assert printer.printed == [JOB]


def test_bytes_that_nobody_asked_for_are_not_taken_for_answers() -> None:
    """Automatic status back and flow control of serial printers come in between."""
    with TcpPrinter(chatter=b"\x11\x13\x10\x90") as printer:
        assert open_printer(printer.settings).status() == PrinterStatus(PrinterState.READY, drawer_open=False)


@pytest.mark.parametrize("answers", [True, False])
def test_a_printer_that_hangs_up_after_each_job_prints_the_next_one_too(*, answers: bool) -> None:
    with TcpPrinter(answers=answers) as printer:
        device = open_printer(printer.settings)
        device.send(JOB)
        device.send(JOB)
    assert printer.printed == [JOB, JOB]


def test_no_paper_is_noticed_before_anything_is_sent() -> None:
    with TcpPrinter(status={1: 0x1A, 2: 0x32, 4: 0x7E}) as printer, pytest.raises(PrintFailed) as failure:
        open_printer(printer.settings).send(JOB)
    assert printer.printed == []
    assert (failure.value.reason, failure.value.may_have_printed) == ("printer_paper_out", False)
    assert "new roll" in failure.value.message()


def test_a_printer_that_should_answer_and_does_not_gets_nothing() -> None:
    with TcpPrinter(answers=False) as printer, pytest.raises(PrintFailed) as failure:
        open_printer(printer.settings.model_copy(update={"status": True})).send(JOB)
    assert printer.printed == []
    assert not failure.value.may_have_printed


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    settings = PrinterSettings(kind=PrinterKind.NETWORK, host="127.0.0.1", port=port, timeout_s=0.2)
    assert open_printer(settings).status().state is PrinterState.OFFLINE
    with pytest.raises(PrintFailed) as failure:
        open_printer(settings).send(JOB)
    assert not failure.value.may_have_printed


# The fourth pair is missing: a printer that answers nothing and goes on taking bytes looks like a healthy one.
@pytest.mark.parametrize(("death", "answers"), [(Death.RESET, True), (Death.RESET, False), (Death.SILENCE, True)])
def test_a_printer_that_dies_in_the_middle_may_have_printed(death: Death, *, answers: bool) -> None:
    with TcpPrinter(answers=answers, dies_after=40, death=death) as printer, pytest.raises(PrintFailed) as failure:
        open_printer(printer.settings).send(JOB)
    assert failure.value.may_have_printed


def test_a_drawer_is_not_left_to_open_later() -> None:
    with TcpPrinter(status={1: 0x1A, 2: 0x16, 4: 0x12}) as printer, pytest.raises(PrintFailed) as failure:
        open_printer(printer.settings).open_drawer()
    assert printer.printed == []
    assert failure.value.state is PrinterState.COVER_OPEN


def test_the_drawer_opens() -> None:
    with TcpPrinter() as printer:
        open_printer(printer.settings).open_drawer()
    assert printer.printed[0].startswith(b"\x1bp")


def test_no_printer_is_said_to_be_none() -> None:
    assert open_printer(PrinterSettings()).status().state is PrinterState.NONE


def test_without_a_printer_nothing_is_sent_and_it_is_said_why() -> None:
    with pytest.raises(PrintFailed) as failure:
        open_printer(PrinterSettings()).send(JOB)
    assert (failure.value.reason, failure.value.may_have_printed) == ("printer_none", False)


def file_printer(path: Path, **changes: object) -> PrinterSettings:
    return PrinterSettings.model_validate({"kind": PrinterKind.FILE, "path": path, "timeout_s": 0.2} | changes)


def test_receipts_are_added_to_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    printer = open_printer(file_printer(tmp_path / "paper"))
    printer.send(JOB)
    printer.send(JOB)
    assert (tmp_path / "paper").read_bytes() == JOB * 2
    assert stat.S_IMODE((tmp_path / "paper").stat().st_mode) == 0o600


def test_a_full_device_may_have_printed() -> None:
    with pytest.raises(PrintFailed) as failure:
        open_printer(file_printer(Path("/dev/full"))).send(JOB)
    assert failure.value.may_have_printed


def test_a_file_that_is_asked_for_its_status_answers_nothing(tmp_path: Path) -> None:
    assert open_printer(file_printer(tmp_path / "paper", status=True)).status().state is PrinterState.OFFLINE


def test_a_printer_that_was_unplugged_does_not_become_a_file() -> None:
    device = Path("/dev/regulars-no-such-printer")
    with pytest.raises(PrintFailed) as failure:
        open_printer(file_printer(device)).send(JOB)
    assert not failure.value.may_have_printed
    assert not device.exists()


def test_a_missing_device_took_nothing(tmp_path: Path) -> None:
    with pytest.raises(PrintFailed) as failure:
        open_printer(file_printer(tmp_path / "no such folder" / "lp0")).send(JOB)
    assert not failure.value.may_have_printed


def cups(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> PrinterSettings:
    program = folder / "lp"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return PrinterSettings(kind=PrinterKind.CUPS, queue="kitchen", timeout_s=0.5)


def test_cups_gets_the_job_raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = cups(tmp_path, f'echo "$@" > {tmp_path}/arguments; cat > {tmp_path}/job', monkeypatch)
    open_printer(settings).send(JOB)
    assert (tmp_path / "job").read_bytes() == JOB
    assert (tmp_path / "arguments").read_text() == "-s -d kitchen -o raw\n"


def test_cups_refuses_and_nothing_was_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PrintFailed) as failure:
        open_printer(cups(tmp_path, "cat > /dev/null; exit 1", monkeypatch)).send(JOB)
    assert not failure.value.may_have_printed


def test_cups_that_hangs_may_have_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PrintFailed) as failure:
        open_printer(cups(tmp_path, "exec sleep 5", monkeypatch)).send(JOB)
    assert failure.value.may_have_printed


def test_a_machine_without_cups_took_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = cups(tmp_path, "", monkeypatch)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(PrintFailed) as failure:
        open_printer(settings).send(JOB)
    assert not failure.value.may_have_printed
