"""What ``regulars doctor`` finds on this machine beside the till's own file."""

import platform

from config.i18n import _
from config.settings import Settings
from receipts.printers import open_printer
from scanner import decoders
from scanner.cameras import list_cameras
from terminal.till_upkeep import DoctorFact


def machine_facts(settings: Settings) -> tuple[DoctorFact, ...]:
    """Python, decoders, cameras and the printer."""
    return (
        DoctorFact(id="python", value=platform.python_version(), ok=True),
        *(_decoder(fact) for fact in decoders.available()),
        _cameras(),
        _printer(settings),
    )


def _decoder(fact: decoders.DecoderFact) -> DoctorFact:
    value = fact.version if fact.present else f"{_(fact.adds)} {_(fact.hint)}".strip()
    return DoctorFact(id=f"decoder {fact.name}", value=value, ok=fact.present)


def _cameras() -> DoctorFact:
    found = list_cameras()
    value = ", ".join(f"{camera.index}: {camera.name}" for camera in found)
    return DoctorFact(id="cameras", value=value or _("none; scanners that type work without one"), ok=bool(found))


def _printer(settings: Settings) -> DoctorFact:
    state = open_printer(settings.printer).status().state
    return DoctorFact(id="printer", value=str(state), ok=state == "ready")
