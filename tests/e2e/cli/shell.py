"""The real program in processes of its own, as a shop's scripts call it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

TIMEOUT_S = 120


class Shell:
    """Runs ``regulars`` on one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.pin_file = home.parent / "pin"

    def run(self, *arguments: str, check: int | None = 0) -> subprocess.CompletedProcess[str]:
        """One command; its exit code must be *check* (None: any)."""
        done = subprocess.run(
            [sys.executable, "-c", "from cli.main import main; main()", *arguments],
            env={**os.environ, "REGULARS_HOME": str(self.home), "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        assert check is None or done.returncode == check, f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def json(self, *arguments: str, check: int | None = 0) -> Any:
        """One command's single JSON document."""
        return json.loads(self.run(*arguments, "--json", check=check).stdout)

    def refused(self, *arguments: str, check: int) -> str:
        """The reason with which a command refuses."""
        error = self.json(*arguments, check=check)["error"]
        assert error["exit_code"] == check
        assert len(error["message"]) > 20, "a sentence"
        return str(error["reason"])

    def set_up(self, *more: str) -> Any:
        """A till with the defaults; its PIN goes into :attr:`pin_file`."""
        made = self.json("setup", "--defaults", *more)
        if made["pin"]:
            self.pin_file.write_text(made["pin"] + "\n", encoding="ascii")
        return made
