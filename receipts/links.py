"""How bytes reach a printer: one small link per kind, each raising OSError when it fails.

python-escpos opens USB and serial printers. Network printers and files have links of their own, since python-escpos'
neither tell whether what was written has arrived nor survive a printer that hangs up.
"""

import errno
import os
import select
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import Any, Final, Protocol

from config.errors import N_, Broken
from config.printer_settings import PrinterKind, PrinterSettings

FAREWELL_S: Final = 1.0
POLL_S: Final = 0.02
MAX_ANSWER_BYTES: Final = 64
_LP: Final = "lp"
_DEVICES: Final = "/dev/"
_NO_SYNC: Final = (errno.EINVAL, errno.ENOTSUP, errno.EROFS)


class NothingSent(OSError):
    """The printer took nothing: it is safe to send all again."""


class Link(Protocol):
    """An open way to a printer. Every method raises OSError when the printer is gone."""

    def write(self, data: bytes) -> None:
        """Send *data*; OSError after at most the link's timeout."""

    def read(self, timeout_s: float) -> bytes:
        """What the printer says; nothing when it stays silent."""

    def finish(self) -> None:
        """Wait until what was written has been taken, as far as this kind of link can tell; OSError if it was not."""

    def close(self) -> None:
        """Hang up."""


def open_link(settings: PrinterSettings, *, answers: bool) -> Link:
    """A way to the printer of *settings*; OSError when there is none, Broken when a library is missing.

    *answers*: the printer is asked things, and its answers are read.
    """
    match settings.kind:
        case PrinterKind.NETWORK:
            return TcpLink(settings.host or "", settings.port, settings.timeout_s)
        case PrinterKind.FILE:
            return FileLink(os.fspath(settings.path or ""), settings.timeout_s, answers=answers)
        case PrinterKind.CUPS:
            return CupsLink(settings.queue or "", settings.timeout_s)
        case PrinterKind.SERIAL | PrinterKind.USB:
            return EscposLink(settings)
        case PrinterKind.NONE:
            raise NothingSent("there is no printer")


class TcpLink:
    """A printer on the network, usually at port 9100; a link lives for one job."""

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._socket = socket.create_connection((host, port), timeout=timeout_s)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def write(self, data: bytes) -> None:
        self._socket.settimeout(self._timeout_s)
        self._socket.sendall(data)

    def read(self, timeout_s: float) -> bytes:
        self._socket.settimeout(max(timeout_s, 0.001))
        try:
            answer = self._socket.recv(MAX_ANSWER_BYTES)
        except TimeoutError:
            return b""
        if not answer:
            raise ConnectionResetError("the printer hung up")
        return answer

    def finish(self) -> None:
        # Closing while the printer's own bytes lie unread would reset the connection and lose the end of the job:
        # say goodbye, and read until the printer has said it too.
        self._wait_until_acknowledged()
        self._socket.shutdown(socket.SHUT_WR)
        end = time.monotonic() + FAREWELL_S
        while (left := end - time.monotonic()) > 0:
            self._socket.settimeout(left)
            try:
                if not self._socket.recv(MAX_ANSWER_BYTES):
                    return
            except TimeoutError:
                return

    def close(self) -> None:
        self._socket.close()

    def _wait_until_acknowledged(self) -> None:
        end = time.monotonic() + self._timeout_s
        while _unacknowledged_bytes(self._socket):
            if time.monotonic() > end:
                raise TimeoutError("the printer does not acknowledge")
            time.sleep(POLL_S)


class FileLink:
    """A device such as ``/dev/usb/lp0``, or a file that receipts are added to."""

    def __init__(self, path: str, timeout_s: float, *, answers: bool) -> None:
        self._timeout_s = timeout_s
        way = os.O_RDWR if answers else os.O_WRONLY
        # An unplugged printer's device must not become a file that swallows receipts.
        made = 0 if path.startswith(_DEVICES) else os.O_CREAT
        # A printer without paper would hold a blocking write for ever.
        self._file = os.open(path, way | made | os.O_APPEND | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)

    def write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            _, ready, _ = select.select([], [self._file], [], self._timeout_s)
            if not ready:
                raise TimeoutError("the printer takes nothing more")
            with suppress(BlockingIOError):
                rest = rest[os.write(self._file, rest) :]

    def read(self, timeout_s: float) -> bytes:
        ready, _, _ = select.select([self._file], [], [], timeout_s)
        if not ready:
            return b""
        with suppress(BlockingIOError):
            if answer := os.read(self._file, MAX_ANSWER_BYTES):
                return answer
            raise ConnectionResetError("this file answers nothing")
        return b""

    def finish(self) -> None:
        try:
            os.fsync(self._file)
        except OSError as error:
            # Devices can't be synchronised, and say so; a full disk must be heard.
            if error.errno not in _NO_SYNC:
                raise

    def close(self) -> None:
        os.close(self._file)


class CupsLink:
    """A queue of CUPS: a job is handed over whole, or not at all."""

    def __init__(self, queue: str, timeout_s: float) -> None:
        self._queue = queue
        self._timeout_s = timeout_s
        self._job = bytearray()

    def write(self, data: bytes) -> None:
        self._job += data

    def read(self, timeout_s: float) -> bytes:  # noqa: ARG002 - CUPS lets nobody hear the printer
        return b""

    def finish(self) -> None:
        if not self._job:
            return
        command = [_LP, "-s", "-d", self._queue, "-o", "raw"]
        try:
            done = subprocess.run(
                command, input=bytes(self._job), capture_output=True, timeout=self._timeout_s, check=False
            )
        except FileNotFoundError as error:
            raise NothingSent("CUPS is not installed") from error
        except subprocess.TimeoutExpired as error:
            raise TimeoutError("CUPS does not answer") from error
        self._job.clear()
        if done.returncode:
            raise NothingSent(done.stderr.decode(errors="replace").strip()[:200])

    def close(self) -> None:
        self._job.clear()


class EscposLink:
    """A USB or serial printer, opened by python-escpos."""

    def __init__(self, settings: PrinterSettings) -> None:
        from escpos.exceptions import Error

        self._errors = Error
        self._timeout_s = settings.timeout_s
        self._serial = settings.kind is PrinterKind.SERIAL
        try:
            self._printer = _escpos_printer(settings)
            self._printer.open()
        except Error as error:
            raise NothingSent(str(error)) from error
        except ValueError as error:
            # pyusb's NoBackendError: it is there, and the system's library that it needs is not.
            raise _library_missing("apt-get install libusb-1.0-0") from error
        if self._serial:
            # python-escpos would wait for ever for a printer whose flow control says "not now".
            self._printer.device.write_timeout = settings.timeout_s

    def write(self, data: bytes) -> None:
        try:
            self._printer._raw(data)
        except self._errors as error:
            raise OSError(str(error)) from error

    def read(self, timeout_s: float) -> bytes:
        device = self._printer.device
        if self._serial:
            device.timeout = timeout_s
            return bytes(device.read(1))
        try:
            return bytes(device.read(self._printer.in_ep, MAX_ANSWER_BYTES, int(timeout_s * 1000) or 1))
        except OSError as error:
            if error.errno != errno.ETIMEDOUT:
                raise
            return b""

    def finish(self) -> None:
        # pyserial's flush would wait for ever for a printer whose flow control says "not now".
        end = time.monotonic() + self._timeout_s
        while self._serial and self._printer.device.out_waiting:
            if time.monotonic() > end:
                raise TimeoutError("the printer takes nothing more")
            time.sleep(POLL_S)

    def close(self) -> None:
        if self._serial and self._printer.device.out_waiting:
            self._printer.device.reset_output_buffer()
        self._printer.close()


def _escpos_printer(settings: PrinterSettings) -> Any:  # noqa: ANN401 - python-escpos has no types
    from receipts.thermal import import_escpos

    import_escpos()
    from escpos import printer

    serial = settings.kind is PrinterKind.SERIAL
    maker = printer.Serial if serial else printer.Usb
    if not maker.is_usable():
        raise _library_missing("pip install pyserial" if serial else "pip install pyusb")
    if serial:
        return maker(devfile=settings.device, baudrate=settings.baud, timeout=settings.timeout_s)
    return maker(settings.usb_vendor, settings.usb_product, timeout=int(settings.timeout_s * 1000))


def _library_missing(command: str) -> Broken:
    return Broken(
        "printer_library_missing",
        N_("A printer of this kind needs a library that is not installed. Install it: {command}. Receipts wait."),
        command=command,
    )


def _unacknowledged_bytes(connection: socket.socket) -> int:
    """Bytes that the other side has not acknowledged; 0 where the system can't tell (only Linux can)."""
    if not sys.platform.startswith("linux"):
        return 0
    import array
    import fcntl
    import termios

    count = array.array("i", [0])
    fcntl.ioctl(connection, termios.TIOCOUTQ, count)
    return count[0]
