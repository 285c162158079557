"""The items of a finding: pictures where they are photos, their names to copy below.

Rules: pictures are decoded by `ThumbnailLoader`, never on the GUI thread; a file that cannot be read shows an empty
place with the reason under the pointer.
Must not import: the store, actions, torch.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.engine import messages as m
from studio.ui.pages.data_parts import words
from studio.ui.samples.thumbnails import ThumbnailLoader
from studio.ui.theme import SIZES
from studio.ui.widgets import Card, GhostButton, SelectableLabel, SmallLabel, ThumbGrid, row

MOST: Final = 24
_TILE: Final = SIZES.grid * 11


class FindingItems(Card):
    """Thumbnails and names.

    Parameters
    ----------
    root : Path or None
        The data root, where keys are files below it.

    Signals
    -------
    itemOpened(object)
        A person double-clicked a picture, or pressed Return on it: the path of its file.
    """

    itemOpened = Signal(object)

    def __init__(self, finding: m.Finding, root: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._finding, self._root = finding, root
        self._keys = words.picture_keys(finding.items)[:MOST] if root is not None else ()
        self.grid = ThumbGrid(_TILE, _TILE)
        self._loader = ThumbnailLoader(parent=self)
        self._loader.ready.connect(self._arrived)
        if self._keys:
            self._show_pictures()
        copy = GhostButton("Copy", "copy")
        copy.setToolTip("Put the names on the clipboard, one a line")
        copy.setAccessibleName(f"Copy the names: {finding.title}")
        copy.clicked.connect(self.copy_names)
        self.body.addLayout(row(SelectableLabel("\n".join(finding.items)), copy))
        rest = words.more_items(finding)
        if rest:
            self.body.addWidget(SmallLabel(rest))

    def keys(self) -> tuple[str, ...]:
        """The photos that are shown."""
        return self._keys

    @Slot()
    def copy_names(self) -> None:
        """Put the names of the items on the clipboard, one a line."""
        QGuiApplication.clipboard().setText("\n".join(self._finding.items))

    def _show_pictures(self) -> None:
        self._loader.set_root(self._root)
        self._loader.set_size(2 * _TILE, 2 * _TILE, self.devicePixelRatioF())
        self.grid.set_tiles([(None, key.rpartition("/")[2]) for key in self._keys])
        for tile, key in zip(self.grid.tiles(), self._keys, strict=True):
            tile.setToolTip(f"{key}\nDouble-click to open the file")
        self.grid.tileOpened.connect(self._open)
        self.body.addWidget(self.grid)
        self._loader.want(self._keys)

    @Slot(str)
    def _arrived(self, key: str) -> None:
        for tile, own in zip(self.grid.tiles(), self._keys, strict=False):
            if own == key:
                tile.set_picture(self._loader.image(key))
                problem = self._loader.broken(key)
                if problem:
                    tile.setToolTip(f"{key}\n{problem}")

    @Slot(int)
    def _open(self, index: int) -> None:
        if self._root is not None and 0 <= index < len(self._keys):
            self.itemOpened.emit(self._root / self._keys[index])
