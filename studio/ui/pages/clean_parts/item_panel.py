"""The current item in large: picture, what the model thought of it, where it is, and the keys that mark it.

Must not import: the store, numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QImageReader
from PySide6.QtWidgets import QWidget

from studio.project.marks import Mark
from studio.project.results import ItemResult
from studio.ui.grid import item_words
from studio.ui.grid.score_bars import ScoreBars
from studio.ui.pages.card_margins import set_margins
from studio.ui.pages.clean_parts.shown import probabilities
from studio.ui.samples import about
from studio.ui.samples.base import Decode, SampleKind
from studio.ui.samples.image_view import ImageSample
from studio.ui.samples.words_view import WordsSample
from studio.ui.targets import names_of
from studio.ui.theme import SIZES
from studio.ui.widgets import (
    Card,
    DimLabel,
    FlowLayout,
    HeadingLabel,
    KeyHint,
    MenuButton,
    SecondaryButton,
    SelectableLabel,
    SmallLabel,
    row,
    set_tone,
)  # fmt: skip

_FILE_DELAY_MS = 80  # facts of the file are read once the keys rest
_KEYS_SHOWN = 4
_MOST_WORDS = SIZES.grid * 44


class ItemPanel(Card):
    """One item.

    Signals
    -------
    keepRequested(), removeRequested()
    relabelRequested(str)
        The new class.
    """

    keepRequested = Signal()
    removeRequested = Signal()
    relabelRequested = Signal(str)

    def __init__(self, kind: SampleKind, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._kind, self._view = kind, kind.View()
        self._path: Path | None = None
        self._classes: tuple[str, ...] = ()
        self.heading, self._mark = HeadingLabel(wrap=True), SmallLabel(wrap=True)
        self._loss, self._file = DimLabel(), SelectableLabel()
        self.bars = ScoreBars()
        self._keys = FlowLayout(gap=6)
        self.keep = SecondaryButton("Keep", "keep", compact=True)
        self.relabel = MenuButton("Relabel", compact=True)
        self.remove = SecondaryButton("Remove", "trash", compact=True)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_FILE_DELAY_MS)
        self._later.timeout.connect(self._show_file)
        self._build()
        self._connect()

    def _build(self) -> None:
        set_margins(self, SIZES.gap - 4, SIZES.gap - 4, SIZES.gap - 4, SIZES.gap - 4)
        self._set_height()
        self._file.setProperty("tone", "dim")
        self.body.addWidget(self.heading)
        self.body.addWidget(self._mark)
        self.body.addWidget(self._view, 3)
        self.body.addWidget(self._loss)
        self.body.addWidget(self.bars)
        self.body.addWidget(self._file)
        self.body.addStretch(1)
        self.body.addLayout(row(self.keep, self.relabel, gap=6))
        self.body.addLayout(row(self.remove, gap=6))
        self.body.addLayout(self._keys)

    def _connect(self) -> None:
        self.keep.clicked.connect(self.keepRequested)
        self.remove.clicked.connect(self.removeRequested)
        self.relabel.chosen.connect(self.relabelRequested)

    def set_decode(self, decode: Decode) -> None:
        """What reads the pictures of the large view, where it shows any."""
        if isinstance(self._view, ImageSample):
            self._view.set_decode(decode)

    def set_kind(self, kind: SampleKind) -> None:
        """Items of another kind: another large view."""
        if kind is self._kind:
            return
        old, self._kind, self._view = self._view, kind, kind.View()
        self.body.replaceWidget(old, self._view)
        self.body.setStretchFactor(self._view, 3)
        old.hide()
        old.deleteLater()
        self._path = None
        self._set_height()

    def _set_height(self) -> None:
        """A picture takes a fixed room; words as much as they need."""
        if isinstance(self._view, WordsSample):
            self._view.setFixedHeight(min(_MOST_WORDS, self._view.needed_height()))
        else:
            self._view.setMinimumHeight(SIZES.grid * 18)
            self._view.setMaximumHeight(SIZES.grid * 30)

    def set_classes(self, classes: Sequence[str], several: bool = False, relabels: bool = True) -> None:
        """The classes of the scores.

        With `relabels` an item can be given one, in the order of their digits; `several` of them at once.
        """
        self._classes = tuple(classes)
        self.relabel.setVisible(relabels)
        classes = classes if relabels else ()
        self.relabel.set_text("Tags" if several else "Relabel")
        self.relabel.setToolTip("Adds the tag, or takes it away" if several else "")
        names = [(name, f"{name}   {place + 1}" if place < 9 else name) for place, name in enumerate(classes)]
        self.relabel.set_entries(names)
        while self._keys.count():
            old = self._keys.takeAt(0)
            widget = old.widget() if old is not None else None
            if widget is not None:
                widget.deleteLater()
        hints = [("K", "keep"), *((str(i + 1), name) for i, name in enumerate(classes[:_KEYS_SHOWN]))]
        if len(classes) > _KEYS_SHOWN:
            hints.append(("…9", "more classes"))
        for key, words in (*hints, ("Del", "remove"), ("U", "undo")):
            self._keys.addWidget(_hint(key, words))

    def show_item(
        self, item: ItemResult | None, mark: Mark | None, root: Path | None, several: int = 1
    ) -> None:
        """Show an item, or how many are chosen together."""
        self.setEnabled(item is not None)
        if item is None:
            self.heading.setText("No item")
            return
        spoken = about(self._kind)
        caption = self._kind.caption
        title = item_words.title(item, caption) if several < 2 else f"{several:,} {spoken.many} chosen"
        self.heading.setText(title)
        self.heading.setToolTip(title)
        self._show_mark(mark)
        where = "validation set" if item.valid else "training set"
        self._loss.setText(f"<b>{item_words.loss(item)}</b> · {where}")
        wrong = not item_words.agrees(item)
        scores = probabilities(item, self._classes)
        self.bars.show_scores(scores, names_of(item.target), "ember" if wrong else "good")
        self.bars.setVisible(bool(scores))
        path = (root or Path()) / item.key
        if path != self._path:
            self._path = path
            self._view.show_item(path, words=item.words)  # type: ignore[attr-defined]  # SampleView
            self._file.setText(_breakable(item.key) if spoken.picture else f"{spoken.one} {item.key}")
        if spoken.picture:
            self._later.start()
        else:
            self._set_height()

    def _show_mark(self, mark: Mark | None) -> None:
        words = item_words.badge(mark, self._kind.caption)
        action = mark.action if mark is not None else ""
        self._mark.setText(f"relabel as {words}" if action == "relabel" else words)
        self._mark.setVisible(bool(words))
        set_tone(self._mark, {"keep": "good", "relabel": "accent", "remove": "ember"}.get(action, ""))

    def _show_file(self) -> None:
        """Size of the picture and of the file, read from its head only."""
        if self._path is None or not about(self._kind).picture:
            return
        name = self._file.text().split("<br>")[0]
        try:
            size = self._path.stat().st_size
        except OSError:
            self._file.setText(f"{name}<br>The file is not there any more.")
            return
        pixels: QSize = QImageReader(str(self._path)).size()
        shape = f"{pixels.width()} × {pixels.height()} px · " if pixels.isValid() else ""
        self._file.setText(f"{name}<br>{shape}{_bytes(size)}")


def _hint(key: str, words: str) -> QWidget:
    made = QWidget()
    line = row(KeyHint(key), SmallLabel(words), gap=SIZES.half)
    line.setContentsMargins(0, 0, SIZES.half, 0)
    made.setLayout(line)
    return made


def _breakable(path: str) -> str:
    """A path that may break after each slash."""
    return path.replace("/", "/\u200b")


def _bytes(count: int) -> str:
    return f"{count / 1024:.0f} KB" if count < 1024**2 else f"{count / 1024**2:.1f} MB"
