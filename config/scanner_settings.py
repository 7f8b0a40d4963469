"""How cards are read: section ``[scanner]`` of the settings file."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from config.section import Section

Format = Literal["QR", "Code128", "EAN13", "UPCA", "Code39", "ITF", "DataMatrix", "PDF417", "Aztec"]
Thousandth = Annotated[int, Field(ge=0, le=1000)]


LEAST_REGION = 50


class ScannerSettings(Section):
    """Where pictures come from, and which codes are looked for.

    - *source*: empty for no camera; ``auto``, a number, a camera's name, /dev/videoN, rtsp:// or http://, a file, a
      folder.
    - *region*: left, top, right, bottom of the part that is looked at, in thousandths of the picture.
    - *same_code_after_ms*: the same card held in view counts again only after it was away so long.
    - *budget_ms*: what costly tries may take of one frame.
    """

    source: str = ""
    width: int = Field(default=1280, ge=160, le=7680)
    height: int = Field(default=720, ge=120, le=4320)
    fps: int = Field(default=30, ge=1, le=120)
    mjpg: bool = True
    exposure: float | None = None
    mirror: bool = False
    rotation: Literal[0, 90, 180, 270] = 0
    region: tuple[Thousandth, Thousandth, Thousandth, Thousandth] | None = None
    formats: tuple[Format, ...] = ("QR", "Code128", "EAN13", "UPCA")
    same_code_after_ms: int = Field(default=2500, ge=200, le=60_000)
    budget_ms: int = Field(default=30, ge=5, le=1000)
    preview: bool = True
    loop: bool = True

    @model_validator(mode="after")
    def _region_has_an_area(self) -> "ScannerSettings":
        if self.region is not None:
            left, top, right, bottom = self.region
            if min(right - left, bottom - top) < LEAST_REGION:
                raise ValueError("region is left, top, right, bottom, and at least 50 thousandths wide and high")
        return self
