"""The confusion matrix: what was seen as what, painted, every cell a way down to its items.

Rows are what the items are, columns what the model said; the diagonal is right. A cell's tint follows its
share of the row, so that a rare class shows its errors as clearly as a common one. Must not import: pages,
the store, numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from studio.project.scores import percent
from studio.ui.theme import SIZES, font, theme_of

_SMALLEST: Final = 22
_LARGEST: Final = 136
_GAP: Final = 3
_TALL_WORDS: Final = 48  # cells at least this high have a second line
_ARROWS: Final = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


@dataclass(frozen=True)
class Confusion:
    """Counts and their shares of the row; `counts[target][predicted]`, both (n_classes, n_classes)."""

    classes: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    shares: tuple[tuple[float, ...], ...]

    @property
    def size(self) -> int:
        return len(self.classes)


def reduce(classes: Sequence[str], counts: Sequence[Sequence[int]]) -> Confusion:
    """Counts with the shares of their rows; a class without items has shares of 0."""
    shares = tuple(tuple(n / (sum(row) or 1) for n in row) for row in counts)
    return Confusion(tuple(classes), tuple(tuple(row) for row in counts), shares)


def words(view: Confusion, target: int, predicted: int) -> str:
    """``8 ants seen as bees``, ``61 ants rightly seen``."""
    count, name, other = view.counts[target][predicted], view.classes[target], view.classes[predicted]
    what = f"{count:,} {name}" if name[:1].isalpha() else f"{count:,} × “{name}”"
    other = other if other[:1].isalpha() else f"“{other}”"
    said = f"{what} rightly seen" if target == predicted else f"{what} seen as {other}"
    return f"{said} · {percent(view.shares[target][predicted])} of {sum(view.counts[target]):,}"


class ConfusionMatrix(QWidget):
    """The painted matrix; arrows walk over it, Return or a click chooses a cell.

    Signals
    -------
    cellChosen(int, int)
        Target and predicted class by their numbers.
    hovered(str)
        The words of the cell under the pointer or the keyboard; empty for none.
    cellReached(int, int)
        A point of the widget that the keyboard came to: a scroll area shows it.
    """

    cellChosen = Signal(int, int)
    hovered = Signal(str)
    cellReached = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = Confusion((), (), ())
        self._under: tuple[int, int] | None = None
        self._current = (0, 0)
        self._chosen: tuple[int, int] | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Confusion matrix")

    def show_matrix(self, view: Confusion) -> None:
        """Show these counts; the choice is dropped."""
        self._view, self._chosen, self._under = view, None, None
        self._current = (0, 0)
        self.setMinimumSize(self.minimumSizeHint())
        self.updateGeometry()
        self.update()

    def matrix(self) -> Confusion:
        return self._view

    def choose(self, target: int, predicted: int) -> None:
        """Choose a cell as a click would."""
        self._current = self._chosen = (target, predicted)
        self.update()
        self.cellChosen.emit(target, predicted)

    def clear_choice(self) -> None:
        """No cell is chosen any more."""
        self._chosen = None
        self.update()

    def chosen(self) -> tuple[int, int] | None:
        return self._chosen

    # -- geometry
    def minimumSizeHint(self) -> QSize:
        side = self._view.size * _SMALLEST
        return QSize(self._left() + side, self._top() + side)

    def sizeHint(self) -> QSize:
        side = self._view.size * 72
        return QSize(self._left() + min(side, 460), self._top() + min(side, 400))

    def cell_size(self) -> tuple[float, float]:
        """Width and height of a cell; wider than high where there is room."""
        if not self._view.size:
            return 0.0, 0.0
        high = min(_LARGEST, (self.height() - self._top()) / self._view.size)
        wide = min(_LARGEST * 1.9, (self.width() - self._left()) / self._view.size)
        return min(wide, high * 1.9), high

    def cell_rect(self, target: int, predicted: int) -> QRectF:
        """Where a cell is painted."""
        wide, high = self.cell_size()
        left, top = self._left() + predicted * wide, self._top() + target * high
        return QRectF(left, top, wide, high).adjusted(0, 0, -self._gap(), -self._gap())

    def cell_at(self, point: QPoint) -> tuple[int, int] | None:
        """The cell at a point of the widget."""
        wide, high = self.cell_size()
        if not wide or point.x() < self._left() or point.y() < self._top():
            return None
        row, column = int((point.y() - self._top()) / high), int((point.x() - self._left()) / wide)
        return (row, column) if row < self._view.size and column < self._view.size else None

    def _left(self) -> int:
        """Room for the names of the rows."""
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(name) for name in self._view.classes), default=0)
        return min(widest, 132) + SIZES.gap + SIZES.half

    def _top(self) -> int:
        """Room for the names of the columns, written upwards where they are many."""
        if not self._upright():
            return 40
        metrics = self.fontMetrics()
        return 24 + min(96, max((metrics.horizontalAdvance(name) for name in self._view.classes), default=0))

    def _upright(self) -> bool:
        """Whether the names of the columns are too long to lie."""
        widest = max((self.fontMetrics().horizontalAdvance(name) for name in self._view.classes), default=0)
        wide = (self.width() - self._left()) / max(1, self._view.size)
        return widest + SIZES.half > min(wide, _LARGEST * 1.9) and wide < 2 * _SMALLEST

    def _gap(self) -> int:
        return _GAP if self.cell_size()[1] > 30 else 1

    # -- painting
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_names(painter)
        for target in range(self._view.size):
            for predicted in range(self._view.size):
                rect = self.cell_rect(target, predicted)
                if rect.intersects(QRectF(event.rect())):
                    self._paint_cell(painter, rect, target, predicted)
        self._paint_rings(painter)

    def _paint_names(self, painter: QPainter) -> None:
        theme = theme_of()
        wide, _ = self.cell_size()
        painter.setFont(font(SIZES.tick + 1))
        painter.setPen(theme.colour("faint"))
        painter.drawText(QRectF(self._left(), 0, self.width() - self._left(), 16), "seen as")
        painter.setFont(font(SIZES.small, 600))
        metrics = painter.fontMetrics()
        for index, name in enumerate(self._view.classes):
            painter.setPen(theme.colour("text" if self._on_line(index, column=True) else "dim"))
            self._paint_column_name(painter, name, index, wide)
            painter.setPen(theme.colour("text" if self._on_line(index, column=False) else "dim"))
            cell = self.cell_rect(index, 0)
            down = QRectF(0, cell.top(), self._left() - SIZES.grid, cell.height())
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(down.width()))
            painter.drawText(down, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_column_name(self, painter: QPainter, name: str, index: int, wide: float) -> None:
        metrics = painter.fontMetrics()
        if not self._upright():
            across = QRectF(self._left() + index * wide, 17, wide - self._gap(), 18)
            shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(wide) - 2)
            painter.drawText(across, Qt.AlignmentFlag.AlignCenter, shown)
            return
        room = self._top() - 20
        painter.save()
        painter.translate(self._left() + index * wide, self._top() - 4)
        painter.rotate(-90)
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(
            QRectF(0, 0, room, wide - self._gap()),
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            shown,
        )
        painter.restore()

    def _on_line(self, index: int, column: bool) -> bool:
        """Whether a name belongs to the cell that is looked at."""
        cell = self._under or self._chosen
        return cell is not None and cell[1 if column else 0] == index

    def _paint_cell(self, painter: QPainter, rect: QRectF, target: int, predicted: int) -> None:
        theme = theme_of()
        count, share = self._view.counts[target][predicted], self._view.shares[target][predicted]
        right = target == predicted
        painter.setPen(Qt.PenStyle.NoPen)
        radius = min(6.0, rect.height() / 4)
        painter.setBrush(theme.colour("track"))
        painter.drawRoundedRect(rect, radius, radius)
        if count:
            strength = 0.12 + (0.40 * share if right else 0.55 * share**0.5)
            painter.setBrush(theme.colour("good" if right else "ember", min(strength, 0.66)))
            painter.drawRoundedRect(rect, radius, radius)
        if rect.width() >= 28 or (count and rect.width() >= 18):
            self._paint_figures(painter, rect, count, share)

    def _paint_figures(self, painter: QPainter, rect: QRectF, count: int, share: float) -> None:
        theme = theme_of()
        two = rect.height() >= _TALL_WORDS and rect.width() >= 40
        painter.setPen(theme.colour("text" if count else "faint"))
        large = rect.height() >= 64
        painter.setFont(
            font(
                SIZES.title if large else SIZES.text if rect.width() >= 28 else SIZES.tick,
                600 if count else 400,
            )
        )
        upper = rect.adjusted(0, 0, 0, -rect.height() * 0.28) if two else rect
        painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, f"{count:,}")
        if two:
            painter.setPen(theme.colour("text", 0.78))
            painter.setFont(font(SIZES.small))
            painter.drawText(
                rect.adjusted(0, rect.height() * 0.46, 0, 0),
                Qt.AlignmentFlag.AlignCenter,
                percent(share, 0),
            )

    def _paint_rings(self, painter: QPainter) -> None:
        theme = theme_of()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        rings = [(self._under, "line_strong", 1.0), (self._chosen, "accent", float(SIZES.ring))]
        if self.hasFocus() and self._view.size:
            rings.append((self._current, "accent", float(SIZES.ring)))
        for cell, token, width in rings:
            if cell is not None:
                painter.setPen(QPen(theme.colour(token), width))
                rect = self.cell_rect(*cell)
                painter.drawRoundedRect(rect.adjusted(width / 2, width / 2, -width / 2, -width / 2), 6, 6)

    # -- mouse and keys
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        if cell != self._under:
            self._look_at(cell)
            if cell is not None:
                QToolTip.showText(event.globalPosition().toPoint(), words(self._view, *cell), self)
            else:
                QToolTip.hideText()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        cell = self.cell_at(event.position().toPoint())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self.choose(*cell)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()  # the press has done it all

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._look_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is not None and self._view.size:
            last = self._view.size - 1
            row, column = (
                max(0, min(last, here + move)) for here, move in zip(self._current, step, strict=True)
            )
            self._current = (row, column)
            self._look_at(self._current)
            middle = self.cell_rect(row, column).center().toPoint()
            self.cellReached.emit(middle.x(), middle.y())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._view.size:
            self.choose(*self._current)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def _look_at(self, cell: tuple[int, int] | None) -> None:
        self._under = cell
        self.hovered.emit(words(self._view, *cell) if cell is not None else "")
        self.update()
