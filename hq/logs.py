"""HQ's log: JSON lines, without personal data: paths, reasons, counts and till ids, never what was in a message."""

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

import structlog

MAX_LOG_BYTES = 10 << 20
KEPT_LOGS = 5


def log_to(file: Path | None) -> None:
    """Log to *file*, rotating, or to standard error."""
    if file is None:
        handler: logging.Handler = logging.StreamHandler(sys.stderr)
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(file, maxBytes=MAX_LOG_BYTES, backupCount=KEPT_LOGS, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(message)s"))
    root = logging.getLogger("regulars.hq")
    root.handlers, root.propagate = [handler], False
    root.setLevel(logging.INFO)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        logger_factory=lambda *_names: root,
        cache_logger_on_first_use=True,
    )
