"""Samples: one batch as the model receives it, or items as they are; pictures as tiles, words as a table.

Rules: pictures are decoded by `ThumbnailLoader`, never on the GUI thread; a tile stands empty until its
picture came.
Must not import: the store, actions, torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from studio.engine import messages as m
from studio.ui.pages.data_parts.words_table import batch_rows, sample_rows, wide_column
from studio.ui.samples.base import PHOTOS, About, Decode
from studio.ui.samples.thumbnails import ThumbnailLoader
from studio.ui.theme import SIZES
from studio.ui.widgets import (
    Card,
    DataTable,
    LinkButton,
    SegmentedControl,
    SmallLabel,
    ThumbGrid,
    set_note,
    set_tone,
)

MOST: Final = 12
_TILE: Final = SIZES.grid * 11
_SKELETON: Final = tuple(f"empty/{number}" for number in range(MOST))
_PICTURE: Final = SIZES.grid * 20  # decoded larger than a tile, which stretches to straight edges


class Batch(Card):
    """A grid of pictures with their labels.

    Signals
    -------
    anotherRequested()
        Show another augmented batch.
    """

    anotherRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("One batch, as the model sees it", parent=parent)
        self.choice = SegmentedControl(
            [("batch", "As the model sees it"), ("photos", "As they are")], "batch"
        )
        self.choice.setAccessibleName("Which pictures")
        self.choice.keyChosen.connect(self._choose)
        self.another = LinkButton("Another", "refresh")
        self.another.clicked.connect(self.anotherRequested)
        self.head.insertWidget(2, self.another)
        self.head.addWidget(self.choice)
        self.grid, self.table = ThumbGrid(_TILE, _TILE), DataTable("Items in words")
        self.table.hide()
        self._about = PHOTOS
        self._said = SmallLabel(wrap=True)
        self.body.addWidget(self._said)
        self.body.addWidget(self.grid)
        self.body.addWidget(self.table)
        set_note(self, "augmentation")
        self._loader = ThumbnailLoader(parent=self)
        self._loader.ready.connect(self._arrived)
        self._preview: m.PreviewBatch | None = None
        self._samples: tuple[m.SampleRef, ...] = ()
        self._error = ""
        self._class = ""
        self._keys: tuple[str, ...] = ()
        self._words: tuple[str, ...] = ()

    def set_about(self, about: About) -> None:
        """How items of this kind are spoken of, and whether they are pictures or words."""
        self._about = about

    def show_batch(
        self,
        preview: m.PreviewBatch | None,
        error: str,
        samples: Sequence[m.SampleRef],
        root: Path,
        decode: Decode | None = None,
    ) -> None:
        """Show the batch, or the sentence why there is none, and the photos below `root`."""
        self._loader.set_size(_PICTURE, _PICTURE, self.devicePixelRatioF())
        self._loader.set_root(root)
        if decode is not None:
            self._loader.set_decode(decode)
        if preview is not self._preview:
            self._preview = preview
            pictures = preview.samples[:MOST] if preview is not None else ()
            self._loader.set_bytes({f"batch/{i}": p.picture for i, p in enumerate(pictures)})
            self._keys = ()
        self._samples, self._error = tuple(samples), error
        self._show()

    def show_nothing(self) -> None:
        """Empty tiles while the data is looked at for the first time."""
        self._preview, self._samples, self._error, self._class = None, (), "", ""
        self._loader.clear()
        self._show()

    def show_class(self, name: str) -> None:
        """Only photos of one class, as they are; the same class again shows all."""
        if not any(_has(s, name) for s in self._samples):
            return
        self._class = "" if name == self._class and self.choice.key() == "photos" else name
        self.choice.choose("photos")
        self._show()

    def set_can_ask(self, can: bool) -> None:
        """Whether another batch can be drawn now."""
        self.another.setEnabled(can)

    @Slot(str)
    def _choose(self, _key: str) -> None:
        self._class = ""
        self._show()

    def _show(self) -> None:
        batch = self.choice.key() == "batch"
        few = "a few of each class" if self._about.part == "class" else ""
        only = f"{self._class} only" if self._class else few
        self.set_title("One batch" if batch else self._about.many.capitalize(), "" if batch else only)
        self.another.setVisible(batch)
        self.grid.setVisible(self._about.picture)
        self.table.setVisible(not self._about.picture)
        if self._about.picture:
            self._show_pictures(batch)
        else:
            self._show_words(batch)

    def _show_words(self, batch: bool) -> None:
        """Items that are words stand in a table; a batch by what the model receives."""
        self._say(batch)
        shown = self._preview.samples[:MOST] if self._preview is not None else ()
        what = self._about.one
        columns, rows = batch_rows(shown, what.capitalize()) if batch else sample_rows(self._of_class(), what)
        self.table.show_rows(columns, rows, wide=wide_column(rows))
        self.table.setVisible(bool(rows))
        self.table.setFixedHeight(self.table.needed_height(MOST))

    def _show_pictures(self, batch: bool) -> None:
        keys, captions = self._batch() if batch else self._photos()
        self._say(batch)
        if not keys and not self._error:
            keys, captions = _SKELETON, ("",) * MOST
        if (keys, captions) != (self._keys, self._words):
            self._keys, self._words = keys, captions
            self.grid.set_tiles([(self._loader.image(k), c) for k, c in zip(keys, captions, strict=True)])
        self._loader.want([] if keys is _SKELETON else keys)

    def _batch(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        shown = self._preview.samples[:MOST] if self._preview is not None else ()
        return tuple(f"batch/{i}" for i in range(len(shown))), tuple(s.label for s in shown)

    def _photos(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        shown = self._of_class()
        marks = tuple(f"{s.label} · validation" if s.valid else s.label for s in shown)
        return tuple(s.key for s in shown), marks

    def _of_class(self) -> list[m.SampleRef]:
        """Samples of the class asked for; an item of several classes is one of each."""
        return [s for s in self._samples if not self._class or _has(s, self._class)][:MOST]

    def _say(self, batch: bool) -> None:
        """A sentence in place of an empty grid."""
        text, tone = "", "dim"
        if batch and self._preview is None:
            text, tone = (self._error, "error") if self._error else ("The first batch is on its way.", "dim")
        elif not batch and not self._samples:
            text = f"No {self._about.many} have been found yet."
        self._said.setText(text)
        self._said.setVisible(bool(text))
        set_tone(self._said, tone)

    @Slot(str)
    def _arrived(self, key: str) -> None:
        if key in self._keys:
            tile = self.grid.tiles()[self._keys.index(key)]
            tile.set_picture(self._loader.image(key))
            tile.setToolTip(self._loader.broken(key) or ("" if key.startswith("batch/") else key))


def _has(sample: m.SampleRef, name: str) -> bool:
    """Whether an item is of a class, is one of several of it, or has it in its mask."""
    return name in (sample.label, *sample.label.split(", "), *sample.names)
