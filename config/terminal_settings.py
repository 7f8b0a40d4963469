"""How the till's screen and keyboard behave: section ``[terminal]`` of the settings file."""

from typing import Literal

from pydantic import Field

from config.section import Section


class TerminalSettings(Section):
    """Screen, keyboard-wedge scanner, sounds and locking."""

    theme: Literal["dark", "light", "contrast"] = "dark"
    sound: Literal["auto", "bell", "off"] = "auto"
    scan_gap_ms: int = Field(default=60, ge=10, le=300, description="keys closer together than this are a scanner's")
    scan_prefix: str = Field(default="", max_length=8, description="what the scanner types first, where it is set to")
    scan_suffix: Literal["enter", "tab"] = "enter"
    scan_min_length: int = Field(default=6, ge=4, le=40, description="shorter bursts are typing")
    lock_after_s: int = Field(default=300, ge=0, le=86_400, description="0: the till never locks by itself")
    keymap: dict[str, str] = Field(default_factory=dict, description="as in finish = 'f12,ctrl+s'")
    amount_category: str = Field(default="general", min_length=1, max_length=64, description="of an amount without one")
    payment_methods: tuple[str, ...] = Field(
        default=("cash", "card"), max_length=9, description="the first is the usual one; none: it is not asked"
    )
