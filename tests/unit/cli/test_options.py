"""Texts on the line become values, or a sentence that says how to write them."""

from pathlib import Path

import pytest

from cli.csv_problems import REASONS, Problems, reason_text
from cli.options import read_lines, read_pin, read_points, read_rewards, read_time
from cli.output import Table, fields_text, table_text, visible
from cli.run import Run
from config.errors import Broken, WrongUse
from terminal.till_import_shapes import MOST_PROBLEMS_KEPT, ImportCounts, ImportProblem
from terminal.till_shapes import TillFacts

FACTS = TillFacts(
    till_id="KX44E3DJ69",
    epoch="5HSNBZRF5PCHC",
    store_id="s",
    store="S",
    till="T",
    currency="PLN",
    zone="Europe/Warsaw",
    country="PL",
    training=False,
    paired=False,
    programme=None,
    language="en",
    today="2026-05-05",
    shift=None,
    head_seq=1,
    unsynced=0,
    print_queue=0,
)


def lines(*texts: str) -> list[tuple[str, str | None, int, int]]:
    read = read_lines(Run({}), FACTS, None, texts)
    return [(line.category, line.sku, line.quantity_milli, line.amount_minor) for line in read]


def test_a_line_is_category_article_quantity_and_total() -> None:
    assert lines("coffee/latte:2:18.00", "a:b:0.350:1,99") == [
        ("coffee", "latte", 2000, 1800),
        ("a:b", None, 350, 199),
    ]


@pytest.mark.parametrize("text", ["coffee", "coffee:1", ":1:2", "coffee:x:1", "coffee:1:x", "coffee:1:1.999", ""])
def test_what_is_no_line_is_wrong_use(text: str) -> None:
    with pytest.raises(WrongUse):
        lines(text)


def test_an_amount_goes_to_the_settings_category_and_excludes_lines(tmp_path: Path) -> None:
    run = Run({"REGULARS_HOME": str(tmp_path)})
    (line,) = read_lines(run, FACTS, "45,90", ())
    assert (line.category, line.amount_minor) == (run.settings.terminal.amount_category, 4590)
    with pytest.raises(WrongUse, match="not both"):
        read_lines(run, FACTS, "45.90", ("coffee:1:5",))


def test_rewards_may_say_how_many_points() -> None:
    chosen = [(each.reward, each.points_millipoints) for each in read_rewards(("five-off", "pay:150.5"))]
    assert chosen == [("five-off", None), ("pay", 150_500)]
    with pytest.raises(WrongUse):
        read_rewards(("pay:many",))
    assert read_points("-12.5") == -12_500


def test_a_time_without_an_offset_is_the_stores() -> None:
    expected = 1_777_968_000_000
    for text in ("2026-05-05T10:00:00", "2026-05-05T10:00:00+02:00", "2026-05-05T08:00:00Z"):
        assert read_time(text, FACTS) == expected
    assert read_time(None, FACTS) is None
    with pytest.raises(WrongUse):
        read_time("yesterday", FACTS)


def test_a_pin_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "pin").write_text("2468\n")
    assert read_pin(tmp_path / "pin") == "2468"
    assert read_pin(None) is None
    with pytest.raises(Broken):
        read_pin(tmp_path / "none")


def test_tables_line_up_wide_letters_and_hide_what_steers_a_terminal() -> None:
    text = table_text(Table(("A", "B"), [("日本", 1), ("x\x1b[31m", 20)], right=frozenset("B")))
    assert text.splitlines() == ["A        B", "──────  ──", "日本     1", "x\ufffd[31m  20"]
    assert table_text(Table(("A",), [], empty="none")) == "none"
    assert fields_text([("a", 1), ("long", None), ("b", "")]) == "a  1"
    assert visible("\x07ok") == "\ufffdok"


def test_problems_are_counted_beyond_those_that_are_kept() -> None:
    problems = Problems()
    for line in range(MOST_PROBLEMS_KEPT + 5):
        problems.refuse([ImportProblem(line=line, reason="time_wrong")])
    found = problems.joined(ImportCounts(read=2, imported=2))
    assert (found.read, found.skipped, len(found.problems)) == (
        MOST_PROBLEMS_KEPT + 7,
        MOST_PROBLEMS_KEPT + 5,
        MOST_PROBLEMS_KEPT,
    )


def test_every_reason_has_words() -> None:
    assert all(reason_text(ImportProblem(line=2, reason=reason)) == words for reason, words in REASONS.items())
    assert reason_text(ImportProblem(line=2, reason="never_heard")) == "never heard"
    tier = ImportProblem(line=2, reason="wrong_tier", params={"needed": ["gold"], "is": ""})
    assert reason_text(tier) == "no, only for gold"
