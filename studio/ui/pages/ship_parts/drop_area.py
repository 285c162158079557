"""Where new items are dropped to be answered: a dashed frame that is large while empty and a line afterwards.

Must not import: the store, numpy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QGridLayout, QLineEdit, QWidget

from studio.ui.samples.base import PHOTOS, About
from studio.ui.theme import SIZES, theme_of
from studio.ui.widgets import DimLabel, HeadingLabel, IconLabel, SecondaryButton, row

_SMALL: Final = 48
_LARGE: Final = 192
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
QWIDGETSIZE_MAX: Final = 16_777_215  # Qt's own name for "no limit"; PySide does not export it


class DropArea(QWidget):
    """Takes files and folders.

    Signals
    -------
    dropped(list)
        Paths, as `Path`.
    typed(str)
        One item was typed, where its kind can be.
    """

    dropped = Signal(list)
    typed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hot = False
        self.setAcceptDrops(True)
        self._about, self._small = PHOTOS, False
        self._icon = IconLabel("image", "faint", SIZES.icon_large)
        self._title, self._words = HeadingLabel(), DimLabel()
        self._words.setText(
            "The model answers on the CPU. The files are only read, and nothing leaves this machine."
        )
        self.files, self.folder = SecondaryButton("", "image"), SecondaryButton("Choose a folder…", "folder")
        self.files.clicked.connect(self._choose_files)
        self.folder.clicked.connect(self._choose_folder)
        self.line = QLineEdit(self)
        self.line.setMinimumWidth(SIZES.grid * 48)
        self.line.returnPressed.connect(self._tell_typed)
        self._buttons = row(self.files, self.folder)
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(SIZES.gap, SIZES.half, SIZES.gap, SIZES.half)
        self._layout.setSpacing(SIZES.grid)
        self.set_about(PHOTOS)

    def set_about(self, about: About) -> None:
        """What is taken here: photos, a table of rows, texts."""
        self._about = about
        self.setAccessibleName(about.drop)
        self._icon.set(about.icon, "faint")
        self.files.setText(about.choose)
        self.files.set_icon(about.icon)
        self.folder.setVisible(about.picture)
        self.line.setPlaceholderText(about.typed)
        self.line.setAccessibleName(about.typed)
        self.line.setToolTip(about.typed)
        self.set_small(self._small)

    def set_small(self, small: bool) -> None:
        """A line with the buttons only, once there are answers to look at."""
        self._small = small
        typing = bool(self._about.typed)
        for quiet in (self._icon, self._words):
            quiet.setVisible(not small)
        self.line.setVisible(typing)
        self._title.setVisible(not (small and typing))
        self._title.setText(self._about.more if small else self._about.drop)
        self.setMinimumHeight(_SMALL if small else _LARGE)
        self.setMaximumHeight(_SMALL if small else QWIDGETSIZE_MAX)
        middle = Qt.AlignmentFlag.AlignCenter
        parts: tuple[QWidget, ...] = (self._icon, self._title, self._words, self.line)
        for part in parts:
            self._layout.removeWidget(part)
        self._layout.removeItem(self._buttons)
        if small:
            if typing:
                self._layout.addWidget(self.line, 0, 0)
            else:
                self._layout.addWidget(self._title, 0, 0, _LEFT)
            self._layout.addLayout(self._buttons, 0, 1, Qt.AlignmentFlag.AlignRight)
        else:
            for place, part in enumerate(parts[:3], start=1):
                self._layout.addWidget(part, place, 0, 1, 2, middle)
            if typing:
                self._layout.addWidget(self.line, 4, 0, 1, 2, middle)
            self._layout.addLayout(self._buttons, 5, 0, 1, 2, middle)
        self._layout.setRowStretch(0, 0 if small else 1)
        self._layout.setRowStretch(6, 0 if small else 1)

    def _tell_typed(self) -> None:
        if self.line.text().strip():
            self.typed.emit(self.line.text().strip())

    def _choose_files(self) -> None:
        about = self._about
        names, _ = QFileDialog.getOpenFileNames(self, about.choose.rstrip("…"), "", about.pattern)
        if names:
            self.dropped.emit([Path(name) for name in names])

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, f"Choose a folder of {self._about.many}")
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
