"""How the till talks to headquarters."""

from config.section import Section


class SyncSettings(Section):
    """The ``[sync]`` section of the settings file."""
