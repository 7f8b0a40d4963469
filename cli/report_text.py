"""A report as text: the figures with how they compare, then the tables."""

from cli.output import Table as Shown
from cli.output import fields_text, table_text
from config.i18n import _
from terminal.report_text import Reader
from terminal.report_words import COLUMNS, FIGURES, TABLES
from terminal.till_report_shapes import Report


def report_text(report: Report, language: str) -> str:
    """The whole report."""
    reader = Reader(language, report.currency, report.zone)
    figures = fields_text(
        (FIGURES[figure.id].title, f"{reader.figure(figure)}  {reader.change(figure)}".rstrip())
        for figure in report.figures
    )
    parts = [reader.period(report), figures]
    for table in report.tables:
        shown = reader.columns(table)
        rows = [[reader.cell(row[place], table.columns[place].unit) for place in shown] for row in table.rows]
        headings = [COLUMNS[table.columns[place].id] for place in shown]
        parts.append(f"{_(TABLES[table.id].title)}\n{table_text(Shown(headings, rows))}")
    return "\n\n".join(parts)
