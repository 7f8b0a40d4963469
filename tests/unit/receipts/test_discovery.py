"""Printers that the machine knows of are found without touching them; the trial page shows what a printer can do."""

from pathlib import Path

import pytest

from receipts.discovery import discover
from receipts.profiles import PROFILES
from receipts.trial import trial_page


def test_devices_and_queues_are_listed_as_the_settings_name_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "usb").mkdir()
    for name in ("usb/lp0", "ttyUSB1", "null"):
        (tmp_path / name).touch()
    lpstat = tmp_path / "lpstat"
    lpstat.write_text("#!/bin/sh\necho kitchen\necho bar\n")
    lpstat.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert [(found.kind.value, found.key, Path(found.address).name) for found in discover(tmp_path)] == [
        ("file", "path", "lp0"),
        ("serial", "device", "ttyUSB1"),
        ("cups", "queue", "kitchen"),
        ("cups", "queue", "bar"),
    ]


def test_a_machine_without_printers_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert discover(tmp_path) == ()


@pytest.mark.parametrize("profile", list(PROFILES))
def test_every_profile_has_a_trial_page(profile: str) -> None:
    assert len(trial_page(PROFILES[profile], at_ms=0, zone="Europe/Warsaw")) > 500
