"""Time to build a receipt and hand it to a network printer, beside python-escpos alone doing the same.

Run: python -m benchmarks.receipt [receipts]. The printer is a TCP sink on this machine that answers status questions;
python-escpos alone prints the same rows and codes, over one connection a receipt, and waits for no confirmation.
"""

import socket
import statistics
import sys
import threading
import time
from collections.abc import Callable

from config.printer_settings import PrinterKind, PrinterSettings
from receipts.columns import Row, to_rows
from receipts.layout import CodeDrawing, lay_out
from receipts.letters import printer_letters
from receipts.printers import open_printer
from receipts.profiles import PROFILES
from receipts.receipt import decode, encode
from receipts.rendering import render_escpos, render_pdf, render_png, render_text
from receipts.sample import sample_receipt
from receipts.template import load_template
from receipts.thermal import import_escpos

PROFILE = PROFILES["epson-80"]
DEFAULT_RECEIPTS = 200


class Sink:
    """A printer that takes everything, and answers DLE EOT and GS r at once."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._server.accept()
            with connection:
                while data := connection.recv(65536):
                    if data[:2] == b"\x10\x04" and len(data) == 3:
                        connection.sendall(b"\x12")
                    elif data.endswith(b"\x1dr\x01"):
                        connection.sendall(b"\x00")


def median_ms(act: Callable[[], object], times: int) -> float:
    """The median time of *act*, after one turn to warm up."""
    act()
    taken = []
    for _ in range(times):
        start = time.perf_counter_ns()
        act()
        taken.append(time.perf_counter_ns() - start)
    return statistics.median(taken) / 1e6


def bare_escpos(port: int) -> Callable[[], None]:
    """The same rows and codes by python-escpos as it comes, laid out beforehand."""
    import_escpos()
    from escpos.constants import QR_ECLEVEL_Q
    from escpos.printer import Network

    letters = printer_letters(PROFILE.code_pages)
    pieces = list(to_rows(lay_out(sample_receipt("pl"), load_template()), PROFILE.columns, letters))

    def send() -> None:
        printer = Network("127.0.0.1", port, timeout=5)
        printer.hw("INIT")
        for piece in pieces:
            if isinstance(piece, Row):
                printer.text(piece.text + "\n")
            elif isinstance(piece, CodeDrawing):
                printer.qr(piece.code.text, ec=QR_ECLEVEL_Q, size=6, native=True)
        printer.cut()
        printer.close()

    return send


def main() -> None:
    """Print both sides."""
    times = int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_RECEIPTS
    sink = Sink()
    settings = PrinterSettings(kind=PrinterKind.NETWORK, host="127.0.0.1", port=sink.port)
    printer, template = open_printer(settings), load_template()
    stored = encode(sample_receipt("pl"))

    def build() -> bytes:
        return render_escpos(decode(stored), template, PROFILE)

    job = build()
    rows = [
        ("build: stored receipt to printer commands", median_ms(build, times)),
        ("send: status asked, job sent, end confirmed", median_ms(lambda: printer.send(job), times)),
        ("build and send", median_ms(lambda: printer.send(build()), times)),
        ("python-escpos alone: build and send, unconfirmed", median_ms(bare_escpos(sink.port), times)),
        ("text, 42 columns", median_ms(lambda: render_text(decode(stored), template), times)),
        ("PNG", median_ms(lambda: render_png(decode(stored), template), max(5, times // 20))),
        ("PDF", median_ms(lambda: render_pdf(decode(stored), template), max(5, times // 20))),
    ]
    print(f"{times} receipts of {len(job)} bytes, medians")
    for name, took_ms in rows:
        print(f"  {name:<50} {took_ms:8.2f} ms")


if __name__ == "__main__":
    main()
