"""The storage layer that loses power: compiled here, loaded into SQLite, told when to fail.

``losing_vfs.c`` becomes the default VFS of the process that calls :func:`load`; load it in a process of its own.
"""

import ctypes
import hashlib
import subprocess
import sys
from pathlib import Path

FULL_DISK = 13  # SQLITE_FULL
WRITE_ERROR = 10 | (3 << 8)  # SQLITE_IOERR_WRITE
_SOURCES = (Path(__file__).with_name("losing_vfs.c"), Path(__file__).with_name("sqlite_abi.h"))


def compiled(folder: Path) -> Path:
    """The shared library in *folder*, compiled with zig's C compiler unless it is already there."""
    digest = hashlib.sha256(b"".join(source.read_bytes() for source in _SOURCES)).hexdigest()[:16]
    library = folder / f"losing-{digest}.so"
    if not library.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = library.with_suffix(".new")
        command = [sys.executable, "-m", "ziglang", "cc", "-O1", "-g0", "-shared", "-fPIC", str(_SOURCES[0])]
        subprocess.run([*command, "-o", str(fresh)], check=True, capture_output=True, timeout=300)
        fresh.replace(library)
    return library


class Storage:
    """The knobs of the layer in this process."""

    def __init__(self, library: Path) -> None:
        from pysqlite3 import dbapi2

        connection = dbapi2.connect(":memory:")
        connection.enable_load_extension(True)
        connection.execute("SELECT load_extension(?, 'sqlite3_losingvfs_init')", (str(library),))
        connection.close()
        self._knobs = ctypes.CDLL(str(library))
        self._knobs.losing_arm.argtypes = (ctypes.c_longlong, ctypes.c_ulonglong, ctypes.c_uint)
        self._knobs.losing_fail.argtypes = (ctypes.c_longlong, ctypes.c_longlong, ctypes.c_int)
        self._knobs.losing_operations.restype = ctypes.c_longlong

    def cut(self, at: int, *, seed: int, keep_permille: int = 500) -> None:
        """Cut the power at the *at*-th write from now; of each unsynced sector *keep_permille* in 1000 survive."""
        self._knobs.losing_arm(at, seed, keep_permille)

    def fail(self, at: int, *, count: int, code: int) -> None:
        """Answer the *at*-th write from now, and *count* − 1 more, with *code* instead of writing."""
        self._knobs.losing_fail(at, count, code)

    def operations(self) -> int:
        """Writes, syncs and truncations since the last :meth:`cut` or :meth:`fail`."""
        return int(self._knobs.losing_operations())
