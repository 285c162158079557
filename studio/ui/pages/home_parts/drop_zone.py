"""Where data are dropped: an invitation in a dashed frame that answers while something hovers over the page."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from studio.ui.theme import SIZES, theme_of
from studio.ui.widgets import DimLabel, HeadingLabel, IconLabel, SecondaryButton, column, row

_DASH = (4.0, 4.0)
_HEIGHT = 104
_WIDEST = 560


class DropZone(QWidget):
    """The invitation.

    Signals
    -------
    folderWanted(), fileWanted()
        A person would rather choose than drop.
    """

    folderWanted = Signal()
    fileWanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hot = False
        self._icon = IconLabel("image", "dim", SIZES.icon_large - SIZES.grid)
        self._title, self._sentence = HeadingLabel(), DimLabel(wrap=True)
        folder, file = (
            SecondaryButton("Choose a folder", "folder"),
            SecondaryButton("Choose a table", "table"),
        )
        folder.clicked.connect(self.folderWanted)
        file.clicked.connect(self.fileWanted)
        self._buttons = QWidget()
        self._buttons.setLayout(row(folder, file))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SIZES.page_margin, SIZES.gap, SIZES.page_margin, SIZES.gap)
        layout.setSpacing(SIZES.gap)
        layout.addWidget(self._icon)
        layout.addLayout(column(None, self._title, self._sentence, None, gap=SIZES.half), 1)
        layout.addWidget(self._buttons, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.invite()

    def sizeHint(self) -> QSize:
        return QSize(_WIDEST, _HEIGHT)

    def invite(self) -> None:
        """Nothing was dropped yet."""
        self._say(
            "Drop a folder of photos or a table, anywhere on this page",
            "The studio looks at it and proposes what to train. Your files stay where they are, and nothing leaves "
            "this machine.",
        )

    def complain(self, sentence: str) -> None:
        """What was dropped is nothing to learn from."""
        self._say("That is nothing to learn from yet", sentence)

    def wait(self, name: str) -> None:
        """Somebody looks at what was dropped."""
        self._say(f"Looking at {name}", "This takes a moment.", buttons=False)

    def set_hot(self, hot: bool) -> None:
        """Something hovers over the page."""
        if hot != self._hot:
            self._hot = hot
            self.update()

    def _say(self, title: str, sentence: str, buttons: bool = True) -> None:
        self._title.setText(title)
        self._sentence.setText(sentence)
        self._buttons.setVisible(buttons)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = theme_of()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(
            theme.colour("accent" if self._hot else "line_strong"), SIZES.ring if self._hot else SIZES.line
        )
        pen.setDashPattern(_DASH)
        painter.setPen(pen)
        painter.setBrush(theme.colour("accent_bg" if self._hot else "panel"))
        edge = SIZES.ring / 2
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(edge, edge, -edge, -edge), SIZES.radius, SIZES.radius
        )
