"""The outermost edge: every way a command can end, as a sentence and an exit code."""

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from cli.output import NobodyListens, report_error, say
from cli.run import Run
from cli.spoken import asked_language, speak
from config.errors import N_, Broken, ExitCode, RegularsError, WrongUse
from config.i18n import _

INTERRUPTED: Final = 130  # 128 + SIGINT, what shells expect of a program that Ctrl-C ended
MAX_TRACES: Final = 20

_DISK_SENTENCES: Final = {
    errno.ENOSPC: ("disk_full", N_("The disk is full. Nothing that was saved is lost; free some space and try again.")),
    errno.EDQUOT: ("disk_full", N_("The disk is full. Nothing that was saved is lost; free some space and try again.")),
    errno.EROFS: (
        "home_read_only",
        N_("The folder can't be written to. Nothing was changed; make it writable and try again."),
    ),
    errno.EACCES: (
        "access_denied",
        N_("Access to {file} is denied. Nothing was changed; check whose it is and try again."),
    ),
    errno.EPERM: (
        "access_denied",
        N_("Access to {file} is denied. Nothing was changed; check whose it is and try again."),
    ),
    errno.ENOENT: ("file_missing", N_("{file} does not exist. Nothing was changed; check the name and try again.")),
    errno.EISDIR: ("file_is_folder", N_("{file} is a folder. Nothing was changed; name a file.")),
    errno.ENOTDIR: ("file_missing", N_("{file} does not exist. Nothing was changed; check the name and try again.")),
}


def run_command(command: click.Command, arguments: Sequence[str], run: Run) -> int:
    """Run *command* and say how it ended; the process's exit code."""
    speak(asked_language(arguments, run.environ))
    try:
        result = command.main(args=list(arguments), prog_name="regulars", obj=run, standalone_mode=False)
    except (KeyboardInterrupt, click.Abort):
        say(_("Stopped. What was saved before is safe."))
        return INTERRUPTED
    except NobodyListens:
        # End without a word, and without a second failure when Python flushes stdout at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.BROKEN
    except Exception as error:
        return _ended_badly(error, arguments, run)
    return result if isinstance(result, int) else ExitCode.DONE


def _ended_badly(error: Exception, arguments: Sequence[str], run: Run) -> int:
    as_json = (run.asked.json or "--json" in arguments) and not run.answered
    if isinstance(error, click.exceptions.NoArgsIsHelpError) and not as_json:
        say(error.format_message())
        return ExitCode.WRONG_USE
    try:
        return report_error(understood(error, run), as_json=as_json)
    except (OSError, RegularsError, NobodyListens):
        return ExitCode.BROKEN


def understood(error: Exception, run: Run) -> RegularsError:
    """*error* as one of ours; what nobody expected leaves a trace file and says where it is."""
    if isinstance(error, RegularsError):
        return error
    if isinstance(error, click.ClickException):
        return _wrong_line(error)
    if isinstance(error, OSError) and error.errno in _DISK_SENTENCES:
        reason, sentence = _DISK_SENTENCES[error.errno]
        return Broken(reason, sentence, file=_name_of(error))
    return Broken(
        "unexpected",
        N_("Something unexpected happened ({kind}). What was saved before is safe. Details are in {file}."),
        kind=type(error).__name__,
        file=str(_keep_trace(error, run)),
    )


def _wrong_line(error: click.ClickException) -> RegularsError:
    missing = isinstance(error, click.exceptions.NoArgsIsHelpError)
    sentence = _("Missing command.") if missing else error.format_message()
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return WrongUse("wrong_use", N_("{problem} Nothing was changed."), problem=sentence)
    return WrongUse(
        "wrong_use",
        N_("{problem} Nothing was changed; `{command} --help` says more."),
        problem=sentence,
        command=context.command_path,
    )


def _name_of(error: OSError) -> str:
    return str(error.filename) if error.filename is not None else "?"


def _keep_trace(error: Exception, run: Run) -> Path:
    # Frames hold no values, so that no personal data gets into the file.
    text = "".join(traceback.format_exception(error))
    name = f"trace-{datetime.fromtimestamp(run.clock.now_ms() / 1000, UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    for folder in (run.home.log_dir, Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = folder / name
            file.write_text(text, encoding="utf-8")
            file.chmod(0o600)
        except OSError:
            continue
        _forget_old_traces(folder)
        return file
    sys.stderr.write(text)
    return Path("stderr")


def _forget_old_traces(folder: Path) -> None:
    for old in sorted(folder.glob("trace-*.txt"))[:-MAX_TRACES]:
        old.unlink(missing_ok=True)
