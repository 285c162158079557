"""A card: a panel with a one-pixel line and round corners, an optional head, and a body to fill."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from studio.ui.theme import SIZES
from studio.ui.widgets.labels import DimLabel, HeadingLabel
from studio.ui.widgets.layout import row


class Card(QFrame):
    """A panel of its own.

    Attributes
    ----------
    body : QVBoxLayout
        What the card shows.
    head : QHBoxLayout
        Title and subtitle, then a stretch; add buttons to it to put them at the right.
    """

    def __init__(
        self, title: str = "", subtitle: str = "", padding: bool = True, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._title, self._subtitle = HeadingLabel(title), DimLabel(subtitle)
        self.head: QHBoxLayout = row(self._title, self._subtitle, None, gap=6)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(SIZES.grid)
        layout = QVBoxLayout(self)
        margin = SIZES.gap if padding else SIZES.line
        layout.setContentsMargins(margin, margin - 2 if padding else margin, margin, margin)
        layout.setSpacing(SIZES.grid + 2)
        layout.addLayout(self.head)
        layout.addLayout(self.body, 1)
        self.set_title(title, subtitle)

    def set_title(self, title: str, subtitle: str = "") -> None:
        """Title and the dim words beside it; both empty hide the head."""
        self._title.setText(title)
        self._subtitle.setText(subtitle)
        self._title.setVisible(bool(title))
        self._subtitle.setVisible(bool(subtitle))
        if title:
            self.setAccessibleName(title)
