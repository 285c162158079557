"""Picture files of the run's folder with their captions; a click shows one in large, in place.

Rules: pictures are decoded by `ThumbnailLoader`, never on the window's thread. Must not import: pages, the store.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from studio.project.results import Pictures
from studio.ui.figures.base import FigureView
from studio.ui.samples.image_view import ImageSample
from studio.ui.samples.thumbnails import ThumbnailLoader
from studio.ui.theme import SIZES
from studio.ui.widgets import IconButton, LinkButton, SmallLabel, ThumbGrid, row, scrolled

MOST: Final = 60
_TILE: Final = QSize(SIZES.grid * 22, SIZES.grid * 16)
_HEIGHT: Final = SIZES.grid * 48  # two rows of tiles, or one picture in large
_USUAL: Final = SIZES.grid * 110  # width of a card over the whole page


class View(FigureView):
    """Tiles, or one picture in large with the way to its neighbours; the arrows and Escape do the same."""

    def __init__(self, figure: Pictures, folder: Path | None = None) -> None:
        shown = min(MOST, len(figure.files))
        more = f"the first {MOST} of {len(figure.files):,}" if len(figure.files) > MOST else ""
        super().__init__(figure.sentence, more, wide=True)
        self._files, self._captions = figure.files[:shown], _captions(figure, shown)
        self._folder = folder or Path()
        self._at = -1
        self.grid, self.large = ThumbGrid(_TILE.width(), _TILE.height()), ImageSample()
        self.loader = ThumbnailLoader(parent=self)
        self.loader.set_root(self._folder)
        self.loader.set_size(2 * _TILE.width(), 2 * _TILE.height(), self.devicePixelRatioF())
        self.loader.ready.connect(self._arrived)
        self._build(figure.title)
        self.grid.tileChosen.connect(self.enlarge)
        named = zip(self._captions, self._files, strict=True)
        self.grid.set_tiles([(None, caption.partition("\n")[0] or name) for caption, name in named])
        self.setMinimumHeight(self._low())
        self.loader.want(self._files)

    def _build(self, title: str) -> None:
        inside = QWidget()
        room = QVBoxLayout(inside)
        room.setContentsMargins(0, 0, SIZES.gap, 0)
        room.addWidget(self.grid)
        room.addStretch(1)
        area = scrolled(inside)
        one = QWidget()
        column = QVBoxLayout(one)
        column.setContentsMargins(0, 0, 0, 0)
        back, self._where = LinkButton("All pictures", "back"), SmallLabel()
        earlier, later = IconButton("back", "The one before"), IconButton("forward", "The next one")
        back.clicked.connect(self.show_all)
        earlier.clicked.connect(self._earlier)
        later.clicked.connect(self._later)
        column.addLayout(row(back, None, self._where, earlier, later))
        column.addWidget(self.large, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(area)
        self._stack.addWidget(one)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self.setAccessibleName(title)

    def _low(self) -> int:
        """Height of the tiles where they are few."""
        return min(_HEIGHT, self.grid.heightForWidth(_USUAL) + SIZES.gap)

    @Slot(int)
    def enlarge(self, place: int) -> None:
        """Show one picture in large."""
        if not 0 <= place < len(self._files):
            return
        self._at = place
        self.setMinimumHeight(_HEIGHT)
        words = self._captions[place].replace("\n", " · ")
        self.large.show_item(self._folder / self._files[place], words)
        self._where.setText(f"{place + 1} of {len(self._files)}")
        self._stack.setCurrentIndex(1)
        self.large.setFocus()

    @Slot()
    def show_all(self) -> None:
        """Back to the tiles."""
        self.setMinimumHeight(self._low())
        self._stack.setCurrentIndex(0)
        self.grid.choose(self._at)

    def enlarged(self) -> int:
        """The picture shown in large; -1 for none."""
        return self._at if self._stack.currentIndex() == 1 else -1

    @Slot()
    def _earlier(self) -> None:
        self.enlarge(max(0, self._at - 1))

    @Slot()
    def _later(self) -> None:
        self.enlarge(min(len(self._files) - 1, self._at + 1))

    @Slot(str)
    def _arrived(self, key: str) -> None:
        if key in self._files:
            tile = self.grid.tiles()[self._files.index(key)]
            tile.set_picture(self.loader.image(key))
            tile.setToolTip(self.loader.broken(key) or self._captions[self._files.index(key)])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        wants = {
            Qt.Key.Key_Escape: self.show_all,
            Qt.Key.Key_Left: self._earlier,
            Qt.Key.Key_Right: self._later,
        }
        wanted = wants.get(Qt.Key(event.key())) if self.enlarged() >= 0 else None
        if wanted is None:
            super().keyPressEvent(event)
        else:
            wanted()


def _captions(figure: Pictures, shown: int) -> tuple[str, ...]:
    """One for each file, empty where there are too few."""
    return (*figure.captions[:shown], *("",) * max(0, shown - len(figure.captions)))
