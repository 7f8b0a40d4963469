"""A receipt as bytes for a printer or a file."""

from config.printer_settings import PrinterSettings
from receipts.profiles import profile_of
from receipts.receipt import Receipt
from receipts.rendering import render_escpos, render_pdf, render_png
from receipts.spooler import read_logo
from receipts.template import load_template


def drawn(receipt: Receipt, form: str, settings: PrinterSettings) -> bytes:
    """*receipt* as ``escpos``, ``png`` or ``pdf``, in the layout and with the logo of *settings*."""
    template = load_template(settings.template)
    profile = profile_of(settings)
    logo = read_logo(settings.logo)
    if form == "escpos":
        return render_escpos(receipt, template, profile, logo)
    render = render_png if form == "png" else render_pdf
    return render(receipt, template, profile.columns, logo)
