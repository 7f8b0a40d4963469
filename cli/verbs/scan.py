"""``regulars scan``: reading codes from cameras, pictures, folders and videos."""

from typing import TYPE_CHECKING

import click

from cli.output import Table, visible
from cli.run import Run, pass_run
from config.errors import N_, ExitCode, WrongUse
from config.i18n import _

if TYPE_CHECKING:
    from scanner.engine import ReadCode, ScanDocument, ScannedSource


@click.command()
@click.argument("sources", nargs=-1, metavar="SOURCE…")
@click.option("--list", "only_list", is_flag=True, help="List the cameras of this machine.")
@click.option("--formats", help="QR,Code128,EAN13,UPCA,Code39,ITF,DataMatrix,PDF417,Aztec; the settings' without it.")
@click.option("--raw", is_flag=True, help="Any text that can be read, without the rule that keeps misreads out.")
@click.option("--once", is_flag=True, help="Stop at a source's first code.")
@click.option("--watch", is_flag=True, help="Folders: wait for more pictures, until --timeout or --once.")
@click.option("--timeout", "timeout_s", type=click.FloatRange(0, 86_400), help="Seconds a source may take.")
@pass_run
def scan(
    run: Run,
    /,
    sources: tuple[str, ...],
    *,
    only_list: bool,
    formats: str | None,
    raw: bool,
    once: bool,
    watch: bool,
    timeout_s: float | None,
) -> int:
    """Read codes from SOURCE: picture, folder, video, camera number or name, rtsp:// or http:// stream."""
    from scanner.cameras import list_cameras
    from scanner.engine import ScanOptions, parse_formats, scan_json
    from scanner.engine import scan as read

    if only_list:
        cameras = list_cameras()
        rows = [(camera.index, camera.name, camera.path) for camera in cameras]
        table = Table((N_("No."), N_("Name"), N_("Device")), rows, empty=N_("No camera was found."))
        run.answer({"cameras": cameras}, table)
        return ExitCode.DONE
    if not sources:
        raise WrongUse("scan_needs_source", N_("Say what to read: a picture, a folder, a video, a camera's number."))
    options = ScanOptions(
        formats=None if formats is None else parse_formats(formats),
        raw=raw,
        once=once,
        watch=watch,
        timeout_s=timeout_s,
    )
    document = read(sources, options, run.settings.scanner, run.clock)
    run.answer(scan_json(document, _), lambda: _words(document))
    return ExitCode.DONE if document.found else ExitCode.REFUSED


def _words(document: "ScanDocument") -> str:
    lines = []
    for source in document.sources:
        lines += [f"{_place(source, code)}: {code.format} {visible(code.text)}" for code in source.codes]
        if source.error is not None:
            lines.append(f"{source.source}: {_(source.error.sentence).format(**source.error.params)}")
        elif not source.codes:
            lines.append(_("{source}: nothing was read").format(source=source.source))
    return "\n".join(lines)


def _place(source: "ScannedSource", code: "ReadCode") -> str:
    """Where a code was read: the source, and in a folder the file."""
    return f"{source.source.rstrip('/')}/{code.name}" if code.name else source.source
