"""A report as text: the figures with how they compare, then the tables."""

from cli.output import Table as Shown
from cli.output import fields_text, table_text
from config.i18n import _
from terminal.report_text import Reader
from terminal.report_words import COLUMNS, FIGURES, NOTES, TABLES
from terminal.till_report_shapes import Report

# Units whose cells are words or moments; the others are figures and stand on the right.
WORDY = frozenset(("text", "kind", "flag", "subject", "day", "weekday", "moment", "state"))


def report_text(report: Report, language: str) -> str:
    """The whole report."""
    reader = Reader(language, report.currency, report.zone)
    figures = fields_text(
        (FIGURES[figure.id].title, f"{reader.figure(figure)}  {reader.change(figure)}".rstrip())
        for figure in report.figures
    )
    parts = [reader.period(report), figures]
    for table in report.tables:
        columns = [table.columns[place] for place in reader.columns(table)]
        rows = [
            [reader.cell(row[place], table.columns[place].unit) for place in reader.columns(table)]
            for row in table.rows
        ]
        shown = Shown(
            [COLUMNS[column.id] for column in columns],
            rows,
            right=frozenset(COLUMNS[column.id] for column in columns if column.unit not in WORDY),
            empty=NOTES[table.note] if table.note else TABLES[table.id].empty,
        )
        parts.append(f"{_(TABLES[table.id].title)}\n{table_text(shown)}")
    return "\n\n".join(parts)
