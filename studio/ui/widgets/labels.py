"""Text in its three sizes and few weights, and the small print of keys.

Rules: sizes and colours come from the stylesheet by class name; `set_tone` colours a word by what it means.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class _Label(QLabel):
    def __init__(self, text: str = "", parent: QWidget | None = None, wrap: bool = False) -> None:
        super().__init__(text, parent)
        self.setWordWrap(wrap)
        if wrap:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)


class TitleLabel(_Label):
    """The name of a page."""


class HeadingLabel(_Label):
    """The name of a card or a section."""


class DimLabel(_Label):
    """Text beside the main text."""


class SmallLabel(_Label):
    """Help lines, captions, units."""


class FieldLabel(_Label):
    """The name of an editor, above it."""


class ErrorLabel(_Label):
    """What is wrong with an editor, below it."""


class SelectableLabel(_Label):
    """Text that can be selected and copied by mouse and keyboard."""

    def __init__(self, text: str = "", parent: QWidget | None = None, wrap: bool = True) -> None:
        super().__init__(text, parent, wrap)
        flags = Qt.TextInteractionFlag
        self.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
        self.setCursor(Qt.CursorShape.IBeamCursor)


class KeyHint(_Label):
    """The name of a key in a small frame."""

    def __init__(self, keys: str, parent: QWidget | None = None) -> None:
        super().__init__(keys, parent)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"key {keys}")


def set_tone(widget: QWidget, tone: str) -> None:
    """Colour a label by meaning: good, warning, error, ice, ember, accent, dim, or "" for plain."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        repolish(widget)


def repolish(widget: QWidget) -> None:
    """Let the stylesheet look at a widget's changed properties."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def set_note(widget: QWidget, name: str) -> None:
    """The note shown in the Why panel while this widget, or anything in it, has the focus."""
    widget.setProperty("note", name)
