"""Programme files that are named on the command line."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loyalty.programme.load import Checked, Programme


def check_file(file: Path) -> "Checked":
    """Everything that is wrong with the programme in *file*, or doubtful."""
    from loyalty.programme.load import check_programme

    return check_programme(_bytes(file))


def load_file(file: Path) -> "Programme":
    """The programme in *file*; ProgrammeRefused names the file, and every mistake with its place."""
    from loyalty.programme.load import load_programme

    return load_programme(_bytes(file), file.name)


def _bytes(file: Path) -> bytes:
    """What is in *file*, or so much of it that it is too large."""
    from loyalty.programme.reading import MAX_PROGRAMME_BYTES

    with file.open("rb") as opened:
        return opened.read(MAX_PROGRAMME_BYTES + 1)
