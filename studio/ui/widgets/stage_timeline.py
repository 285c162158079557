"""The stages side by side, as wide as they are long, and a place to add one.

Rules: arrows walk from block to block; the line knows which block is chosen, and nothing about training.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from studio.ui.theme import SIZES, theme_of
from studio.ui.widgets.stage_block import HEIGHT, StageBlock, StageView


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
    """

    stageChosen = Signal(int)
    addRequested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._blocks: list[StageBlock] = []
        self._index = -1
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
        self._add.setVisible(editable)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not self._blocks:
            super().keyPressEvent(event)
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
            self._row.insertWidget(position, block)
        self.choose(self._index if self._index < len(stages) else -1)

    def _clicked(self) -> None:
        sender = self.sender()
        self._take(next(i for i, block in enumerate(self._blocks) if block is sender))

    def _take(self, index: int) -> None:
        changed = index != self._index
        self.choose(index)
        if changed:
            self.stageChosen.emit(index)
