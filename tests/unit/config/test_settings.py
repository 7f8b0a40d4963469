"""Settings: a file, the environment, defaults, and every mistake at once."""

from pathlib import Path

import pytest

from config.errors import WrongUse
from config.settings import Settings, keep_language, load_settings


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "regulars.toml", {}) == Settings()


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    file = tmp_path / "regulars.toml"
    file.write_text('language = "pl"\n', encoding="utf-8")
    assert load_settings(file, {}).language == "pl"
    assert load_settings(file, {"REGULARS_LANGUAGE": "ro"}).language == "ro"


def test_every_mistake_is_named_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "regulars.toml"
    file.write_text('language = "tlh"\ncolour = "red"\n[scanner]\nnonsense = 1\n', encoding="utf-8")
    with pytest.raises(WrongUse) as caught:
        load_settings(file, {})
    sentence = str(caught.value)
    assert "language" in sentence
    assert "colour" in sentence
    assert "scanner.nonsense" in sentence


@pytest.mark.parametrize("text", ["language = ", "\x00", "language = 'en' 'pl'"])
def test_what_is_not_toml_is_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "regulars.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(WrongUse, match="can't be understood"):
        load_settings(file, {})


def test_a_new_till_keeps_the_language_it_was_set_up_in(tmp_path: Path) -> None:
    file = tmp_path / "regulars.toml"
    keep_language(file, "ro")
    assert load_settings(file, {}).language == "ro"
    keep_language(file, "pl")
    assert load_settings(file, {}).language == "ro", "the owner's settings are not touched"
