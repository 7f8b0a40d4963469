"""Where receipts go."""

from config.section import Section


class PrinterSettings(Section):
    """The ``[printer]`` section of the settings file."""
