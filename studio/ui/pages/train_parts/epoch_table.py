"""One line per finished epoch: its number, both losses, the metrics. The best score is marked.

Must not import: the store, numpy.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidgetItem, QWidget

from studio.project.live_run import LiveRun
from studio.project.scores import metric_heading, metric_title, score_words
from studio.ui.pages.card_margins import set_margins
from studio.ui.theme import SIZES, font
from studio.ui.widgets import Card, DimLabel, TintedTable, tint
from studio.ui.widgets.words import duration, plural

_WIDTHS: Final = (34, 58, 58)  # number, training loss, validation loss; the score takes the rest


class EpochTable(Card):
    """The epochs of a run, newest last."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Epochs", padding=True, parent=parent)
        self._score, self._up = "", True
        self.table = TintedTable(0, 0)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(26)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setMinimumSectionSize(28)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setAccessibleName("Losses and metrics of each epoch")
        self._none = DimLabel("The first line comes when the first epoch is done.", wrap=True)
        self.body.addWidget(self._none)
        self.body.addWidget(self.table, 1)
        set_margins(self, SIZES.grid, SIZES.grid + SIZES.half, SIZES.grid, SIZES.grid)
        self.head.setContentsMargins(SIZES.grid, 0, SIZES.half, 0)
        self._none.setContentsMargins(SIZES.grid, 0, SIZES.half, 0)

    def set_score(self, name: str, up: bool) -> None:
        """The metric that runs are judged by."""
        self._score, self._up = name, up

    def show_run(self, run: LiveRun | None) -> None:
        """Fill in the epochs of a run."""
        epochs = run.epochs if run is not None else []
        total = sum(s.epochs for s in run.plan) if run is not None else 0
        self.set_title("Epochs", f"{len(epochs)} of {total}" if total else "")
        self._none.setVisible(not epochs)
        self.table.setVisible(bool(epochs))
        if run is None or not epochs:
            return
        names = [n for n in run.metrics if n != "valid_loss"] or list(epochs[-1].metrics)
        shown = sorted(names, key=lambda name: name != self._score)[:1]
        self._set_columns(["", "Train", "Valid", *map(metric_heading, shown)])
        following = self.table.verticalScrollBar().value() == self.table.verticalScrollBar().maximum()
        self.table.setRowCount(len(epochs))
        best = self._best(run)
        frozen = {s.index: s.freeze for s in run.plan}
        for row, epoch in enumerate(epochs):
            words = [
                str(row + 1),
                _loss(epoch.train_loss),
                _loss(epoch.valid_loss),
                *(score_words(n, epoch.metrics.get(n)) for n in shown),
            ]
            tip = "\n".join(
                [f"{metric_title(n)} {score_words(n, v)}" for n, v in epoch.metrics.items()]
                + [f"took {duration(epoch.seconds)}"]
            )
            self._fill(row, words, tip, frozen.get(epoch.stage, False), row == best)
        if following:
            self.table.scrollToBottom()

    def _best(self, run: LiveRun) -> int | None:
        scores = [(e.metrics.get(self._score), -i) for i, e in enumerate(run.epochs)]
        known = [(s if self._up else -s, i) for s, i in scores if s is not None]
        return -max(known)[1] if known else None

    def _set_columns(self, names: list[str]) -> None:
        if self.table.columnCount() != len(names):
            self.table.setColumnCount(len(names))
        self.table.setHorizontalHeaderLabels(names)
        self.table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        for column, width in enumerate(_WIDTHS):
            self.table.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self.table.horizontalHeader().resizeSection(column, width)

    def _fill(self, row: int, words: list[str], tip: str, frozen: bool, best: bool) -> None:
        for column, text in enumerate(words):
            item = self.table.item(row, column)
            if item is None:
                item = QTableWidgetItem()
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, column, item)
            item.setText(text)
            item.setToolTip(tip)
            item.setFont(_face(bold=best))
            token = (
                ("ice_text" if frozen else "ember_text")
                if column == 0
                else "good"
                if best and column == len(words) - 1
                else "text"
            )
            tint(item, token)
        first = self.table.item(row, 0)
        if first is not None:
            first.setToolTip(
                f"Epoch {plural(row + 1, '').strip()}, {'frozen' if frozen else 'thawed'}\n{tip}"
            )


def _face(bold: bool) -> QFont:
    return font(SIZES.small, 600 if bold else 400)


def _loss(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}" if value < 100 else f"{value:.3g}"
