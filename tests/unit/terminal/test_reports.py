"""Reports in words, lines, charts, periods and files; each figure and table explained in the manager's page."""

import csv
import io
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from textual.content import Content

from config.errors import Broken, WrongUse
from config.i18n import LANGUAGES, use_language
from ledger.report_entries import EntryFilter
from loyalty.entries import Kind
from loyalty.flags import Flag
from terminal import till_report_tables
from terminal.kind_words import KINDS
from terminal.report_drill import Day, Entries, Entry, target
from terminal.report_files import save, to_csv, to_json
from terminal.report_pdf import to_pdf
from terminal.report_periods import PRESETS, Span, around, month_of, parse_period
from terminal.report_text import PARTS, Reader, duration, subject
from terminal.report_words import COLUMNS, FIGURES, FLAGS, NOTES, REPORTS, TABLES
from terminal.till_figures import MEMBER_FIGURES, PERIOD_FIGURES
from terminal.till_report_shapes import Column, Figure, Period, Report, Table, Unit
from terminal.widgets.report_charts import bars, heat_map, share
from terminal.widgets.report_lines import Page, digits, lay_out

TODAY = date(2026, 11, 17)
NBSP = "\u00a0"
READER = Reader("en", "PLN", "Europe/Warsaw")
MAY = Period(first="2026-05-01", last="2026-05-31")
SIZES = (76, 116, 196)


def figure(name: str, value: int | None = 1, unit: Unit = "count", previous: int | None = None) -> Figure:
    return Figure(id=name, value=value, unit=unit, numerator=value or 0, period=MAY, previous=previous)


def table(table_id: str, /, rows: tuple[tuple[int | str | None, ...], ...], **units: Unit) -> Table:
    return Table(id=table_id, columns=tuple(Column(id=each, unit=unit) for each, unit in units.items()), rows=rows)


HEAT = table(
    "heat_map", ((0, 9, 3, 100), (6, 17, 12, 900)), weekday="weekday", hour="hour", sales="count", to_pay="minor"
)
DAYS = table(
    "by_day",
    tuple(((date(2026, 5, 1) + timedelta(day)).isoformat(), day, day * 100, 0, 0, 0) for day in range(31)),
    day="day",
    sales="count",
    to_pay="minor",
    refunded="minor",
    earned="millipoints",
    spent="millipoints",
)
REWARDS = table(
    "rewards",
    (("=5.00 off, to everybody who has read this name, which is long on purpose", 2, 1_000, 200_000, "five-off"),),
    name="text",
    times="count",
    cost="minor",
    points="millipoints",
    reward="text",
)
RECENCY = table(
    "recency_frequency",
    ((30, 10, 4, 40_000, 10_000), (None, 1, 90, 900, 10)),
    within_days="count",
    least_sales="count",
    members="count",
    spent_money="minor",
    average_spent="minor",
)
EMPTY = table("activities", (), name="text", times="count")
ENTRIES = replace(
    table(
        "exceptions",
        ((1_794_909_600_000, "flag_raised", "many_sales", "Ana", 0, -123_456_789, "Z0F1A00000000000"),),
        at="moment",
        kind="kind",
        subject="subject",
        cashier="text",
        points="millipoints",
        money="minor",
        member="text",
    ),
    entries=("K7Q2M9XAB3-0ABCDEFGHJKMN-152",),
)
REPORT = Report(
    id="period",
    store="Corner shop",
    currency="PLN",
    zone="Europe/Warsaw",
    period=MAY,
    before=Period(first="2026-04-01", last="2026-04-30"),
    made_ms=1_794_909_600_000,
    figures=(
        figure("net", 123_456_789, "minor", 1),
        figure("participation", 666, "permille", 667),
        figure("sales", 3, previous=3),
        figure("average_basket_member", None, "minor", 5),
        figure("time_to_first_reward", 90_000_000, "ms"),
        figure("points_adjusted", -5_000, "millipoints", 0),
    ),
    tables=(DAYS, HEAT, REWARDS, RECENCY, EMPTY, ENTRIES),
)


def plain(lines: list[Content]) -> list[str]:
    return [line.plain for line in lines]


def test_every_figure_table_and_column_has_words() -> None:
    made_by = {name for name, made in vars(till_report_tables).items() if callable(made)}
    assert set(FIGURES) == {*PERIOD_FIGURES, *MEMBER_FIGURES}
    assert set(PARTS) <= set(FIGURES)
    assert {"by_day", "heat_map", "recency_frequency"} <= made_by & set(TABLES)
    for each in REPORT.tables:
        assert each.id in TABLES
        assert {column.id for column in each.columns} <= set(COLUMNS)
    assert set(FLAGS) == {flag.value for flag in Flag}
    assert set(KINDS) == {kind.value for kind in Kind}


def test_the_manager_s_page_explains_every_figure_and_table() -> None:
    page = (Path(__file__).parents[3] / "docs" / "manager.md").read_text(encoding="utf-8")
    rows = {match[2]: match for match in re.finditer(r"^\| ([^|]+) \| `(\w+)` \| (.+) \|$", page, re.MULTILINE)}
    assert set(rows) == {*FIGURES, *TABLES}
    for name, words in FIGURES.items():
        assert re.search(rf"^\| {re.escape(words.title)} \| `{name}` \|( [^|]+ \|){{3}}$", page, re.MULTILINE), name
    for name, title in TABLES.items():
        assert f"| {title.title} | `{name}` |" in page


def test_values_are_written_as_people_read_them() -> None:
    assert READER.cell(4_590, "minor").replace(NBSP, " ") == "PLN 45.90"
    assert READER.cell(1_240_999, "millipoints") == "1,240"
    assert READER.cell(5, "permille") == f"0.5{NBSP}%"
    assert READER.cell(1_500, "milli") == "1.5"
    assert READER.cell(None, "minor") == "–"
    assert READER.cell("2026-05-31", "day") == "31 May 2026"
    assert READER.cell(0, "weekday") == "Mon"
    assert READER.cell(17, "hour") == "17:00"
    assert READER.cell("many_sales", "flag") == "Many sales on one card in a day"
    assert Reader("pl", "PLN", "Europe/Warsaw").cell(666, "permille") == f"66,6{NBSP}%"
    for unit in get_args(Unit):
        assert READER.cell(None, unit) == "–"


def test_a_change_is_a_glyph_and_words() -> None:
    assert READER.change(figure("sales", 5, previous=3)) == "▲ up from 3"
    assert READER.change(figure("sales", 2, previous=3)) == "▼ down from 3"
    assert READER.change(figure("sales", 3, previous=3)) == "= as before"
    assert READER.change(figure("sales", 3)) == ""


def test_time_spans_are_told_in_the_largest_unit_that_says_enough() -> None:
    hour = 3_600_000
    assert [duration(ms) for ms in (0, 60_000, 119 * 60_000, 2 * hour, 47 * hour, 48 * hour, 900 * hour)] == [
        "0 minutes",
        "1 minute",
        "119 minutes",
        "2 hours",
        "47 hours",
        "2 days",
        "37 days",
    ]


def test_subjects_are_flags_sales_or_what_somebody_wrote() -> None:
    assert subject("K7Q2M9XAB3-0ABCDEFGHJKMN-152") == "#152"
    assert subject("two_stores") == "One card in two stores within minutes"
    assert subject("goodwill - broken cup - 3") == "goodwill - broken cup - 3"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", SIZES)
def test_no_line_is_wider_than_the_screen(language: str, width: int) -> None:
    use_language(language)
    try:
        page = lay_out(REPORT, Reader(language, "PLN", "Europe/Warsaw"), width)
    finally:
        use_language("en")
    assert max(line.cell_length for line in page.lines) <= width
    assert all(item.end <= width and item.line < len(page.lines) for item in page.items)


def test_money_and_times_are_never_cut() -> None:
    lines = "\n".join(plain(lay_out(REPORT, READER, 76).lines))
    assert "-PLN 1,234,567.89".replace(" ", NBSP) in lines
    assert "17 Nov 2026 11:00" in lines
    assert "Z0F1A" not in lines  # what has no room is left out whole
    assert "Z0F1A00000000000" in "\n".join(plain(lay_out(REPORT, READER, 116).lines))


def test_what_can_be_marked_is_in_reading_order() -> None:
    for width in SIZES:
        items = lay_out(REPORT, READER, width).items
        places = [(item.line, item.start) for item in items]
        assert places == sorted(places)
        assert sum(isinstance(item.what, Figure) for item in items) == len(REPORT.figures)


def test_each_table_stands_on_the_page_once() -> None:
    rows = [item.what for item in lay_out(REPORT, READER, 116).items if isinstance(item.what, tuple)]
    assert [(each.id, place) for each, place in rows] == [
        ("rewards", 0),
        ("exceptions", 0),
        *(("by_day", place) for place in range(31)),
    ]


def test_members_stand_in_a_grid_of_how_recent_and_how_often() -> None:
    lines = plain(lay_out(replace(REPORT, figures=(), tables=(RECENCY,)), READER, 76).lines)
    assert lines[1].split()[-4:] == ["10+", "5+", "2+", "1"]
    assert lines[2].split() == ["within", "30", "days", "4", "100.00", "·", "·", "·"]
    assert lines[6].split() == ["longer", "ago", "·", "·", "·", "90", "0.10"]


def test_a_report_without_anything_is_a_page_of_words() -> None:
    page = lay_out(REPORT, READER, 76)
    assert TABLES["activities"].empty in plain(page.lines)
    lonely = Table(id="not_accepted", columns=(), rows=(), note="no_headquarters")
    assert NOTES["no_headquarters"] in plain(lay_out(replace(REPORT, figures=(), tables=(lonely,)), READER, 76).lines)
    assert lay_out(replace(REPORT, figures=(), tables=()), READER, 76) == Page()


def test_large_digits_are_three_lines_of_one_width() -> None:
    for text in ("0", "1,234.56", "−5", "12 345,90", "66.6"):
        assert len({len(line) for line in digits(text)}) == 1


@given(st.lists(st.integers(-5, 10**9), min_size=1, max_size=400), st.integers(20, 200))
def test_bars_fit_and_the_tallest_is_the_greatest(values: list[int], width: int) -> None:
    drawn = plain(bars(values, [str(place) for place in range(len(values))], width, "most"))
    assert all(len(line) <= width + 3 for line in drawn[1:])
    if max(values) > 0 and len(values) <= width:
        column = drawn[1].find("█")
        assert column >= 0
        assert values[column // max(1, min(6, width // len(values)))] == max(values)


def test_the_heat_map_reads_without_colour() -> None:
    drawn = plain(heat_map({(0, 9): 3, (6, 10): 12}, [*"MTWTFSS"], 40, ("none", "12 sales")))
    assert drawn[0].startswith("M ░")
    assert "█" in drawn[6]
    assert drawn[3].split()[1:] == ["····", "····"]
    assert drawn[-1].strip() == "none · ░ ▒ ▓ █ 12 sales"


@given(st.integers(-10, 10**6), st.integers(1, 10**6), st.integers(8, 30))
def test_lying_bars_stay_in_their_room(value: int, greatest: int, width: int) -> None:
    assert len(share(min(value, greatest), greatest, width)) <= width


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-02", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-11-17", TODAY, TODAY),
        ("17.11.2026", TODAY, TODAY),
        ("1/2/2026 - 28/2/2026", date(2026, 2, 1), date(2026, 2, 28)),
        (" 2026-11-17 2026-11-01 ", date(2026, 11, 1), TODAY),
    ],
)
def test_days_are_understood(text: str, first: date, last: date) -> None:
    assert parse_period(text) == Span(first, last)


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-13", "2026-02-30", "0000", "1", "2026-1-1 2026-1-2 2026-1-3", "9999"]
)
def test_other_texts_are_no_days(text: str) -> None:
    with pytest.raises(WrongUse):
        parse_period(text)


def test_presets_end_today_or_before() -> None:
    made = {name: span(TODAY) for name, (_title, span) in PRESETS.items()}
    assert made["month"] == Span(date(2026, 11, 1), TODAY)
    assert made["week"] == Span(date(2026, 11, 16), TODAY)
    assert made["last_week"] == Span(date(2026, 11, 9), date(2026, 11, 15))
    assert made["last_year"] == Span(date(2025, 1, 1), date(2025, 12, 31))
    assert made["thirty_days"] == Span(date(2026, 10, 19), TODAY)
    assert all(span.first <= span.last <= TODAY for span in made.values())


def test_neighbours_of_periods() -> None:
    day = Span(TODAY, TODAY)
    assert around(day, -1, TODAY) == Span(date(2026, 11, 16), date(2026, 11, 16))
    so_far = month_of(TODAY, TODAY)
    october = around(so_far, -1, TODAY)
    assert october == Span(date(2026, 10, 1), date(2026, 10, 31))
    assert around(october, 1, TODAY) == so_far
    assert around(Span(date(2026, 11, 3), date(2026, 11, 12)), 1, TODAY) == Span(date(2026, 11, 13), date(2026, 11, 22))
    assert around(Span(date(1970, 1, 1), date(1970, 1, 1)), -1, TODAY).first.year == 1970


def test_what_is_behind_each_row() -> None:
    assert target(ENTRIES, 0, "x") == Entry("K7Q2M9XAB3-0ABCDEFGHJKMN-152")
    assert target(DAYS, 3, "x") == Day("2026-05-04")
    found = target(REWARDS, 0, "5.00 off")
    assert isinstance(found, Entries)
    assert found.chosen == EntryFilter(kinds=("sale_completed", "sale_imported"), containing='"reward":"five-off"')
    assert target(HEAT, 0, "x") is None


def test_csv_is_safe_and_complete() -> None:
    text = to_csv(REPORT).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert ["net", "1234567.89", "PLN", "1234567.89", "", "2026-05-01", "2026-05-31", "0.01"] in rows
    assert ["participation", "0.666", "share", "666", "", "2026-05-01", "2026-05-31", "0.667"] in rows
    (reward,) = (row for row in rows if "five-off" in row)
    assert reward[0].startswith("'=5.00")
    assert reward[1:] == ["2", "10.00", "200.000", "five-off"]
    assert [row[-1] for row in rows if row[1:2] == ["flag_raised"]] == ["K7Q2M9XAB3-0ABCDEFGHJKMN-152"]


def test_json_has_every_numerator_denominator_and_period() -> None:
    figures = json.loads(to_json(REPORT))["figures"]
    assert figures[1] == {
        "id": "participation",
        "value": 666,
        "unit": "permille",
        "numerator": 666,
        "denominator": None,
        "period": {"first": "2026-05-01", "last": "2026-05-31"},
        "previous": 667,
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_pdf_is_the_same_each_time(language: str) -> None:
    reader = Reader(language, "PLN", "Europe/Warsaw")
    pages = to_pdf(REPORT, reader)
    assert pages.startswith(b"%PDF")
    assert pages == to_pdf(REPORT, reader)


def test_a_file_is_never_written_over(tmp_path: Path) -> None:
    files = [save(REPORT, tmp_path / "reports", "json", READER) for _ in range(3)]
    assert [file.name for file in files] == [f"period_2026-05-01_2026-05-31{more}.json" for more in ("", "-2", "-3")]
    with pytest.raises(WrongUse):
        save(REPORT, tmp_path, "xls", READER)


def test_a_folder_that_can_t_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("in the way")
    with pytest.raises(Broken) as broken:
        save(REPORT, tmp_path / "reports", "csv", READER)
    assert broken.value.reason == "report_not_saved"


def test_each_report_has_a_name() -> None:
    assert set(REPORTS) == {"day", "period", "programme", "members", "cashiers", "exceptions", "entries"}
