"""A path: typed, browsed for, or dropped from the desktop.

Rules: the file chooser is the one window that may be modal; the editor does not look whether the path exists.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from studio.ui.widgets.buttons import IconButton
from studio.ui.widgets.labels import repolish
from studio.ui.widgets.layout import row

Kind = Literal["folder", "file", "save"]
_PLACEHOLDER = {
    "folder": "Drop a folder here, or choose one",
    "file": "Drop a file here, or choose one",
    "save": "Where to write it",
}


class PathEdit(QWidget):
    """An editor of one path.

    Signals
    -------
    pathChosen(Path)
        A person typed, browsed for or dropped another path.
    """

    pathChosen = Signal(object)

    def __init__(
        self, kind: Kind = "folder", caption: str = "", pattern: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._kind, self._caption, self._pattern = kind, caption or _PLACEHOLDER[kind], pattern
        self._told: Path | None = None
        self._line = QLineEdit()
        self._line.setPlaceholderText(_PLACEHOLDER[kind])
        self._line.setAcceptDrops(False)
        self._line.editingFinished.connect(self._typed)
        self._browse = IconButton("folder", "Choose a folder" if kind == "folder" else "Choose a file")
        self._browse.clicked.connect(self.browse)
        self.setLayout(row(self._line, self._browse, gap=4))
        self.setAcceptDrops(True)
        self.setFocusProxy(self._line)

    def path(self) -> Path | None:
        """The path in the editor, or None where it is empty."""
        text = self._line.text().strip()
        return Path(text).expanduser() if text else None

    def set_path(self, path: Path | None) -> None:
        """Show a path without telling anyone."""
        self._line.setText(str(path) if path is not None else "")
        self._line.setToolTip(self._line.text())
        self._told = self.path()

    def setAccessibleName(self, name: str) -> None:
        """A reader meets the line, so the line has the name, and the button says what it chooses."""
        super().setAccessibleName(name)
        self._line.setAccessibleName(name)
        self._browse.setAccessibleName(
            f"{name}: {self._browse.toolTip().lower()}" if name else self._browse.toolTip()
        )

    def browse(self) -> None:
        """Open the system's chooser."""
        start = str(self.path() or Path.home())
        if self._kind == "folder":
            found = QFileDialog.getExistingDirectory(self, self._caption, start)
        elif self._kind == "file":
            found, _ = QFileDialog.getOpenFileName(self, self._caption, start, self._pattern)
        else:
            found, _ = QFileDialog.getSaveFileName(self, self._caption, start, self._pattern)
        if found:
            self._take(Path(found))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event.mimeData()) is not None:
            event.acceptProposedAction()
            self._set_hot(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._set_hot(False)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        self._set_hot(False)
        path = _dropped(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self._take(path)

    def _set_hot(self, hot: bool) -> None:
        self.setProperty("hot", hot)
        repolish(self._line)

    def _take(self, path: Path) -> None:
        self._line.setText(str(path))
        self._typed()

    def _typed(self) -> None:
        path = self.path()
        if path is not None and path != self._told:
            self._told = path
            self._line.setToolTip(str(path))
            self.pathChosen.emit(path)


def _dropped(data: QMimeData) -> Path | None:
    """The first local path of a drop."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return paths[0] if paths else None
