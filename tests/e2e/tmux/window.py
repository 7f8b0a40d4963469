"""A terminal window with the real program in it: tmux types and reads."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

WAIT_S = 30.0
LOOK_EVERY_S = 0.05


class Window:
    """One tmux window of its own server; keys go in, the screen's text comes out."""

    def __init__(self, home: Path, width: int = 80, height: int = 24) -> None:
        self.home = home
        self._opened = 0
        self._size = ("-x", str(width), "-y", str(height))

    def open(self, *arguments: str) -> None:
        """Start the program in a fresh window, of a fresh server: one that is being killed may answer for a while."""
        self._opened += 1
        command = [program(), "--home", str(self.home), *arguments]
        environment = {"TERM": "tmux-256color", "REGULARS_TERMINAL_SOUND": "off", "LC_ALL": "C.UTF-8"}
        settings = [part for name, value in environment.items() for part in ("-e", f"{name}={value}")]
        self._tmux("new-session", "-d", "-s", "till", *self._size, *settings, *command)
        self._tmux("set-option", "-t", "till", "remain-on-exit", "on")

    def type(self, text: str, *, enter: bool = True) -> None:
        """Type *text* as a person does, one key after the other."""
        for letter in text:
            self._tmux("send-keys", "-t", "till", "-l", letter)
            time.sleep(0.065)
        if enter:
            self.press("Enter")

    def scan(self, code: str) -> None:
        """All letters and Enter at once: a wedge scanner at its fastest."""
        self._tmux("send-keys", "-t", "till", "-l", code, ";", "send-keys", "-t", "till", "Enter")

    def press(self, *keys: str) -> None:
        """Keys by their tmux names, such as F12 or Escape."""
        for key in keys:
            time.sleep(0.065)
            self._tmux("send-keys", "-t", "till", key)

    def text(self) -> str:
        """What stands in the window."""
        return self._tmux("capture-pane", "-p", "-t", "till")

    def wait_for(self, *words: str) -> str:
        """The window's text, once all *words* are in it; fails with the text where they never come."""
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            text = self.text()
            if all(word in text for word in words):
                return text
            time.sleep(LOOK_EVERY_S)
        raise AssertionError(f"waited in vain for {words}:\n{self.text()}")

    def kill_program(self) -> None:
        """Power off: the program gets no chance to tidy up."""
        process = int(self._tmux("display-message", "-p", "-t", "till", "#{pane_pid}"))
        os.kill(process, 9)

    def close(self) -> None:
        """Close the window and its server."""
        subprocess.run(["tmux", "-L", self._socket, "kill-server"], check=False, capture_output=True)

    @property
    def _socket(self) -> str:
        return f"regulars-{os.getpid()}-{self.home.parent.name}-{self._opened}"

    def _tmux(self, *arguments: str) -> str:
        return subprocess.run(
            ["tmux", "-L", self._socket, "-f", "/dev/null", *arguments], check=True, capture_output=True, text=True
        ).stdout


def program() -> str:
    """The console script that was installed beside this Python."""
    found = shutil.which("regulars", path=str(Path(sys.executable).parent)) or shutil.which("regulars")
    assert found is not None, "regulars is not installed"
    return found
