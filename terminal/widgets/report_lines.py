"""A report laid out in lines of text: large figures, charts, figures, tables. Pure, so that a worker can do it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from textual.content import Content
from textual.renderables.digits import DIGITS, DIGITS3X3_BOLD

from config.i18n import _, ngettext
from terminal.report_text import Reader
from terminal.report_words import COLUMNS, FIGURES, NOTES, TABLES
from terminal.till_report_shapes import Cell, Figure, Report, Table, Unit
from terminal.till_report_tables import FREQUENCIES, RECENCY_DAYS
from terminal.widgets.report_charts import WEEKDAYS, bars, heat_map, share

CARD_WIDTH = 24
MAX_CARDS = 6
TITLE_WIDTH = 24
TWO_COLUMNS_FROM = 130
MIN_SHARE = 8
MAX_SHARE = 30
GAP = 2
_TEXTS: frozenset[Unit] = frozenset({"text", "kind", "flag", "subject", "day", "weekday", "moment", "state"})
# These may be cut, down to so many cells.
_SHRINKING: frozenset[Unit] = frozenset({"text", "kind", "flag", "subject"})
_SHORTEST_TEXT = 14
# What a table's rows are compared by, in lying bars where there is room.
_COMPARED = {
    "categories": "amount",
    "products": "amount",
    "rewards": "cost",
    "rules": "points",
    "activities": "times",
    "cashiers": "to_pay",
    "tiers": "members",
    "flags": "times",
    "stores": "to_pay",
}
_CHARTED = {"by_hour": "to_pay", "by_day": "to_pay", "enrolments": "members"}


@dataclass(frozen=True)
class Item:
    """What can be marked: *what* is a figure, or a table's row; it stands on *line*, from *start* to *end*."""

    what: Figure | tuple[Table, int]
    line: int
    start: int
    end: int


@dataclass
class Page:
    """The lines of a report, and what on them can be marked, from the top down."""

    lines: list[Content] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)

    def gap(self) -> None:
        """An empty line, unless the page begins here."""
        if self.lines:
            self.lines.append(Content())

    def heading(self, text: str) -> None:
        """The title of a part."""
        self.gap()
        self.lines.append(Content.styled(text, "$accent bold"))

    def mark(self, what: Figure | tuple[Table, int], start: int, end: int) -> None:
        """The line that comes next can be marked."""
        self.items.append(Item(what, len(self.lines), start, end))


def lay_out(report: Report, reader: Reader, width: int) -> Page:
    """*report* as *reader* reads it, in lines of *width* cells."""
    page = Page()
    cards = min(MAX_CARDS, max(1, width // CARD_WIDTH), len(report.figures))
    if report.figures:
        _cards(page, report.figures[:cards], reader, width)
    for table in report.tables:
        _chart(page, table, reader, width)
    if report.figures[cards:]:
        _figures(page, report.figures[cards:], reader, width)
    # What is drawn as bars already stands last: its rows are there to be opened.
    for table in sorted(report.tables, key=lambda table: table.id in _CHARTED and bool(table.rows)):
        if table.id not in _DRAWN:
            _table(page, table, reader, width)
    return page


def _cards(page: Page, figures: Sequence[Figure], reader: Reader, width: int) -> None:
    """Figures in large digits, side by side."""
    card = width // len(figures)
    for place, figure in enumerate(figures):
        title = _(FIGURES[figure.id].title)
        page.mark(figure, place * card, place * card + min(len(title), card - GAP))
    titles = [_(FIGURES[figure.id].title) for figure in figures]
    page.lines.append(_side_by_side(titles, card, "$muted"))
    drawn = [_large(figure, reader, card - GAP) for figure in figures]
    for row in range(3):
        page.lines.append(_side_by_side([lines[row] for lines in drawn], card, "$foreground bold"))
    changes = [reader.change(figure) for figure in figures]
    if any(changes):
        page.lines.append(_side_by_side(changes, card, "$secondary"))


def _side_by_side(texts: Sequence[str], card: int, style: str) -> Content:
    return Content.assemble(
        *(Content.styled(text, style).truncate(card - GAP, ellipsis=True, pad=True).pad_right(GAP) for text in texts)
    )


def _large(figure: Figure, reader: Reader, room: int) -> list[str]:
    """Three lines of large digits; where they don't fit, the figure as it is written."""
    text = reader.figure(figure)
    number = reader.amount(figure.value) if figure.unit == "minor" and figure.value is not None else text
    number = number.replace("\u00a0%", "")
    unit = text[len(number) :] if text.startswith(number) else ""
    lines = digits(number)
    if not any(letter.isdigit() for letter in number) or figure.unit == "ms" or len(lines[0]) > room:
        return ["", text, ""]
    if len(lines[0]) + len(unit) <= room:
        lines[2] += unit
    return lines


def digits(text: str) -> list[str]:
    """*text* in three lines of large digits."""
    lines = ["", "", ""]
    for letter in text:
        if letter in DIGITS and letter != " ":
            place = DIGITS.index(letter) * 3
            for row in range(3):
                lines[row] += f"{DIGITS3X3_BOLD[place + row]:<3}"
        else:
            small = {"−": "╺━╸"}.get(letter)
            lines[0] += " " * len(small or " ")
            lines[1] += small or " "
            lines[2] += " " * len(small) if small else (letter if letter in ".," else " ")
    return lines


def _figures(page: Page, figures: Sequence[Figure], reader: Reader, width: int) -> None:
    """The other figures: title, value, change; in two columns where there is room."""
    page.heading(_("More figures"))
    columns = 2 if width >= TWO_COLUMNS_FROM else 1
    room = (width - GAP * (columns - 1)) // columns
    values = [reader.figure(figure) for figure in figures]
    value_width = max(map(len, values))
    half = -(-len(figures) // columns)
    for row in range(half):
        parts: list[Content] = []
        for column in range(columns):
            place = row + column * half
            if place >= len(figures):
                break
            start = column * (room + GAP)
            page.mark(figures[place], start, start + room)
            parts.append(_figure_line(figures[place], values[place], reader, value_width).truncate(room, pad=True))
        page.lines.append(Content(" " * GAP).join(parts))
    page.items.sort(key=lambda item: (item.line, item.start))


def _figure_line(figure: Figure, value: str, reader: Reader, value_width: int) -> Content:
    title = Content(_(FIGURES[figure.id].title)).truncate(TITLE_WIDTH, ellipsis=True, pad=True)
    return Content.assemble(
        title, " ", (f"{value:>{value_width}}", "$foreground bold"), "  ", (reader.change(figure), "$secondary")
    )


def _chart(page: Page, table: Table, reader: Reader, width: int) -> None:
    """The chart of a table that has one."""
    if table.id in _CHARTED and table.rows:
        place = _place(table, _CHARTED[table.id])
        values = [int(row[place] or 0) for row in table.rows]
        page.heading(_(TABLES[table.id].title))
        top = reader.cell(max(values), table.columns[place].unit)
        page.lines += bars(values, reader.bar_labels(table), width, _("most: {value}").format(value=top))
    elif table.id in _DRAWN:
        page.heading(_(TABLES[table.id].title))
        page.lines += _DRAWN[table.id](table, reader, width) if table.rows else [_empty(table)]


def _heat_map(table: Table, reader: Reader, width: int) -> list[Content]:
    sales = {(int(row[0] or 0), int(row[1] or 0)): int(row[2] or 0) for row in table.rows}
    weekdays = [reader.weekday(place) for place in range(WEEKDAYS)]
    most = max(sales.values())
    words = ngettext("{count} sale in an hour", "{count} sales in an hour", most)
    return heat_map(sales, weekdays, width, (_("none"), words.format(count=reader.cell(most, "count"))))


def _recency_grid(table: Table, reader: Reader, width: int) -> list[Content]:
    """Recency down, frequency across; in each place the members, and what each has spent on average."""
    found = {(row[0], row[1]): (row[2], row[4]) for row in table.rows}
    recencies, frequencies = (*RECENCY_DAYS, None), (*FREQUENCIES, 1)
    margin = min(22, width // 4)
    cell = (width - margin) // len(frequencies)
    head = [f"{each}+" if each > 1 else str(each) for each in frequencies]
    title = Content(_("Last bought / sales")).truncate(margin, pad=True)
    lines = [Content.assemble(title, *(f"{text:>{cell}}" for text in head)).stylize("$muted")]
    for days in recencies:
        within = ngettext("within {count} day", "within {count} days", int(days or 0))
        name = _("longer ago") if days is None else within.format(count=days)
        parts: list[Content] = [Content.styled(name, "$muted").truncate(margin, pad=True)]
        parts += [_grid_cell(found.get((days, each)), reader, cell) for each in frequencies]
        lines.append(Content.assemble(*parts))
    lines.append(Content.styled(_("Members, and what each of them has spent on average."), "$muted"))
    return lines


def _grid_cell(found: tuple[Cell, Cell] | None, reader: Reader, cell: int) -> Content:
    """The members, and where there is room what each has spent."""
    if found is None:
        return Content.styled(f"{'·':>{cell}}", "$muted")
    members = reader.cell(found[0], "count")
    spent = f"  {reader.amount(int(found[1] or 0))}"
    if len(members) + len(spent) >= cell:
        spent = ""
    return Content.assemble((f"{members:>{cell - len(spent)}}", "$foreground bold"), (spent, "$muted"))


_DRAWN: dict[str, Callable[[Table, Reader, int], list[Content]]] = {
    "heat_map": _heat_map,
    "recency_frequency": _recency_grid,
}


def _table(page: Page, table: Table, reader: Reader, width: int) -> None:
    """Heading, column titles, rows; columns that have no room are left out from the right."""
    page.heading(_(TABLES[table.id].title))
    if not table.rows:
        page.lines.append(_empty(table))
        return
    places = reader.columns(table)
    cells = reader.cells(table)
    titles = [_(COLUMNS[table.columns[place].id]) for place in places]
    units = [table.columns[place].unit for place in places]
    widths = _widths([titles, *cells], units, width)
    page.lines.append(_row(titles, units, widths).stylize("$muted"))
    compared = _compared(table, width - sum(widths) - GAP * len(widths))
    for place, row in enumerate(cells):
        line = _row(row, units, widths)
        page.mark((table, place), 0, line.cell_length)
        drawn = compared[place]
        page.lines.append(Content.assemble(line, " " * GAP, (drawn, "$primary")) if drawn else line)


def _widths(rows: Sequence[Sequence[str]], units: Sequence[Unit], width: int) -> list[int]:
    """How wide each column is that has room: texts shrink first, then the last columns go."""
    wanted = [max(len(row[place]) for row in rows) for place in range(len(units))]
    while len(wanted) > 1:
        over = sum(wanted) + GAP * (len(wanted) - 1) - width
        for place in sorted(range(len(wanted)), key=lambda place: -wanted[place]):
            if over > 0 and units[place] in _SHRINKING:
                given = min(over, max(0, wanted[place] - _SHORTEST_TEXT))
                wanted[place] -= given
                over -= given
        if over <= 0:
            break
        wanted = [max(len(row[place]) for row in rows) for place in range(len(wanted) - 1)]
    return wanted


def _row(cells: Sequence[str], units: Sequence[Unit], widths: Sequence[int]) -> Content:
    parts = []
    for cell, unit, width in zip(cells, units, widths, strict=False):
        text = Content(cell).truncate(width, ellipsis=True, pad=True)
        parts.append(text if unit in _TEXTS else Content(f"{cell:>{width}}"))
    return Content(" " * GAP).join(parts)


def _compared(table: Table, room: int) -> list[str]:
    """The lying bars beside the rows."""
    if room < MIN_SHARE or table.id not in _COMPARED:
        return [""] * len(table.rows)
    place = _place(table, _COMPARED[table.id])
    values = [int(row[place] or 0) for row in table.rows]
    return [share(value, max(values), min(room, MAX_SHARE)) for value in values]


def _place(table: Table, column: str) -> int:
    return next(place for place, each in enumerate(table.columns) if each.id == column)


def _empty(table: Table) -> Content:
    words = NOTES[table.note] if table.note else TABLES[table.id].empty
    return Content.styled(_(words), "$muted")
