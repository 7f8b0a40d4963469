"""Where a till keeps its things: one home folder, every place in it named once."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

HOME_VARIABLE = "REGULARS_HOME"


@dataclass(frozen=True, slots=True)
class HomePaths:
    """The places inside the home folder *root*; nothing is created by naming them."""

    root: Path

    @property
    def database(self) -> Path:
        """The ledger: one SQLite file."""
        return self.root / "till.db"

    @property
    def keys_dir(self) -> Path:
        """The till's private keys, readable by its owner alone."""
        return self.root / "keys"

    @property
    def witness(self) -> Path:
        """(epoch, seq, head) outside the database: tells when the database file was put back to an older one."""
        return self.root / "witness"

    @property
    def erasures(self) -> Path:
        """Member ids that were erased, kept outside the database so that a restored one forgets them again."""
        return self.root / "erasures"

    @property
    def settings_file(self) -> Path:
        """What the shop sets: devices, language, looks."""
        return self.root / "regulars.toml"

    @property
    def receipts_dir(self) -> Path:
        """Receipts saved as files."""
        return self.root / "receipts"

    @property
    def reports_dir(self) -> Path:
        """Reports saved as files."""
        return self.root / "reports"

    @property
    def backups_dir(self) -> Path:
        """Where backups go unless told otherwise."""
        return self.root / "backups"

    @property
    def log_dir(self) -> Path:
        """The rotating log."""
        return self.root / "logs"

    @property
    def drafts(self) -> Path:
        """The sale on screen, so that it is still there after a crash."""
        return self.root / "draft.json"

    @property
    def sync_lock(self) -> Path:
        """Held by the one process that talks to HQ."""
        return self.root / "sync.lock"

    @property
    def spool_lock(self) -> Path:
        """Held by the one process that prints."""
        return self.root / "spool.lock"

    @property
    def training(self) -> "HomePaths":
        """The home of training mode: another database, nothing of it counts."""
        return HomePaths(self.root / "training")


def default_home(environ: Mapping[str, str] = os.environ) -> Path:
    """The home folder: ``REGULARS_HOME``, else ``$XDG_DATA_HOME/regulars``, else ``~/.local/share/regulars``."""
    if chosen := environ.get(HOME_VARIABLE):
        return Path(chosen).expanduser()
    data = environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "regulars"
