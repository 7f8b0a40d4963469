"""Where receipts go: which printer, how it is reached, what it can do."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from config.section import Section

Port = Annotated[int, Field(ge=1, le=65535)]
UsbId = Annotated[int, Field(ge=1, le=0xFFFF)]


class PrinterKind(StrEnum):
    """How the printer is reached."""

    NONE = "none"
    NETWORK = "network"
    USB = "usb"
    SERIAL = "serial"
    CUPS = "cups"
    FILE = "file"


# What each kind can't do without.
_NEEDED: dict[PrinterKind, tuple[str, ...]] = {
    PrinterKind.NETWORK: ("host",),
    PrinterKind.USB: ("usb_vendor", "usb_product"),
    PrinterKind.SERIAL: ("device",),
    PrinterKind.CUPS: ("queue",),
    PrinterKind.FILE: ("path",),
}


class PrinterSettings(Section):
    """The ``[printer]`` section of the settings file.

    - *host*, *port*: ``network``. *usb_vendor*, *usb_product*: ``usb`` (numbers; ``lsusb`` tells them).
      *device*, *baud*: ``serial``. *queue*: ``cups``. *path*: ``file``, a device such as
      ``/dev/usb/lp0`` or a file to add to.
    - *profile* says what the printer can do (``regulars printer list``); *columns*, *status* and *code_pages* correct
      it (*code_pages*: Python's name of a code page to the printer's number for it).
    - *open_drawer*: a sale opens the drawer that hangs on the printer; *drawer_open_level*: what the drawer's sensor
      says when it is open.
    - *logo*: a picture for the head. *template*: a layout of the shop's own.
    - *timeout_s*: how long to wait for a silent printer. *keep_hours*: how old an unprinted receipt may get.
    """

    kind: PrinterKind = PrinterKind.NONE
    host: str | None = None
    port: Port = 9100
    usb_vendor: UsbId | None = None
    usb_product: UsbId | None = None
    device: str | None = None
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 9600
    queue: str | None = None
    path: Path | None = None
    profile: str = "epson-80"
    columns: Literal[32, 42, 48] | None = None
    status: bool | None = None
    code_pages: dict[str, Annotated[int, Field(ge=0, le=255)]] | None = None
    open_drawer: bool = False
    drawer_open_level: Literal["high", "low"] = "high"
    logo: Path | None = None
    template: Path | None = None
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    keep_hours: Annotated[int, Field(ge=1, le=24 * 31)] = 72

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if missing := [key for key in _NEEDED.get(self.kind, ()) if getattr(self, key) is None]:
            raise ValueError(f"a printer of kind {self.kind.value} needs {', '.join(missing)}")
        return self

    @property
    def prints(self) -> bool:
        """Is there a printer at all?"""
        return self.kind is not PrinterKind.NONE
