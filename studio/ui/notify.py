"""Tells a person who looks elsewhere that the work is done, by the desktop's own notification where there is one."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from studio.engine import messages as m
from studio.project.scores import metric_title, score_words
from studio.ui.store import Store

_SHOWN_MS = 10_000


class Notifier(QObject):
    """`tell` shows a few words; nothing happens while the window is in front, or where the desktop has no place."""

    def __init__(self, window: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._tray: QSystemTrayIcon | None = None
        self._away = QTimer(self)
        self._away.setSingleShot(True)
        self._away.setInterval(_SHOWN_MS)
        self._away.timeout.connect(self._hide)

    def tell(self, words: str) -> bool:
        """Show words; whether the desktop was asked to."""
        if self._window.isActiveWindow() or not QSystemTrayIcon.isSystemTrayAvailable():
            return False
        self._hide()
        self._tray = QSystemTrayIcon(self._window.windowIcon(), self)
        self._tray.show()
        self._tray.showMessage("Thaw Studio", words, self._window.windowIcon(), _SHOWN_MS)
        self._away.start()
        return True

    def _hide(self) -> None:
        if self._tray is not None:
            self._tray.hide()
            self._tray.deleteLater()
            self._tray = None


class Ends(QObject):
    """Tells how a run, the queue or a learning curve ended; a run that a person stopped needs no telling."""

    def __init__(self, store: Store, notifier: Notifier, parent: QObject) -> None:
        super().__init__(parent)
        self._store, self._notifier = store, notifier
        self._trained: int | None = None  # the run that was seen to train
        self._was_finding = False
        store.runChanged.connect(self._look)
        store.curveChanged.connect(self._look_at_curve)
        store.queueDone.connect(self._queue_done)

    @Slot()
    def _look(self) -> None:
        live = self._store.live
        if live is None or live.active:
            self._trained = live.run if live is not None else None
            return
        if live.run == self._trained and live.done is not None and not self._store.queue_going:
            self._say(self._words(live.done))
        self._trained = None

    @Slot()
    def _look_at_curve(self) -> None:
        curve = self._store.curve
        if self._was_finding and not curve.running and curve.found is not None:
            self._say(curve.found.sentence)
        self._was_finding = curve.running

    @Slot()
    def _queue_done(self) -> None:
        self._say(self._store.queue_words)

    def _words(self, done: m.RunDone) -> str:
        if done.status == "failed":
            return f"Run {done.run} failed. {done.message}".strip()
        if done.status != "finished":
            return ""
        problem = self._store.problem
        name = problem.judged_by(done.metrics)[0] if problem is not None else ""
        score = done.metrics.get(name)
        said = f": {metric_title(name)} {score_words(name, score)}" if score is not None else ""
        return f"Run {done.run} is finished{said}."

    def _say(self, words: str) -> None:
        if words:
            self._notifier.tell(words)
