"""The log of a command: a rotating file in the platform's log folder. Tracebacks go here, never to a person.

Imports nothing of the studio.
"""

from __future__ import annotations

import faulthandler
import logging
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path

import platformdirs

NAME = "thaw.log"
LOG_BYTES = 1_000_000
LOG_FILES = 3


def folder() -> Path:
    """Where this program keeps its logs."""
    return Path(platformdirs.user_log_dir("thaw-studio", appauthor=False))


def start(name: str = NAME) -> Path | None:
    """Log everything of the studio to a file; return it, or None where it cannot be written."""
    path = folder() / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True
        )
        path.touch()
    except OSError:
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"))
    logger = logging.getLogger("studio")
    stop()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    with suppress(OSError, ValueError, AttributeError):  # no real stderr: nothing to write stacks to
        faulthandler.enable()
    return path


def stop() -> None:
    """Close the files that `start` opened."""
    logger = logging.getLogger("studio")
    for handler in [h for h in logger.handlers if isinstance(h, RotatingFileHandler)]:
        logger.removeHandler(handler)
        handler.close()
