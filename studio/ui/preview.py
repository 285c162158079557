"""Shows one page alone, on sample data: `python -m studio.ui.pages.train [--shot FILE] [--dark] [--size 1000x812]`.

A page module ends with::

    if __name__ == "__main__":
        preview(TrainPage, fill_sample)

Rules: no engine, no project on disk; what a button would do is printed instead. Must not import torch or pandas.
"""

from __future__ import annotations

import argparse
import inspect
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from studio.ui import theme
from studio.ui.actions import Actions
from studio.ui.pages.base import Page
from studio.ui.store import Store

log = logging.getLogger(__name__)

SETTLE_MS = 400  # for pictures that load on other threads


class PrintedActions(Actions):
    """Actions that only say what was wanted: for previews, pictures and tests of pages.

    Attributes
    ----------
    asked : list of (str, tuple, dict)
        Every call: name, positional and named arguments.
    """

    def __init__(self, parent: QObject | None = None, loud: bool = False) -> None:
        QObject.__init__(self, parent)
        self.asked: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = []
        self._loud = loud

    def _note(self, name: str, args: tuple[Any, ...], named: dict[str, Any]) -> None:
        self.asked.append((name, args, named))
        if self._loud:
            log.info("asked for: %s%s %s", name, args, named or "")


def _printed(name: str) -> Callable[..., None]:
    def intention(self: PrintedActions, *args: Any, **named: Any) -> None:
        self._note(name, args, named)

    return intention


for _name, _ in inspect.getmembers(Actions, inspect.isfunction):
    if not _name.startswith("_") and _name not in QObject.__dict__ and _name in Actions.__dict__:
        setattr(PrintedActions, _name, _printed(_name))


def preview(page_class: type[Page], fill: Callable[[Store], None], argv: Sequence[str] | None = None) -> int:
    """Show a page on what `fill` puts into the store, or write a picture of it.

    Parameters
    ----------
    page_class : type
        The page.
    fill : callable
        Puts sample data into an empty store.
    argv : sequence of str, optional
        Command line without the program; the process's own where absent.
    """
    parser = argparse.ArgumentParser(description=f"The page {page_class.title!r} on sample data.")
    parser.add_argument("--shot", type=Path, help="write a picture and leave")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--size", default="1000x812", help="width x height of the page")
    options = parser.parse_args(argv)
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.install(app, "dark" if options.dark else "light")
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    store, actions = Store(), PrintedActions(loud=True)
    fill(store)
    page = page_class(store, actions)
    page.resize(*(int(part) for part in options.size.split("x")))
    page.show()
    if options.shot is None:
        return app.exec()
    settle()
    page.grab().save(str(options.shot))
    page.close()
    return 0


def settle(milliseconds: int = SETTLE_MS) -> None:
    """Let the event loop run for a while, so that pictures and layouts arrive."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
