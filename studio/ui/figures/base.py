"""What every figure has: a view with its tools and its sentence, and the card around them.

Must not import: pages, the store, numpy, pyqtgraph.
"""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.theme import SIZES
from studio.ui.widgets import Card, DimLabel, IconButton

_WIDTH = SIZES.grid * 40


class FigureView(QWidget):
    """The view of one figure; a module's `View(figure, folder)`.

    Attributes
    ----------
    subtitle : str
        Dim words beside the card's title.
    sentence : str
        What the figure says, between its title and the view.
    wide : bool
        It needs the whole width of the page.
    tools : list of QWidget
        Buttons for the head of the card.
    """

    def __init__(self, sentence: str = "", subtitle: str = "", wide: bool = False) -> None:
        super().__init__()
        self.sentence, self.subtitle, self.wide = sentence, subtitle, wide
        self.tools: list[QWidget] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """No higher than needed; a neighbour may make it higher."""
        return QSize(_WIDTH, self.minimumSizeHint().height())

    def add_copy(self, words: str) -> IconButton:
        """Add a copy button to the head; connect its `clicked`."""
        button = IconButton("copy", words)
        self.tools.append(button)
        return button


class FigureCard(Card):
    """Title, tools, sentence, view."""

    def __init__(self, title: str, view: FigureView, parent: QWidget | None = None) -> None:
        super().__init__(title, view.subtitle, parent=parent)
        self.view = view
        for tool in view.tools:
            self.head.addWidget(tool)
        if view.sentence:
            self.body.addWidget(DimLabel(view.sentence, wrap=True))
        self.body.addWidget(view, 1)
        layout = self.layout()
        assert layout is not None  # a card makes its layout itself
        layout.setContentsMargins(SIZES.gap, SIZES.grid, SIZES.grid + SIZES.half, SIZES.grid + SIZES.half)
        layout.setSpacing(SIZES.half)
