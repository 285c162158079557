"""Where new items are dropped to be answered: a dashed frame that is large while empty and a line afterwards.

Must not import: the store, numpy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QGridLayout, QWidget

from studio.ui.theme import SIZES, theme_of
from studio.ui.widgets import DimLabel, HeadingLabel, IconLabel, SecondaryButton, row

_SMALL: Final = 48
_LARGE: Final = 192
QWIDGETSIZE_MAX: Final = 16_777_215  # Qt's own name for "no limit"; PySide does not export it


class DropArea(QWidget):
    """Takes files and folders.

    Signals
    -------
    dropped(list)
        Paths, as `Path`.
    """

    dropped = Signal(list)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hot = False
        self.setAcceptDrops(True)
        self.setAccessibleName("Drop photos or a folder")
        self._icon = IconLabel("image", "faint", SIZES.icon_large)
        self._title, self._words = HeadingLabel("Drop photos or a folder here"), DimLabel()
        self._words.setText(
            "The model answers on the CPU. The files are only read, and nothing leaves this machine."
        )
        self.photos, self.folder = (
            SecondaryButton("Choose photos…", "image"),
            SecondaryButton("Choose a folder…", "folder"),
        )
        self.photos.clicked.connect(self._choose_photos)
        self.folder.clicked.connect(self._choose_folder)
        self._buttons = row(self.photos, self.folder)
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(SIZES.gap, SIZES.half, SIZES.gap, SIZES.half)
        self._layout.setSpacing(SIZES.grid)
        self.set_small(False)

    def set_small(self, small: bool) -> None:
        """A line with the buttons only, once there are answers to look at."""
        for quiet in (self._icon, self._words):
            quiet.setVisible(not small)
        self._title.setText("Drop more photos or a folder here" if small else "Drop photos or a folder here")
        self.setMinimumHeight(_SMALL if small else _LARGE)
        self.setMaximumHeight(_SMALL if small else QWIDGETSIZE_MAX)
        middle = Qt.AlignmentFlag.AlignCenter
        for part in (self._icon, self._title, self._words):
            self._layout.removeWidget(part)
        self._layout.removeItem(self._buttons)
        if small:
            self._layout.addWidget(
                self._title, 0, 0, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            )
            self._layout.addLayout(self._buttons, 0, 1, Qt.AlignmentFlag.AlignRight)
        else:
            for place, part in enumerate((self._icon, self._title, self._words), start=1):
                self._layout.addWidget(part, place, 0, 1, 2, middle)
            self._layout.addLayout(self._buttons, 4, 0, 1, 2, middle)
        self._layout.setRowStretch(0, 0 if small else 1)
        self._layout.setRowStretch(5, 0 if small else 1)

    def _choose_photos(self) -> None:
        names, _ = QFileDialog.getOpenFileNames(self, "Choose photos")
        if names:
            self.dropped.emit([Path(name) for name in names])

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Choose a folder of photos")
        if name:
            self.dropped.emit([Path(name)])

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.isEnabled() and local_paths(event.mimeData()):
            event.acceptProposedAction()
            self._set_hot(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._set_hot(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._set_hot(False)
        paths = local_paths(event.mimeData())
        if paths:
            event.acceptProposedAction()
            self.dropped.emit(paths)

    def _set_hot(self, hot: bool) -> None:
        self._hot = hot
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = theme_of()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.setBrush(theme.colour("accent_bg" if self._hot else "background"))
        painter.setPen(
            QPen(theme.colour("accent" if self._hot else "line_strong"), SIZES.line, Qt.PenStyle.DashLine)
        )
        painter.drawRoundedRect(rect, SIZES.radius, SIZES.radius)


def local_paths(mime: QMimeData) -> list[Path]:
    """Files and folders that were dropped from this machine."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
