"""The Why panel: the note for what has the focus, and what a page wants to show beside its work.

Rules: notes are Markdown files of `resources/notes`; an unknown name shows nothing new.
It never covers the work: it stands beside it or is away.
"""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QDesktopServices,
    QFont,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QVBoxLayout, QWidget

from studio.ui.theme import SIZES, font, resources_dir, theme_of
from studio.ui.widgets.buttons import IconButton
from studio.ui.widgets.labels import SmallLabel
from studio.ui.widgets.layout import row
from studio.ui.widgets.scroll import scrolled

_NAME = re.compile(r"[a-z0-9-]+")
_BOLD_FROM = 500
_LEADING = 132  # per cent of the line's own height


class NoteView(QTextBrowser):
    """One note as text; grows with its content, links open outside."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._markdown = ""
        self.setOpenLinks(False)
        self.anchorClicked.connect(self._open)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.viewport().setAutoFillBackground(False)
        self.document().setDocumentMargin(0)
        self.document().setIndentWidth(SIZES.grid + SIZES.half)
        self.setAccessibleName("Note")

    def set_markdown(self, text: str) -> None:
        """Show a note."""
        self._markdown = text
        self._render()

    def sizeHint(self) -> QSize:
        return QSize(SIZES.why // 2, round(self.document().size().height()) + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._render()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()

    def _render(self) -> None:
        """Lay the note out: headings and bold words strong, running text dim, room between the lines."""
        theme = theme_of()
        document = self.document()
        document.setDefaultFont(font(SIZES.text))
        document.setMarkdown(self._markdown)
        pieces = _pieces(document)  # all of them first: dressing one makes iterators over the text invalid
        cursor = QTextCursor(document)
        for start, length, heading, look in pieces:
            bold = heading or look.fontWeight() > _BOLD_FROM
            strong = bold or look.fontFixedPitch()  # what one would type stands out too
            look.clearProperty(QTextFormat.Property.FontSizeAdjustment)  # Markdown's own sizes of headings
            look.setFont(_face(heading, bold, look.fontItalic()))
            if not look.isAnchor():
                look.setForeground(theme.colour("text" if strong else "dim"))
            cursor.setPosition(start)
            cursor.setPosition(start + length, QTextCursor.MoveMode.KeepAnchor)
            cursor.setCharFormat(look)
        _space_blocks(document)
        self.updateGeometry()

    def _open(self, url: QUrl) -> None:
        QDesktopServices.openUrl(url)


def _pieces(document: QTextDocument) -> list[tuple[int, int, bool, QTextCharFormat]]:
    """Position, length, whether in a heading, and format of every run of like letters."""
    found = []
    block = document.begin()
    while block.isValid():
        heading = block.blockFormat().headingLevel() > 0
        run = block.begin()
        while not run.atEnd():
            piece = run.fragment()
            found.append((piece.position(), piece.length(), heading, piece.charFormat()))
            run += 1
        block = block.next()
    return found


def _space_blocks(document: QTextDocument) -> None:
    """Room between lines and paragraphs, a little more above headings."""
    cursor = QTextCursor(document)
    for number in range(document.blockCount()):
        block = document.findBlockByNumber(number)
        shape = block.blockFormat()
        heading = shape.headingLevel() > 0
        shape.setLineHeight(_LEADING, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        above = SIZES.grid + SIZES.half if heading else SIZES.half
        shape.setTopMargin(above if number else 0)
        shape.setBottomMargin(SIZES.half)
        cursor.setPosition(block.position())
        cursor.setBlockFormat(shape)


def _face(heading: bool, bold: bool, italic: bool) -> QFont:
    made = font(SIZES.text + 1 if heading else SIZES.text, 600 if bold else 400)
    made.setItalic(italic)
    return made


class WhyPanel(QFrame):
    """The panel at the right.

    Signals
    -------
    openChanged(bool)
    """

    openChanged = Signal(bool)

    def __init__(self, notes_dir: Path | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dir = notes_dir or resources_dir() / "notes"
        self._name = ""
        self._extra: QWidget | None = None
        self.setFixedWidth(SIZES.why)
        self.setAccessibleName("Why?")
        close = IconButton("close", "Put the notes away", "Put the notes away (F1)")
        close.clicked.connect(self._close)
        self._note = NoteView()
        content = QWidget()
        self._content = QVBoxLayout(content)
        side = SIZES.gap + SIZES.half
        self._content.setContentsMargins(side, 0, side - 2, SIZES.gap)
        self._content.setSpacing(SIZES.gap)
        self._content.addWidget(self._note)
        self._content.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SIZES.grid + SIZES.half, 0, 0)
        layout.setSpacing(SIZES.line)
        head = row(SmallLabel("Why?"), None, close)
        head.setContentsMargins(SIZES.gap + SIZES.half, 0, SIZES.grid, 0)
        layout.addLayout(head)
        layout.addWidget(scrolled(content), 1)

    def show_note(self, name: str) -> bool:
        """Show a note by its file's name without ``.md``; False where there is none, and nothing changes."""
        if name == self._name:
            return True
        text = note_text(name, self._dir)
        if not text:
            return False
        self._name = name
        self._note.set_markdown(text)
        return True

    def note(self) -> str:
        """The name of the note shown."""
        return self._name

    def set_extra(self, widget: QWidget | None) -> None:
        """Put a page's own panel above the note; None takes it away. The widget stays the caller's."""
        if self._extra is not None:
            self._content.removeWidget(self._extra)
            self._extra.setParent(None)
        self._extra = widget
        if widget is not None:
            self._content.insertWidget(0, widget)
            widget.show()

    def set_open(self, open_: bool) -> None:
        """Show or put away."""
        if open_ != (not self.isHidden()):
            self.setVisible(open_)
            self.openChanged.emit(open_)

    def _close(self) -> None:
        self.set_open(False)


def note_text(name: str, folder: Path | None = None) -> str:
    """The Markdown of a note, or an empty string where there is none of that name."""
    if not _NAME.fullmatch(name):
        return ""
    path = (folder or resources_dir() / "notes") / f"{name}.md"
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def note_names(folder: Path | None = None) -> tuple[str, ...]:
    """The names of all notes."""
    return tuple(sorted(path.stem for path in (folder or resources_dir() / "notes").glob("*.md")))
