"""Draws the rows of samples below each other: a thumbnail or its words, the answer, and the answers before.

Must not import: the store, numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.pages.train_parts.sample_words import SampleRow
from studio.ui.samples.thumbnails import ThumbnailLoader
from studio.ui.theme import SIZES, font, theme_of

TILE: Final = 48
ROW: Final = TILE + 6
_LINE: Final = 16
_FLAGS: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class SampleList(QWidget):
    """The rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[SampleRow, ...] = ()
        self._pictures = True
        self._data, self._run = ThumbnailLoader(parent=self), ThumbnailLoader(parent=self)
        self._roots: tuple[Path | None, Path | None] = (None, None)
        for loader in (self._data, self._run):
            loader.ready.connect(self._came)
            whole = loader is self._run  # a point at the edge of an answer must not be cut off
            loader.set_size(TILE, TILE, self.devicePixelRatioF(), fill=not whole)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_places(self, data: Path | None, run: Path | None) -> None:
        """Where the pictures are: the data folder, and the run's folder for answers that are pictures."""
        if (data, run) == self._roots:
            return
        self._roots = (data, run)
        for loader, root in ((self._data, data), (self._run, run)):
            loader.clear()
            if root is not None:
                loader.set_root(root)

    def show_rows(self, rows: Sequence[SampleRow], pictures: bool) -> None:
        """Show these; `pictures` says whether they have thumbnails."""
        if (tuple(rows), pictures) == (self._rows, self._pictures):
            return
        self._rows, self._pictures = tuple(rows), pictures
        self._data.want([row.key for row in rows if pictures and not row.picture])
        self._run.want([row.picture for row in rows if row.picture])
        self.setFixedHeight(max(ROW, ROW * len(self._rows)))
        said = "; ".join(f"{r.title or r.key}: {r.said} {r.sure} {r.truth}".strip() for r in self._rows)
        self.setAccessibleName("Sample predictions")
        self.setAccessibleDescription(said)
        self.update()

    def rows(self) -> tuple[SampleRow, ...]:
        """What is shown."""
        return self._rows

    def sizeHint(self) -> QSize:
        return QSize(200, ROW * max(1, len(self._rows)))

    def _came(self, _key: str) -> None:
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, row in enumerate(self._rows):
            box = QRectF(0, place * ROW, self.width(), TILE)
            left = 0.0
            if self._pictures:
                self._paint_tile(painter, QRectF(0, box.top(), TILE, TILE), row)
                left = TILE + SIZES.grid + SIZES.half
            self._paint_words(painter, QRectF(left, box.top(), self.width() - left - SIZES.gap, TILE), row)

    def _paint_tile(self, painter: QPainter, box: QRectF, row: SampleRow) -> None:
        loader, key = (self._run, row.picture) if row.picture else (self._data, row.key)
        image = loader.image(key)
        path = QPainterPath()
        path.addRoundedRect(box, SIZES.radius_control - 2, SIZES.radius_control - 2)
        painter.save()
        painter.setClipPath(path)
        painter.fillRect(box, theme_of().colour("track"))
        if image is not None:
            size = image.deviceIndependentSize()
            painter.drawImage(
                QRectF(
                    box.center().x() - size.width() / 2,
                    box.center().y() - size.height() / 2,
                    size.width(),
                    size.height(),
                ),
                image,
            )
        painter.restore()

    def _paint_words(self, painter: QPainter, box: QRectF, row: SampleRow) -> None:
        lines = 3 if row.title else 1 + bool(row.truth) + bool(row.history)
        top = box.top() + (TILE - _LINE * lines) / 2
        if row.title:
            self._line(painter, box, top, row.title, "dim")
            top += _LINE
        self._answer(painter, box, top, row)
        top += _LINE
        if row.truth and not row.title:
            self._line(painter, box, top, row.truth, "dim")
            top += _LINE
        if not row.history and not row.title:
            return
        tail = f"{row.history}{'  ·  ' + row.truth if row.title and row.truth else ''}"
        self._line(painter, box, top, tail, "faint" if not row.title else "dim")

    def _answer(self, painter: QPainter, box: QRectF, top: float, row: SampleRow) -> None:
        theme = theme_of()
        painter.setFont(font(SIZES.small, 600))
        sure = painter.fontMetrics().horizontalAdvance(f" {row.sure}") + 6 if row.sure else 0
        room = int(box.width() - sure)
        said = painter.fontMetrics().elidedText(row.said, Qt.TextElideMode.ElideRight, room)
        painter.setPen(theme.colour("text"))
        painter.drawText(QRectF(box.left(), top, room, _LINE), _FLAGS, said)
        wide = painter.fontMetrics().horizontalAdvance(said) + 6
        painter.setPen(theme.colour(row.tone))
        painter.drawText(QRectF(box.left() + wide, top, sure, _LINE), _FLAGS, row.sure)

    def _line(self, painter: QPainter, box: QRectF, top: float, words: str, token: str) -> None:
        painter.setFont(font(SIZES.small))
        painter.setPen(theme_of().colour(token))
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(QRectF(box.left(), top, box.width(), _LINE), _FLAGS, shown)
