"""HQ's log: JSON lines, without personal data: paths, reasons, counts and till ids, never what was in a message."""

import json
import logging
import sys
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path

import structlog

MAX_LOG_BYTES = 10 << 20
KEPT_LOGS = 5
_PLACES = 5


def log_to(file: Path | None) -> None:
    """Log to *file*, rotating, or to standard error."""
    if file is None:
        handler: logging.Handler = logging.StreamHandler(sys.stderr)
    else:
        file.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(file, maxBytes=MAX_LOG_BYTES, backupCount=KEPT_LOGS, encoding="utf-8")
    handler.setFormatter(_Lines())
    root = logging.getLogger("regulars.hq")
    for each in (root, logging.getLogger("uvicorn.error"), logging.getLogger("asyncio")):
        each.handlers, each.propagate = [handler], False
        each.setLevel(logging.WARNING)
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


class _Lines(logging.Formatter):
    """Our own lines as they are; of what a library says its name and, of a failure, the kind and the place.

    The words of a library's exception may hold what was in a message.
    """

    def format(self, record: logging.LogRecord) -> str:
        if record.name == "regulars.hq":
            return record.getMessage()
        line: dict[str, object] = {"event": "library", "name": record.name, "level": record.levelname.lower()}
        failure = record.exc_info[1] if record.exc_info else None
        if failure is not None:
            places = traceback.extract_tb(failure.__traceback__)[-_PLACES:]
            line |= {"failure": type(failure).__name__, "at": [f"{place.name}:{place.lineno}" for place in places]}
        else:
            line["said"] = record.msg
        return json.dumps(line, sort_keys=True)
