"""How the till talks to headquarters, and how headquarters serves."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from config.section import Section


class SyncSettings(Section):
    """The ``[sync]`` section of the settings file. Times are in seconds."""

    enabled: bool = True
    ca_file: Path | None = Field(None, description="certificates to trust instead of the system's, PEM")
    connect_timeout_s: Annotated[float, Field(gt=0, le=60)] = 5.0
    read_timeout_s: Annotated[float, Field(gt=0, le=300)] = 40.0
    authorise_timeout_s: Annotated[float, Field(gt=0, le=5)] = 0.8
    long_poll_s: Annotated[int, Field(ge=0, le=25)] = 20
    push_every_s: Annotated[float, Field(ge=0.1, le=3600)] = 2.0
