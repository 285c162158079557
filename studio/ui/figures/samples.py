"""Texts to read one by one: a heading and what follows it. Everything can be selected and copied.

Must not import: pages, the store, numpy.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from studio.project.results import Samples
from studio.ui.figures.base import FigureView
from studio.ui.theme import SIZES
from studio.ui.widgets import HeadingLabel, SelectableLabel, SmallLabel, rule, scrolled

SHOWN: Final = 60
_HEIGHT: Final = SIZES.grid * 38


class View(FigureView):
    """The entries below each other."""

    def __init__(self, figure: Samples, _folder: Path | None = None) -> None:
        many = len(figure.entries) > SHOWN
        super().__init__(figure.sentence, f"the first {SHOWN} of {len(figure.entries):,}" if many else "")
        self._figure = figure
        inside = QWidget()
        self._entries = QVBoxLayout(inside)
        self._entries.setContentsMargins(0, 0, SIZES.gap, 0)
        self._entries.setSpacing(SIZES.half)
        for place, (heading, text) in enumerate(figure.entries[:SHOWN]):
            self._add(heading, text, place > 0)
        if not figure.entries:
            self._entries.addWidget(SmallLabel("Nothing to show here."))
        self._entries.addStretch(1)
        area = scrolled(inside)
        area.setMinimumHeight(min(_HEIGHT, max(1, len(figure.entries)) * SIZES.grid * 8))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self.add_copy("Copy the texts").clicked.connect(self.copy)

    def _add(self, heading: str, text: str, line: bool) -> None:
        if line:
            self._entries.addSpacing(SIZES.half)
            self._entries.addWidget(rule())
            self._entries.addSpacing(SIZES.half)
        title, body = HeadingLabel(heading, wrap=True), SelectableLabel(text)
        for label in (title, body):
            _make_plain(label)
        if heading:
            self._entries.addWidget(title)
        self._entries.addWidget(body)

    def copy(self) -> None:
        """Put every entry on the clipboard, also those beyond what is shown."""
        said = "\n\n".join(f"{heading}\n{text}".strip() for heading, text in self._figure.entries)
        QGuiApplication.clipboard().setText(said + "\n")


def _make_plain(label: QLabel) -> None:
    """Data may hold what looks like a markup language."""
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(
        Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
    )
