"""Every command and every option is documented: the page is made from them, and says what they say now."""

from tests.unit.docs.cli_page import DOCS, page


def test_the_command_lines_page_is_up_to_date() -> None:
    assert (DOCS / "cli.md").read_text(encoding="utf-8") == page(), "run scripts/cli_reference"


def test_every_option_says_what_it_is_for() -> None:
    unsaid = [line for line in page().splitlines() if line.startswith("| `--") and line.endswith("|  |")]
    assert unsaid == []
