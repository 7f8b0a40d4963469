"""CSV files of other systems: every bad row is named, and spoils its own sale alone."""

from pathlib import Path

import pytest

from cli.csv_members import COLUMNS as MEMBER_COLUMNS
from cli.csv_members import read_members
from cli.csv_rows import MAX_FIELD, MAX_LINE_BYTES, CsvFile
from cli.csv_sales import COLUMNS, read_sales, scattered_sales
from config.errors import Broken, WrongUse
from terminal.till_import_shapes import ImportedMember, ImportedSale, ImportProblem

HEAD = ",".join(COLUMNS) + "\n"


def sales_of(folder: Path, content: str | bytes) -> tuple[list[ImportedSale], list[ImportProblem]]:
    file = folder / "sales.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    problems: list[ImportProblem] = []
    with CsvFile(file, COLUMNS) as source:
        scattered = scattered_sales(source.rows())
        return list(read_sales(source.rows(), "PLN", problems.extend, scattered)), problems


def row(sale: str, *, at: str = "2026-01-02T10:00:00+01:00", quantity: str = "1", amount: str = "5.00") -> str:
    return f"{sale},{at},S,1,A1,food,,{quantity},{amount}\n"


def test_a_mark_at_the_beginning_and_line_ends_of_windows_are_no_trouble(tmp_path: Path) -> None:
    sales, problems = sales_of(tmp_path, b"\xef\xbb\xbf" + (HEAD + row("1")).replace("\n", "\r\n").encode())
    assert [(sale.sale_id, sale.at_ms, sale.card) for sale in sales] == [("1", 1_767_344_400_000, "A1")]
    assert problems == []


def test_columns_may_stand_in_another_order(tmp_path: Path) -> None:
    swapped = "amount,quantity,sku,category,card,till,store,at,sale_id\n5.00,0,,food,,1,S,2026-01-02T10:00:00Z,7\n"
    sales, _problems = sales_of(tmp_path, swapped)
    assert (sales[0].sale_id, sales[0].card, sales[0].lines[0].quantity_milli) == ("7", None, 0)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (row("2", at="2026-01-02T10:00:00"), "time_without_offset"),
        (row("2", at="yesterday"), "time_wrong"),
        (row("2", quantity="-1"), "quantity_negative"),
        (row("2", quantity="0.0001"), "quantity_not_understood"),
        (row("2", amount="-5"), "amount_negative"),
        (row("2", amount="5.001"), "amount_not_understood"),
        (row("2", amount="NaN"), "amount_not_understood"),
        (row("2", amount="1e5"), "amount_not_understood"),
        ("2,2026-01-02T10:00:00Z,S,1,A1,,,1,5\n", "category_missing"),
        ("2,2026-01-02T10:00:00Z,S,1,A1,food,,1\n", "row_unreadable"),
        ("2\n", "row_unreadable"),
        ('2,2026-01-02T10:00:00Z,S,1,A1,"food,,1,5\n', "row_unreadable"),
        ("2,2026-01-02T10:00:00Z,S,1,A1,fo\0od,,1,5\n", "row_control_letters"),
        (f"2,2026-01-02T10:00:00Z,S,1,A1,{'x' * (MAX_FIELD + 1)},,1,5\n", "field_too_long"),
        (f"2,2026-01-02T10:00:00Z,S,1,A1,{'x' * MAX_LINE_BYTES * 2},,1,5\n", "row_unreadable"),
    ],
)
def test_a_bad_row_names_its_line_and_leaves_its_neighbours_alone(tmp_path: Path, bad: str, reason: str) -> None:
    sales, problems = sales_of(tmp_path, HEAD + row("1") + bad + row("3"))
    assert [sale.sale_id for sale in sales] == ["1", "3"]
    assert [(problem.line, problem.sale, problem.reason) for problem in problems] == [(3, "2", reason)]


def test_one_bad_row_leaves_the_whole_sale_out(tmp_path: Path) -> None:
    sales, problems = sales_of(tmp_path, HEAD + row("1") + row("1", amount="?") + row("1") + row("2"))
    assert [sale.sale_id for sale in sales] == ["2"]
    assert [problem.line for problem in problems] == [3]


def test_a_torn_sale_is_left_out_whole_and_both_places_are_named(tmp_path: Path) -> None:
    sales, problems = sales_of(tmp_path, HEAD + row("1") + row("2") + row("1"))
    assert [sale.sale_id for sale in sales] == ["2"]
    assert [(problem.line, problem.reason) for problem in problems] == [
        (2, "rows_not_adjacent"),
        (4, "rows_not_adjacent"),
    ]


def test_rows_of_one_sale_agree_on_time_and_card(tmp_path: Path) -> None:
    sales, problems = sales_of(tmp_path, HEAD + row("1") + row("1", at="2026-01-02T10:00:01+01:00"))
    assert sales == []
    assert [problem.reason for problem in problems] == ["rows_disagree"]


def test_the_same_number_at_another_till_is_another_sale(tmp_path: Path) -> None:
    sales, _problems = sales_of(tmp_path, HEAD + row("1") + row("1").replace(",S,1,", ",S,2,"))
    assert [(sale.till, len(sale.lines)) for sale in sales] == [("1", 1), ("2", 1)]


@pytest.mark.parametrize("content", ["", "\n", "a,b\n1,2\n", HEAD.replace("sku", "at"), HEAD.replace(",", ";")])
def test_a_file_with_other_columns_is_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(WrongUse) as refused:
        sales_of(tmp_path, content)
    assert refused.value.reason == "csv_columns"


@pytest.mark.parametrize("bad", [b"\xff\xfe\n", row("1").replace("food", "f\xf3od").encode("latin-1")])
def test_a_file_that_is_no_text_is_refused_and_its_line_named(tmp_path: Path, bad: bytes) -> None:
    with pytest.raises(WrongUse) as refused:
        sales_of(tmp_path, (HEAD + row("1")).encode() + bad)
    assert (refused.value.reason, refused.value.params["line"]) == ("csv_not_text", 3)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Broken) as refused:
        CsvFile(tmp_path / "none.csv", COLUMNS)
    assert refused.value.reason == "file_unreadable"


def members_of(folder: Path, content: str) -> tuple[list[ImportedMember], list[ImportProblem]]:
    file = folder / "members.csv"
    file.write_text(content, encoding="utf-8")
    problems: list[ImportProblem] = []
    with CsvFile(file, MEMBER_COLUMNS, needed=()) as source:
        return list(read_members(source.rows(), problems.extend)), problems


def test_members_need_only_the_columns_that_are_known(tmp_path: Path) -> None:
    found, problems = members_of(tmp_path, "name,card\nŻaneta,A1\n,A2\n")
    assert [(member.line, member.name, member.card) for member in found] == [(2, "Żaneta", "A1"), (3, None, "A2")]
    assert problems == []


def test_consents_are_channels_with_the_version_of_their_text(tmp_path: Path) -> None:
    found, _problems = members_of(tmp_path, "card,consents\nA1,email=2026-01;SMS\nA2,\n")
    assert [member.consents for member in found] == [{"email": "2026-01", "sms": "import"}, {}]


@pytest.mark.parametrize(("points", "reason"), [("-1", "points_negative"), ("many", "points_not_understood")])
def test_points_that_are_none_leave_their_member_out(tmp_path: Path, points: str, reason: str) -> None:
    found, problems = members_of(tmp_path, f"card,points\nA1,{points}\nA2,12.5\n")
    assert [(member.card, member.points_millipoints) for member in found] == [("A2", 12_500)]
    assert [(problem.line, problem.reason) for problem in problems] == [(2, reason)]
