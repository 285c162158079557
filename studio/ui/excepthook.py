"""What nobody caught: kept in the log with its traceback, told once in a notice that can be copied.

Slots, timers and runnables reach `sys.excepthook`, threads `threading.excepthook`, destructors `sys.unraisablehook`;
a crash of the process itself leaves its stacks in `crash.log`. Must not import torch, pandas or numpy.
"""

from __future__ import annotations

import faulthandler
import logging
import platform
import sys
import threading
import traceback
from contextlib import suppress
from types import TracebackType
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot, qVersion

import studio.log
from studio import __version__
from studio.ui.notices import Notices
from studio.ui.store import NoticeView

log = logging.getLogger(__name__)

LOG, CRASHES = "window.log", "crash.log"
MOST_TOLD = 20


def start_log() -> None:
    """Log to a file of the window's own, and crashes of the process to another."""
    if studio.log.start(LOG) is None:
        return
    with suppress(OSError):
        faulthandler.enable((studio.log.folder() / CRASHES).open("a"))


class Failures(QObject):
    """Hears every exception that nobody caught; one notice each kind, told on the window's thread."""

    _caught = Signal(str, str)

    def __init__(self, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._notices = notices
        self._told = 0
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        self._caught.connect(self._tell)

    def install(self) -> None:
        """From now on."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = (
            self._uncaught,
            self._in_thread,
            self._unraisable,
        )

    def remove(self) -> None:
        """As it was before."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before

    def _uncaught(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self._keep(kind, error, trace)

    def _in_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._keep(args.exc_type, args.exc_value, args.exc_traceback)

    def _unraisable(self, args: Any) -> None:
        log.error(
            "while tidying up %r", args.object, exc_info=(args.exc_type, args.exc_value, args.exc_traceback)
        )

    def _keep(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.error("not caught", exc_info=(kind, error, trace))
        report = "".join(traceback.format_exception(kind, error, trace))
        self._caught.emit(f"{kind.__name__}: {error}", f"{_versions()}\n{report}")

    @Slot(str, str)
    def _tell(self, summary: str, report: str) -> None:
        if self._told >= MOST_TOLD:
            return
        self._told += 1
        words = f"Something in the studio did not work ({summary})."
        hint = "Your project is saved. Copy this notice into a report; the whole story is in the log."
        self._notices.add(NoticeView("error", words, hint, report))


def _versions() -> str:
    return f"Thaw Studio {__version__}, Python {platform.python_version()}, Qt {qVersion()}, {platform.platform()}"
