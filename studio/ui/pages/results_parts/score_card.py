"""The headline: the score and its noise, the other metrics, and how it compares with another run.

Must not import: the store, numpy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from studio.project.scores import metric_heading, metric_title, score_words
from studio.ui.pages.results_parts.score_words import Comparison, noise
from studio.ui.theme import SIZES, font, theme_of
from studio.ui.widgets import Card, DimLabel, HeadingLabel, MenuButton, SmallLabel, row, rule, set_tone
from studio.ui.widgets.words import plural

_METRICS = 3  # beside the score
_HEADLINE = SIZES.title * 2 - 4


class _Figure(QWidget):
    """One large figure."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEADLINE + SIZES.grid)

    def set_text(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        self.setFixedWidth(QFontMetrics(font(_HEADLINE, 700)).horizontalAdvance(text) + SIZES.half)
        self.update()

    def text(self) -> str:
        return self._text

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(font(_HEADLINE, 700))
        painter.setPen(theme_of().colour("text"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, self._text)


class ScoreCard(Card):
    """Score, metrics, comparison.

    Signals
    -------
    otherChosen(str)
        The number of the run to compare with.
    """

    otherChosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.score, self._name, self._noise = _Figure(), HeadingLabel(), SmallLabel()
        self._metrics = QVBoxLayout()
        self._metrics.setSpacing(2)
        self.headline, self.sentence = HeadingLabel(wrap=True), DimLabel(wrap=True)
        self.other = MenuButton("Compare", compact=True)
        self.other.chosen.connect(self.otherChosen)
        self._build()

    def _build(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addStretch(1)
        names.addWidget(self._name)
        names.addWidget(self._noise)
        names.addStretch(1)
        against = QVBoxLayout()
        against.setSpacing(2)
        against.addStretch(1)
        against.addWidget(self.headline)
        against.addWidget(self.sentence)
        against.addStretch(1)
        line = row(self.score, names, rule(vertical=True), self._metrics, rule(vertical=True), gap=SIZES.gap)
        line.addLayout(against, 1)
        line.addWidget(self.other)
        self.body.addLayout(line)

    def show_score(
        self,
        name: str,
        value: float | None,
        items: int,
        metrics: Mapping[str, float | None],
        shared_by: int = 0,
        unit: str = "",
        loss: str = "",
    ) -> None:
        """The score by its metric's name, and the metrics beside it.

        Parameters
        ----------
        items : int
            Of the validation set.
        shared_by : int
            How many items the score is a share of; 0 where it is none.
        unit : str
            Of the numbers that are predicted.
        loss : str
            The loss that was trained with, in words.
        """
        self.score.set_text(score_words(name, value, unit))
        self._name.setText(metric_heading(name))
        error = noise(value, shared_by) if value is not None else None
        said = plural(items, "validation item") if items else ""
        self._noise.setText(f"{said}, ±{100 * error:.1f} %" if error is not None else said)
        self._show_metrics({k: v for k, v in metrics.items() if k != name}, unit, loss)

    def _show_metrics(self, metrics: Mapping[str, float | None], unit: str, loss: str) -> None:
        while self._metrics.count():
            part = self._metrics.takeAt(0)
            old = part.widget() if part is not None else None
            if old is not None:
                old.deleteLater()
        for name, value in list(metrics.items())[:_METRICS]:
            label = SmallLabel(f"{metric_title(name)}  <b>{score_words(name, value, unit)}</b>")
            if name == "valid_loss" and loss:
                label.setText(f"{label.text()}  {loss}")
                label.setToolTip(f"The loss that was trained with: {loss}")
            self._metrics.addWidget(label)

    def show_comparison(
        self, found: Comparison | None, others: Sequence[tuple[int, str]], chosen: int | None
    ) -> None:
        """The other run; `others` are runs to choose from with their scores in words, and may be empty."""
        self.other.setVisible(bool(others))
        self.other.set_text(f"Run {chosen}" if chosen is not None else "Compare")
        entries = [(str(number), f"Run {number} · {score}") for number, score in reversed(others)]
        self.other.set_entries(entries, str(chosen) if chosen is not None else None)
        self.headline.setText(found.headline if found is not None else "The first run with a score")
        self.sentence.setText(
            found.sentence if found is not None else "Later runs are compared with it here."
        )
        set_tone(self.sentence, found.tone if found is not None else "dim")
