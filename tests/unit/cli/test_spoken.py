"""Help and refusals of the command line in the language that was asked for, wherever it stands on the line."""

import pytest

from cli.edge import run_command
from cli.main import root
from cli.run import Run
from cli.spoken import asked_language, first_sentence


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    run_command(root, arguments, Run({}))
    out, err = capsys.readouterr()
    return out + err


@pytest.mark.parametrize("line", [["--lang", "pl", "--help"], ["--help", "--lang=pl"]])
def test_help_speaks_the_language(capsys: pytest.CaptureFixture[str], line: list[str]) -> None:
    text = said(capsys, *line)
    assert all(words in text for words in ("Użycie:", "Opcje:", "Polecenia:", "Zapisz sprzedaż.", "Język odpowiedzi."))
    assert "Save a sale." in said(capsys, "--help")


def test_options_keep_what_is_added_to_them(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "hq", "serve", "--help", "--lang", "ro")
    assert "Portul la care ascultă." in text
    assert "[implicit: " in text


def test_a_list_of_commands_shows_first_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    text = said(capsys, "shift", "--help", "--lang", "ru")
    assert "Окончить смену." in text
    assert "сгоревшие" not in text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (["nonsense", "--lang", "ru"], "Проверьте: Команды 'nonsense' нет."),
        (["--lang", "ro", "sell", "--amout", "5"], "Verificați: Nu există opțiunea '--amout'."),
        (["member", "show", "--lang", "pl"], "Brakuje argumentu"),
        (["simulate", "--tills", "many", "--lang", "ro"], "Valoare greșită pentru '--tills'"),
    ],
)
def test_a_wrong_line_is_told_in_the_language(capsys: pytest.CaptureFixture[str], line: list[str], words: str) -> None:
    assert words in said(capsys, *line)


def test_the_language_is_read_from_the_line_then_from_the_environment() -> None:
    assert asked_language(["sell", "--lang", "pl"], {"REGULARS_LANGUAGE": "ro"}) == "pl"
    assert asked_language(["sell"], {"REGULARS_LANGUAGE": "ro"}) == "ro"
    assert asked_language(["sell", "--lang"], {}) == "en"
    assert asked_language(["--lang=xx"], {}) == "en"


def test_a_first_sentence_ends_with_a_full_stop() -> None:
    assert first_sentence("Save a sale; a missing\nshift is opened.\n\nMore.") == "Save a sale."
    assert first_sentence("Shops.") == "Shops."
