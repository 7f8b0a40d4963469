"""What the shop can set: one TOML file in the till's home, overridden by the environment, with defaults for all.

``REGULARS_<SECTION>_<KEY>`` in the environment overrides a key, for instance ``REGULARS_SCANNER_CAMERA=1``; the value
is read as TOML, and as plain text where it is none. ``REGULARS_LANGUAGE`` overrides the language. Secrets never go
in here.
"""

import tomllib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError, field_validator

from config.errors import N_, Broken, WrongUse
from config.i18n import LANGUAGES
from config.printer_settings import PrinterSettings
from config.scanner_settings import ScannerSettings
from config.section import Section
from config.sync_settings import SyncSettings
from config.terminal_settings import TerminalSettings

MAX_SETTINGS_BYTES = 1 << 20
PREFIX = "REGULARS_"


class Settings(Section):
    """All settings of a till."""

    language: str = "en"
    scanner: ScannerSettings = ScannerSettings()
    printer: PrinterSettings = PrinterSettings()
    terminal: TerminalSettings = TerminalSettings()
    sync: SyncSettings = SyncSettings()

    @field_validator("language")
    @classmethod
    def _known_language(cls, code: str) -> str:
        if code not in LANGUAGES:
            raise ValueError(f"one of {', '.join(LANGUAGES)}")
        return code


def load_settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """Settings from *path* (may be missing) and *environ*; WrongUse names every mistake with its place."""
    values = _from_file(path)
    for name, text in environ.items():
        _override(values, name, text)
    try:
        return Settings.model_validate(values)
    except ValidationError as mistakes:
        listed = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in mistakes.errors())
        raise WrongUse(
            "settings_wrong",
            N_("The settings in {file} can't be used: {mistakes}. Nothing was changed; correct them and start again."),
            file=path.name,
            mistakes=listed,
        ) from mistakes


def keep_language(path: Path, language: str) -> None:
    """Let a new till go on in the *language* it was set up in; settings that are there already stay as they are."""
    with suppress(FileExistsError), path.open("x", encoding="utf-8") as file:
        file.write(f'language = "{language}"\n')


def _from_file(path: Path) -> dict[str, object]:
    try:
        with path.open("rb") as file:
            text = file.read(MAX_SETTINGS_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise Broken(
            "settings_unreadable",
            N_("The settings file {file} can't be read ({why}). Nothing was changed; check its permissions."),
            file=path.name,
            why=error.strerror or "",
        ) from error
    try:
        if len(text) > MAX_SETTINGS_BYTES:
            raise ValueError("it is larger than 1 MiB")
        return tomllib.loads(text.decode("utf-8"))
    except ValueError as error:
        raise WrongUse(
            "settings_not_toml",
            N_("The settings file {file} can't be understood: {why}. Nothing was changed; correct it and start again."),
            file=path.name,
            why=str(error),
        ) from error


def _override(values: dict[str, object], name: str, text: str) -> None:
    if name == f"{PREFIX}LANGUAGE":
        values["language"] = text
        return
    for section in ("scanner", "printer", "terminal", "sync"):
        start = f"{PREFIX}{section.upper()}_"
        if name.startswith(start):
            keys = values.setdefault(section, {})
            if isinstance(keys, dict):
                keys[name.removeprefix(start).lower()] = _value(text)


def _value(text: str) -> object:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
