"""One tile of the grid, painted: picture, two lines of words, a badge for its mark, the ring of the choice.

Rules: paints what it is given and keeps nothing. Must not import: pages, the engine's parts, numpy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen

from studio.ui.grid.geometry import WORDS
from studio.ui.samples.base import Paint
from studio.ui.theme import SIZES, Theme, font
from studio.ui.widgets.icons import paint_icon, pixmap

_SIDE: Final = 10
_LINE: Final = 18
_RING: Final = 3
_BAR: Final = 4
_CORNER: Final = 22
_PLACE_SCALE: Final = 2.0
# action: (icon, colour of icon and words, colour behind)
BADGES: Final = {
    "keep": ("keep", "good", "good_bg"),
    "relabel": ("relabel", "accent", "accent_bg"),
    "remove": ("trash", "ember_text", "ember_bg"),
}


@dataclass(frozen=True, slots=True)
class TileView:
    """What a tile says. `mark` is "", "keep", "relabel" or "remove"; `badge` the words of the mark."""

    key: str
    title: str
    words: str
    figure: str
    mark: str = ""
    badge: str = ""
    corner: str = ""  # a word over the picture, such as "validation"
    bar: float | None = None  # 0 to 1: how sure the model is, below the picture
    text: str = ""  # what the item is, where it is words and no picture


@dataclass(frozen=True, slots=True)
class TileState:
    """How a tile stands."""

    chosen: bool = False
    current: bool = False
    focused: bool = False
    hover: bool = False


def paint_tile(
    painter: QPainter,
    rect: QRectF,
    view: TileView,
    state: TileState,
    image: QImage | None,
    theme: Theme,
    paint: Paint | None = None,
) -> None:
    """Draw one tile into `rect`; `image` None draws its place while the picture is being read.

    `paint` draws an item that is words.
    """
    body = QPainterPath()
    body.addRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), SIZES.radius, SIZES.radius)
    painter.fillPath(body, theme.colour("accent_bg" if state.chosen else "hover" if state.hover else "panel"))
    picture = QRectF(rect.left() + 1, rect.top() + 1, rect.width() - 2, rect.height() - WORDS)
    painter.save()
    painter.setClipPath(body)
    if paint is None:
        _paint_picture(painter, picture, view, image, theme)
    else:
        _paint_item_words(painter, picture, view, theme, paint)
    painter.restore()
    _paint_words(painter, rect, view, theme)
    if view.corner:
        _paint_corner(painter, picture, view.corner, theme)
    _paint_frame(painter, rect, view, state, theme)


def _paint_picture(
    painter: QPainter, rect: QRectF, view: TileView, image: QImage | None, theme: Theme
) -> None:
    if image is None or image.isNull():
        painter.fillRect(rect, theme.colour("track"))
        _paint_place(painter, rect.center())
        return
    painter.drawImage(rect, image)
    _paint_over(painter, rect, view, theme)


def _paint_place(painter: QPainter, middle: QPointF) -> None:
    """What stands for a picture that is being read: after a jump there is one on every tile, so it is kept."""
    side = SIZES.icon + SIZES.half
    kept = pixmap("image", "faint", side, _PLACE_SCALE)
    place = QRectF(middle.x() - side / 2, middle.y() - side / 2, side, side)
    painter.drawPixmap(place, kept, QRectF(0, 0, kept.width(), kept.height()))


def _paint_item_words(painter: QPainter, rect: QRectF, view: TileView, theme: Theme, paint: Paint) -> None:
    """The item's own words on a quiet ground."""
    painter.fillRect(rect, theme.colour("track"))
    top = _CORNER if view.corner else 0
    paint(painter, rect.adjusted(0, top, 0, 0), view.text or view.key, theme)
    _paint_over(painter, rect, view, theme)


def _paint_over(painter: QPainter, rect: QRectF, view: TileView, theme: Theme) -> None:
    """What a mark and the model's certainty add to a picture."""
    if view.mark == "remove":
        painter.fillRect(rect, theme.colour("panel", 0.62))
    if view.bar is not None:
        line = QRectF(rect.left(), rect.bottom() - _BAR, rect.width(), _BAR)
        painter.fillRect(line, theme.colour("panel", 0.75))
        painter.fillRect(
            QRectF(line.left(), line.top(), line.width() * view.bar, _BAR), theme.colour("accent")
        )


def _paint_words(painter: QPainter, rect: QRectF, view: TileView, theme: Theme) -> None:
    left, right = rect.left() + _SIDE, rect.right() - _SIDE
    top = rect.bottom() - WORDS + 7
    bold = font(SIZES.small, 600)
    painter.setFont(bold)
    painter.setPen(theme.colour("text"))
    metrics = painter.fontMetrics()
    title = metrics.elidedText(view.title, Qt.TextElideMode.ElideRight, int((right - left) * 0.7))
    painter.drawText(QRectF(left, top, right - left, _LINE), Qt.AlignmentFlag.AlignVCenter, title)
    after = left + metrics.horizontalAdvance(title) + 5
    painter.setFont(font(SIZES.small))
    painter.setPen(theme.colour("dim"))
    words = painter.fontMetrics().elidedText(
        view.words, Qt.TextElideMode.ElideRight, max(0, int(right - after))
    )
    painter.drawText(QRectF(after, top, right - after, _LINE), Qt.AlignmentFlag.AlignVCenter, words)
    figure = painter.fontMetrics().elidedText(view.figure, Qt.TextElideMode.ElideMiddle, int(right - left))
    painter.drawText(QRectF(left, top + _LINE, right - left, _LINE), Qt.AlignmentFlag.AlignVCenter, figure)
    if view.mark:
        used = left + painter.fontMetrics().horizontalAdvance(view.figure) + SIZES.grid
        _paint_badge(painter, QRectF(used, top + _LINE, right - used, _LINE), view, theme)


def _paint_badge(painter: QPainter, space: QRectF, view: TileView, theme: Theme) -> None:
    """A small pill at the right of the second line."""
    icon, colour, back = BADGES[view.mark]
    painter.setFont(font(SIZES.small, 600))
    metrics = painter.fontMetrics()
    words = metrics.elidedText(view.badge, Qt.TextElideMode.ElideRight, int(space.width()) - 28)
    wide = metrics.horizontalAdvance(words) + 28
    pill = QRectF(space.right() - wide + 4, space.top(), wide, space.height())
    path = QPainterPath()
    path.addRoundedRect(pill, pill.height() / 2, pill.height() / 2)
    painter.fillPath(path, theme.colour(back))
    paint_icon(painter, QRectF(pill.left() + 7, pill.top() + 3, 12, 12), icon, colour)
    painter.setPen(theme.colour(colour))
    painter.drawText(pill.adjusted(22, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)


def _paint_corner(painter: QPainter, picture: QRectF, words: str, theme: Theme) -> None:
    """A word on a panel in the corner of the picture."""
    painter.setFont(font(SIZES.tick, 600))
    wide = painter.fontMetrics().horizontalAdvance(words) + 12
    place = QRectF(picture.left() + 7, picture.top() + 7, wide, 17)
    path = QPainterPath()
    path.addRoundedRect(place, 5, 5)
    painter.fillPath(path, theme.colour("panel", 0.9))
    painter.setPen(theme.colour("dim"))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)


def _paint_frame(painter: QPainter, rect: QRectF, view: TileView, state: TileState, theme: Theme) -> None:
    width: float = SIZES.line
    colour = theme.colour("line_strong" if state.hover else "line")
    if view.mark:
        colour = theme.colour(BADGES[view.mark][1], 0.55)
    if state.chosen:
        width, colour = SIZES.ring, theme.colour("accent", 0.75)
    if state.current and state.focused:
        width, colour = _RING, theme.colour("accent")
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(colour, width))
    painter.drawRoundedRect(
        rect.adjusted(width / 2, width / 2, -width / 2, -width / 2), SIZES.radius, SIZES.radius
    )
    if state.chosen:
        _paint_tick(painter, QPointF(rect.right() - 18, rect.top() + 18), theme)


def _paint_tick(painter: QPainter, middle: QPointF, theme: Theme) -> None:
    """The round tick of a chosen tile."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("accent"))
    painter.drawEllipse(middle, 9, 9)
    paint_icon(painter, QRectF(middle.x() - 6, middle.y() - 6, 12, 12), "check", "on_accent")
