"""The stages side by side, as wide as they are long, and a place to add one.

Rules: arrows walk from block to block; the line knows which block is chosen, and nothing about training.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from studio.ui.theme import SIZES, theme_of
from studio.ui.widgets.stage_block import HEIGHT, StageBlock, StageView

_ROOMY: Final = 168  # a block whose words are all there
_TIGHT: Final = 96
_FEW: Final = 4


class _AddBlock(QAbstractButton):
    """The dashed place at the end of the line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText("+ stage")
        self.setAccessibleName("Add a stage")
        self.setToolTip("Add a stage after the last one")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFixedSize(QSize(HEIGHT, HEIGHT))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = theme_of()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        active = self.underMouse() or self.hasFocus()
        width = SIZES.ring if self.hasFocus() else SIZES.line
        pen = QPen(theme.colour("accent" if active else "line_strong"), width, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        rect = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        painter.drawRoundedRect(rect, SIZES.radius, SIZES.radius)
        painter.setPen(theme.colour("accent" if active else "dim"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class StageTimeline(QWidget):
    """Blocks in order, one chosen.

    Signals
    -------
    stageChosen(int)
        A person chose a block.
    addRequested()
        A person wants another stage.
    moveRequested(int, int)
        A block was dragged (or moved by Alt and an arrow) from a place to another.
    """

    stageChosen = Signal(int)
    addRequested = Signal()
    moveRequested = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._blocks: list[StageBlock] = []
        self._index = -1
        self._gap: int | None = None
        self._is_editable = True
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SIZES.grid)
        self._add = _AddBlock()
        self._add.clicked.connect(self.addRequested)
        self._row.addWidget(self._add)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Stages of training")

    def set_stages(self, stages: tuple[StageView, ...]) -> None:
        """Show these stages; blocks are kept where their number stays, so that progress does not flicker."""
        if len(stages) != len(self._blocks):
            self._rebuild(stages)
        total = sum(max(stage.weight, 0.01) for stage in stages) or 1.0
        for position, (block, stage) in enumerate(zip(self._blocks, stages, strict=True)):
            block.set_view(stage)
            share = max(stage.weight, 0.01) / total
            self._row.setStretch(position, max(18, round(100 * share)))  # a short stage stays readable
            block.setMinimumWidth(_ROOMY if len(stages) <= _FEW else _TIGHT)

    def blocks(self) -> tuple[StageBlock, ...]:
        """The blocks in order."""
        return tuple(self._blocks)

    def add_block(self) -> QAbstractButton:
        """The place to add a stage."""
        return self._add

    def choose(self, index: int) -> None:
        """Mark a block without telling anyone; -1 marks none."""
        self._index = index
        for number, block in enumerate(self._blocks):
            block.setChecked(number == index)

    def set_editable(self, editable: bool) -> None:
        """Whether a stage can be added now."""
        self._is_editable = editable
        self._add.setVisible(editable)
        for block in self._blocks:
            block.movable = editable

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not self._blocks:
            super().keyPressEvent(event)
            return
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._move(self._index, self._index + step)
            return
        target = max(0, min(len(self._blocks) - 1, self._index + step))
        self._blocks[target].setFocus(Qt.FocusReason.TabFocusReason)
        self._take(target)

    def _rebuild(self, stages: tuple[StageView, ...]) -> None:
        for block in self._blocks:
            self._row.removeWidget(block)
            block.hide()
            block.deleteLater()
        self._blocks = [StageBlock(stage, self) for stage in stages]
        for position, block in enumerate(self._blocks):
            block.clicked.connect(self._clicked)
            block.dragged.connect(self._show_gap)
            block.dropped.connect(self._drop)
            block.movable = self._is_editable
            self._row.insertWidget(position, block)
        self.choose(self._index if self._index < len(stages) else -1)

    def _gap_at(self, x: int) -> int:
        """The gap between blocks that is nearest to an x: 0 before the first one; never before one that has begun."""
        middles = [block.geometry().center().x() for block in self._blocks]
        first = sum(block.view().locked for block in self._blocks)
        return max(first, sum(x > middle for middle in middles))

    def _show_gap(self, x: int) -> None:
        self._gap = self._gap_at(x)
        self.update()

    def _drop(self, x: int) -> None:
        self._gap = None
        self.update()
        source = next(i for i, block in enumerate(self._blocks) if block is self.sender())
        gap = self._gap_at(x)
        self._move(source, gap - 1 if gap > source else gap)

    def _move(self, source: int, target: int) -> None:
        inside = 0 <= source < len(self._blocks) and 0 <= target < len(self._blocks)
        if not inside or source == target or not self._is_editable:
            return
        if not (self._blocks[source].view().locked or self._blocks[target].view().locked):
            self._index = target if self._index == source else self._index
            self.moveRequested.emit(source, target)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Where a dragged block would go."""
        super().paintEvent(event)
        if self._gap is None or not self._blocks:
            return
        half = SIZES.grid / 2
        edge = self._blocks[min(self._gap, len(self._blocks) - 1)].geometry()
        x = edge.left() - half if self._gap < len(self._blocks) else edge.right() + half
        painter = QPainter(self)
        painter.setPen(QPen(theme_of().colour("accent"), SIZES.underline))
        painter.drawLine(QPointF(x, 2.0), QPointF(x, HEIGHT - 2.0))

    def _clicked(self) -> None:
        sender = self.sender()
        self._take(next(i for i, block in enumerate(self._blocks) if block is sender))

    def _take(self, index: int) -> None:
        changed = index != self._index
        self.choose(index)
        if changed:
            self.stageChosen.emit(index)
