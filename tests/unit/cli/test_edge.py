"""Every way a command can end: a sentence on stderr or one JSON document on stdout, and the right exit code."""

import errno
import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from cli.edge import INTERRUPTED, run_command
from cli.options import with_shared_options
from cli.output import NobodyListens
from cli.run import Run, pass_run
from config.errors import Broken, Refused, WrongUse


def ended(folder: Path, act: Callable[[], object], *arguments: str) -> int:
    """The exit code of a command that does *act*."""

    @click.group()
    def root() -> None:
        """Many commands."""

    @root.command()
    @pass_run
    def do(run: Run) -> None:
        """Do it."""
        result = act()
        if result is not None:
            run.answer(result, "done in words")

    with_shared_options(root)
    return run_command(root, arguments or ("do",), Run({"REGULARS_HOME": str(folder)}))


def raising(error: BaseException) -> Callable[[], object]:
    def act() -> object:
        raise error

    return act


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Refused("no", "A rule says {what}.", what="no"), 1),
        (WrongUse("wrong", "That is wrong."), 2),
        (Broken("broken", "It broke."), 3),
        (OSError(errno.ENOSPC, "No space left on device"), 3),
        (OSError(errno.EROFS, "Read-only file system"), 3),
        (FileNotFoundError(errno.ENOENT, "No such file", "x.toml"), 3),
        (ZeroDivisionError("oops"), 3),
    ],
)
def test_an_error_is_a_sentence_or_a_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], error: Exception, code: int
) -> None:
    assert ended(tmp_path, raising(error)) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    assert ended(tmp_path, raising(error), "do", "--json") == code
    assert json.loads(capsys.readouterr().out)["error"]["exit_code"] == code


def test_what_nobody_expected_leaves_a_trace_without_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(tmp_path, raising(ZeroDivisionError("oops")), "--json", "do") == 3
    told = json.loads(capsys.readouterr().out)["error"]
    trace = Path(told["params"]["file"])
    assert told["reason"] == "unexpected"
    assert trace.parent == tmp_path / "logs"
    assert "ZeroDivisionError" in trace.read_text(encoding="utf-8")


def test_ctrl_c_ends_without_a_traceback(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert ended(tmp_path, raising(KeyboardInterrupt())) == INTERRUPTED
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize("arguments", [("--json", "do"), ("do", "--json")])
def test_shared_options_stand_before_or_after_the_verb(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert ended(tmp_path, lambda: {"answer": 42}, *arguments) == 0
    assert json.loads(capsys.readouterr().out) == {"answer": 42}


@pytest.mark.parametrize("arguments", [("frobnicate",), ("do", "--frobnicate"), ("do", "more"), ("do", "--home", "")])
def test_a_wrong_line_is_wrong_use(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert ended(tmp_path, lambda: None, "--json", *arguments) == 2
    assert json.loads(capsys.readouterr().out)["error"]["exit_code"] == 2


def test_a_command_without_its_verb_shows_help_or_a_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(tmp_path, lambda: None, "--json") == 2
    assert json.loads(capsys.readouterr().out)["error"]["reason"] == "wrong_use"


def test_a_reader_who_has_gone_is_no_operating_system_error() -> None:
    # click would answer an EPIPE with exit code 1, which means "refused".
    assert not issubclass(NobodyListens, OSError)
