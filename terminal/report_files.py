"""Reports as files: JSON for programs, CSV for spreadsheets, PDF for paper."""

import csv
import io
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from config.errors import N_, Broken, WrongUse
from config.formats import major_text
from terminal.report_text import PARTS, Reader
from terminal.till_report_shapes import Cell, Figure, Report, Unit

FORMS: Final[dict[str, str]] = {
    "pdf": N_("to print or to send"),
    "csv": N_("for a spreadsheet"),
    "json": N_("for programs: every number, its numerator, denominator and period"),
}
MAX_SAME_NAMES: Final = 1_000
_UNITS: Final = {"millipoints": "points", "permille": "share", "milli": "number"}
_BYTE_ORDER_MARK: Final = "\ufeff"
# What a spreadsheet would take for a formula.
_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


def to_json(report: Report) -> bytes:
    """The report as it is, with its numbers in minor units and thousandths."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def to_csv(report: Report) -> bytes:
    """Figures, then each table, with empty lines between; money in major units, points and shares as decimals."""
    text = io.StringIO()
    text.write(_BYTE_ORDER_MARK)  # Without it, spreadsheets read ł as two letters.
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(["report", "store", "from", "to", "currency"])
    rows.writerow([report.id, _safe(report.store), report.period.first or "", report.period.last, report.currency])
    rows.writerow([])
    rows.writerow(["figure", "value", "unit", "numerator", "denominator", "from", "to", "before"])
    for figure in report.figures:
        rows.writerow(_figure_row(figure, report.currency))
    for table in report.tables:
        rows.writerow([])
        rows.writerow([table.id])
        rows.writerow([*(column.id for column in table.columns), *(["entry"] if table.entries else [])])
        for place, row in enumerate(table.rows):
            cells = [
                _plain(value, column.unit, report.currency) for value, column in zip(row, table.columns, strict=True)
            ]
            rows.writerow([*cells, *table.entries[place : place + 1]])
    return text.getvalue().encode()


def save(report: Report, folder: Path, form: str, reader: Reader) -> Path:
    """Write the report into *folder* under a name of its own; Broken ``report_not_saved``."""
    if form not in FORMS:
        raise WrongUse("form_unknown", N_("There is no such kind of file. Nothing was saved; choose csv, json or pdf."))
    content = {"json": to_json, "csv": to_csv}[form](report) if form != "pdf" else _to_pdf(report, reader)
    days = "_".join(dict.fromkeys(filter(None, (report.period.first, report.period.last))))
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _write(folder, f"{report.id}_{days}", form, content)
    except OSError as error:
        raise Broken(
            "report_not_saved",
            N_("The file can't be written ({problem}). The figures are safe. Make room or check the folder."),
            problem=error.strerror or type(error).__name__,
        ) from error


def _write(folder: Path, name: str, form: str, content: bytes) -> Path:
    """A new file, whole or not there: an earlier one is never overwritten."""
    for number in range(1, MAX_SAME_NAMES):
        file = folder / f"{name}{'' if number == 1 else f'-{number}'}.{form}"
        if file.exists():
            continue
        partial = file.with_name(f".{file.name}.{os.getpid()}")
        partial.write_bytes(content)
        partial.replace(file)
        return file
    raise FileExistsError("too many files of this name")


def _figure_row(figure: Figure, currency: str) -> list[str]:
    above, below = PARTS.get(figure.id, (figure.unit, figure.unit))
    if figure.denominator is not None and figure.id not in PARTS:
        above = below = "count"  # The parts of a product: bare numbers.
    return [
        figure.id,
        _plain(figure.value, figure.unit, currency),
        currency if figure.unit == "minor" else _UNITS.get(figure.unit, figure.unit),
        _plain(figure.numerator, above, currency),
        _plain(figure.denominator, below, currency),
        figure.period.first or "",
        figure.period.last,
        _plain(figure.previous, figure.unit, currency),
    ]


def _plain(value: Cell, unit: Unit, currency: str) -> str:
    """A value that any program reads: decimals with a point, times as ISO texts."""
    if value is None:
        return ""
    if unit == "minor":
        return major_text(int(value), currency)
    if unit in ("millipoints", "milli", "permille"):
        whole, part = divmod(abs(int(value)), 1000)
        return f"{'-' if int(value) < 0 else ''}{whole}.{part:03}"
    if unit == "moment":
        return datetime.fromtimestamp(int(value) // 1000, UTC).isoformat()
    return _safe(str(value)) if isinstance(value, str) else str(value)


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _to_pdf(report: Report, reader: Reader) -> bytes:
    # It brings the typeface and the PDF writer along: only for whoever prints.
    from terminal.report_pdf import to_pdf

    return to_pdf(report, reader)
