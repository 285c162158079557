"""The window's process: `python -m studio.ui.app [PROJECT]`.

Read `Studio` from top to bottom: what there is, how it is joined, in which order it starts and ends. The window paints
first; the engine is warmed up in the background afterwards. Must not import torch, fastai, pandas, numpy or pyqtgraph.
"""

from __future__ import annotations

# PySide6 puts its own function in the place of Python's import, which makes every later import slower. Nothing
# here uses the feature it is for, so Python's own comes back.
import builtins

_import = builtins.__import__

import importlib  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from pathlib import Path  # noqa: E402

from PySide6.QtCore import QByteArray, QObject, Qt, QTimer, Slot  # noqa: E402
from PySide6.QtGui import QGuiApplication  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

builtins.__import__ = _import

from studio.hardware import cards  # noqa: E402
from studio.ui import theme  # noqa: E402
from studio.ui.actions import Actions, Context  # noqa: E402
from studio.ui.client import EngineClient, engine_command  # noqa: E402
from studio.ui.collector import Collector  # noqa: E402
from studio.ui.excepthook import Failures, start_log  # noqa: E402
from studio.ui.gauge import GaugeReader  # noqa: E402
from studio.ui.notices import Notices  # noqa: E402
from studio.ui.settings import Settings  # noqa: E402
from studio.ui.steps import page_specs  # noqa: E402
from studio.ui.store import Store  # noqa: E402
from studio.ui.updates import Updates  # noqa: E402
from studio.ui.wakeful import Wakeful  # noqa: E402
from studio.ui.widgets import icon  # noqa: E402
from studio.ui.window import StudioWindow  # noqa: E402
from studio.ui.wiring import Wiring  # noqa: E402

log = logging.getLogger(__name__)

WARM_UP_MS = 150
NAME = "Thaw Studio"


class Studio(QObject):
    """Everything that one window needs, in the order in which it is built.

    Parameters
    ----------
    settings : Settings, optional
        The person's own where absent.
    engine : sequence of str, optional
        The command that starts an engine.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        engine: Sequence[str] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.settings = settings or Settings()
        self.store = Store(self)
        if self.settings.values.card >= 0 and cards.VISIBLE not in os.environ:
            cards.choose(self.settings.values.card)
        self.client = EngineClient(engine or engine_command(self.settings.values.checkpoint_minutes), self)
        self.notices = Notices(self.store, self)
        self.failures = Failures(self.notices, self)
        self.updates = Updates(self.store, self.client, self.notices, self)
        context = Context(self.store, self.client, self.updates, self.notices, self.settings)
        self.actions = Actions(context, self)
        self.window = StudioWindow(page_specs(self.store, self.actions, self._page_made))
        self.wiring = Wiring(self.window, self.store, self.actions, self)
        self.gauge = GaugeReader(self.store, self.client, self)
        self.wakeful = Wakeful(self.store, self)
        self.actions.themeChosen.connect(choose_theme)
        self.window.closing.connect(self._keep_geometry)
        self.window.why.openChanged.connect(self._keep_why)

    def start(self, project: Path | None = None) -> None:
        """Show the window at once; the engine and the gauge follow."""
        self._restore_geometry()
        self.wiring.show_all()
        self.window.show()
        if self.settings.reset:
            words = f"Settings that could not be read were put back: {', '.join(self.settings.reset)}."
            self.notices.say("info", words, f"The file as it was is kept beside {self.settings.path}.")
        if project is not None:
            self.actions.open_project(project)
        QTimer.singleShot(WARM_UP_MS, self, self._warm_up)

    def close(self) -> None:
        """Let the engine write a checkpoint and leave (a few seconds at most), then give the project up."""
        self.window.hide()
        self.gauge.stop()
        self.client.close()
        self.wakeful.close()
        if self.store.project is not None:
            self.store.project.close()
        if self.store.thumbnails is not None:
            self.store.thumbnails.close()

    @Slot()
    def _warm_up(self) -> None:
        self.client.start()
        self.gauge.start()
        threading.Thread(target=_load_plots, name="studio-plots", daemon=True).start()

    @Slot(object)
    def _page_made(self, page: QWidget) -> None:
        self.wiring.page_made(page)

    def _restore_geometry(self) -> None:
        kept = self.settings.values.geometry
        if kept:
            self.window.restoreGeometry(QByteArray.fromBase64(kept.encode()))
        self.window.why.setVisible(self.settings.values.why_open)

    @Slot()
    def _keep_geometry(self) -> None:
        kept = bytes(self.window.saveGeometry().toBase64().data()).decode()
        self.settings.change(geometry=kept)

    @Slot(bool)
    def _keep_why(self, open_: bool) -> None:
        self.settings.change(why_open=open_)


def _load_plots() -> None:
    """Have the plotting library ready before the first page that needs it, without holding up the window."""
    importlib.import_module("studio.ui.charts.base")


def choose_theme(choice: str) -> None:
    """Dress the application anew."""
    application = QApplication.instance()
    if isinstance(application, QApplication) and choice in ("system", "light", "dark"):
        theme.install(application, choice)  # type: ignore[arg-type]


def make_application() -> QApplication:
    """The Qt application, sharp on every screen."""
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    application = QApplication(sys.argv[:1])
    application.setApplicationName(NAME)
    application.setApplicationDisplayName(NAME)
    application.setDesktopFileName("thaw-studio")
    return application


def main(project: Path | None = None) -> int:
    """Open the window, on a project where one is named; the exit status."""
    start_log()
    application = make_application()
    settings = Settings()
    theme.install(application, settings.values.theme)
    application.setWindowIcon(icon("flame", "ember", 64))
    studio = Studio(settings, parent=application)
    studio.failures.install()
    collector = Collector(application)
    studio.start(project)
    collector.start()
    try:
        return application.exec()
    finally:
        studio.close()
        collector.stop()
        studio.failures.remove()


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None))
