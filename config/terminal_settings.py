"""How the till looks, sounds and waits."""

from config.section import Section


class TerminalSettings(Section):
    """The ``[terminal]`` section of the settings file."""
