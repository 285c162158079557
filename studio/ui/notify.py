"""Tells a person who looks elsewhere that the work is done, by the desktop's own notification where there is one."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

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
