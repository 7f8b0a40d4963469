"""The till's log: JSON lines in a rotating file, never on the screen, never with personal data."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

import structlog
from structlog.tracebacks import ExceptionDictTransformer

# Where a fault came from, but not what the variables held there: those are names, phones, PINs.
_tracebacks = structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False))
MAX_LOG_BYTES = 2_000_000
KEPT_LOGS = 5


def open_log(folder: Path) -> None:
    """Send every log line to ``regulars.log`` in *folder*; without a writable folder the till runs without a log."""
    handler: logging.Handler
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = RotatingFileHandler(
            folder / "regulars.log", maxBytes=MAX_LOG_BYTES, backupCount=KEPT_LOGS, encoding="utf-8"
        )
    except OSError:
        handler = logging.NullHandler()
    logger = logging.getLogger("regulars")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _tracebacks,
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        logger_factory=lambda *_names: logger,
        cache_logger_on_first_use=False,
    )
