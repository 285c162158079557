"""The items behind a number, as tiles: the most wrong ones first, or those of a cell of the matrix.

Must not import: the store, numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from studio.project.results import ItemResult
from studio.ui.grid import item_words
from studio.ui.grid.tile import TileView
from studio.ui.grid.view import TileGrid
from studio.ui.pages.card_margins import set_margins
from studio.ui.samples import about, decoder, painter
from studio.ui.samples.base import Decode, SampleKind
from studio.ui.samples.pack import Pack
from studio.ui.samples.thumbnails import ThumbnailLoader
from studio.ui.targets import target_words
from studio.ui.theme import SIZES
from studio.ui.widgets import Card, DimLabel, LinkButton

_LEAST = 128  # width of a picture's tile


class ItemsPanel(Card):
    """Items as tiles.

    Signals
    -------
    backRequested()
        Show the most wrong again.
    openRequested(str)
        A double click on an item; its key.
    """

    backRequested = Signal()
    openRequested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Most wrong", parent=parent)
        self.loader = ThumbnailLoader(parent=self)
        self.grid = TileGrid(self.loader, least=_LEAST)
        self.grid.opened.connect(self._opened)
        self._items: Sequence[ItemResult] = ()
        self._caption: Callable[[Any], str] = target_words
        self._none = DimLabel("")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self._none)
        self.body.addWidget(self._stack, 1)
        self._back = LinkButton("Show the most wrong")
        self._back.clicked.connect(self.backRequested)
        self.head.addWidget(self._back)
        set_margins(self, SIZES.grid + SIZES.half, SIZES.grid, SIZES.half, SIZES.half)

    def set_kind(
        self, kind: SampleKind, root: Path | None, decode: Decode | None = None, pack: Pack | None = None
    ) -> None:
        """How items of this kind are drawn and named, where their pictures lie and are kept, what reads them."""
        self._caption = kind.caption
        self.loader.set_decode(decode or decoder(kind))
        self.loader.set_root(root)
        self.loader.set_pack(pack)
        spoken = about(kind)
        self.grid.set_kind(painter(kind), _LEAST if spoken.picture else spoken.tile, spoken.shape)

    def show_items(self, title: str, subtitle: str, items: Sequence[ItemResult], back: bool) -> None:
        """Show these items; `back` offers the way to the most wrong."""
        self._items = items
        self.set_title(title, subtitle)
        self._back.setVisible(back)
        self._none.setText("No items here.")
        self._stack.setCurrentIndex(0 if items else 1)
        self.grid.set_items(len(items), self._key, self._words)

    def items(self) -> Sequence[ItemResult]:
        return self._items

    def _key(self, index: int) -> str:
        return self._items[index].key

    def _words(self, index: int) -> TileView:
        item = self._items[index]
        corner = "" if item.valid else "training"
        return TileView(
            item.key,
            *item_words.heading(item, self._caption),
            item_words.loss(item),
            corner=corner,
            text=item.words,
        )

    def _opened(self, index: int) -> None:
        self.openRequested.emit(self._items[index].key)
