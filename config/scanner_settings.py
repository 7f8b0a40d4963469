"""How cards are read."""

from config.section import Section


class ScannerSettings(Section):
    """The ``[scanner]`` section of the settings file."""
