"""Opening the till's screens, where there is a terminal to draw them on."""

import sys

from cli.run import Run
from config.errors import N_, WrongUse
from config.i18n import use_language
from config.paths import HomePaths


def open_app(run: Run, home: HomePaths) -> int:
    """Let a cashier work on the till in *home*; the exit code. WrongUse ``no_terminal``."""
    if run.asked.json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise WrongUse(
            "no_terminal",
            N_("The till's screens need a terminal. Nothing was changed; `regulars --help` lists what needs none."),
        )
    # Key bindings are translated when the screens' classes are read: the language comes first.
    use_language(run.language)
    from terminal.app import run as run_app

    return run_app(home, run.settings, run.clock, run.random, training=run.asked.training, language=run.asked.language)
