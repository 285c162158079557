"""What every kind of sample gives, and the picture shown where a sample cannot be read.

Must not import: anything of the studio but the theme.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QWidget

from studio.ui.theme import SIZES, Theme, font

Source = Path | bytes
"""Where a sample is: a file, or the bytes of one."""


@dataclass(frozen=True)
class Asked:
    """The picture wanted for a tile.

    Attributes
    ----------
    width, height : int
        Device-independent pixels.
    ratio : float
        Device pixels for each of them.
    fill : bool
        Cover the tile and cut off what is over; otherwise fit into it.
    """

    width: int
    height: int
    ratio: float = 1.0
    fill: bool = True


@dataclass(frozen=True)
class Decoded:
    """A picture, and the sentence that says why it could not be read (then `image` is null)."""

    image: QImage
    problem: str = ""


@dataclass(frozen=True)
class About:
    """How pages speak of items of a kind, and how new ones are given to a model.

    Attributes
    ----------
    one, many : str
        "photo", "photos".
    picture : bool
        Items are picture files; otherwise they are words.
    prose : bool
        The words are running text, not names with values.
    icon : str
        An icon of `resources/icons`.
    drop, more : str
        What a drop zone says while it is empty, and when there are answers.
    choose, pattern : str
        The button that chooses files, and the files that its dialog shows.
    unseen : str
        What a model is tried on.
    typed : str
        What an empty line says in which one item can be typed; empty where none can.
    tile : int
        Least width of a tile, in device-independent pixels.
    shape : float
        Height of the item on a tile as a part of its width.
    part, parts : str
        What is counted in them: classes, or the points that a photo has.
    """

    one: str = "photo"
    many: str = "photos"
    picture: bool = True
    prose: bool = False
    icon: str = "image"
    drop: str = "Drop photos or a folder here"
    more: str = "Drop more photos or a folder here"
    choose: str = "Choose photos…"
    pattern: str = ""
    unseen: str = "photos that the model has never seen"
    typed: str = ""
    tile: int = 148
    shape: float = 0.7
    part: str = "class"
    parts: str = "classes"


PHOTOS: Final = About()
Decode = Callable[[Source, Asked], Decoded]
"""Reads a picture for a tile, on any thread."""
Paint = Callable[[QPainter, QRectF, str, Theme], None]
"""Draws an item's words into a tile."""


class SampleView(Protocol):
    """The large view of one item."""

    def show_item(self, path: Path, caption: str = "", words: str = "") -> None:
        """Show the item: its file, or its words where it is no picture."""

    def clear(self) -> None:
        """Show nothing."""


class SampleKind(Protocol):
    """A module of this package."""

    @property
    def View(self) -> type[QWidget]:
        """The large view of one item."""

    def caption(self, target: Any) -> str:
        """The words of a target."""

    def answer(self, target: Any, predicted: Any, confidence: float | None) -> str:
        """The words of a model's answer beside the target."""


class PictureKind(SampleKind, Protocol):
    """A kind whose items are picture files."""

    def decode(self, source: Source, asked: Asked) -> Decoded:
        """A picture for a tile; may be called on any thread, never raises."""


class WordsKind(SampleKind, Protocol):
    """A kind whose items are words (a row, a text, a rating)."""

    def paint(self, painter: QPainter, rect: QRectF, words: str, theme: Theme) -> None:
        """Draw an item's words into a tile."""


def placeholder(asked: Asked, theme: Theme, word: str = "unreadable") -> QImage:
    """A drawn tile with a crossed frame and one word, for a sample that cannot be shown. GUI thread only."""
    made = QImage(
        round(asked.width * asked.ratio),
        round(asked.height * asked.ratio),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    made.setDevicePixelRatio(asked.ratio)
    made.fill(theme.colour("track"))
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.colour("faint"))
    frame = QRectF(0, 0, asked.width, asked.height)
    mark = QRectF(0, 0, SIZES.gap + SIZES.half, SIZES.gap)
    mark.moveCenter(frame.center() - QRectF(0, 0, 0, SIZES.gap).bottomRight())
    painter.drawRoundedRect(mark, SIZES.half / 2, SIZES.half / 2)
    painter.drawLine(mark.bottomLeft(), mark.topRight())
    painter.setFont(font(SIZES.small))
    painter.setPen(theme.colour("dim"))
    below = frame.adjusted(SIZES.half, mark.bottom(), -SIZES.half, 0)
    painter.drawText(
        below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, word
    )
    painter.end()
    return made
