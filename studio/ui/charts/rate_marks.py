"""What is painted over the finder's plot: handles with flags, suggestions, names of earlier curves.

Rules: pure geometry and painting in pixels of the plot; decides nothing and keeps no state between paints.
Must not import: the store, actions, pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from studio.ui.charts.base import pen
from studio.ui.theme import SIZES, font, theme_of
from studio.ui.widgets.icons import paint_icon

FLAG_HEIGHT: Final = 24
_FLAG_ROOM: Final = 12
DOT: Final = 5.0
REACH: Final = 10.0  # how near counts as on a mark


@dataclass(frozen=True)
class Mark:
    """A suggestion placed on the plot: its dot, its words and where they stand."""

    index: int
    words: str
    dot: QPointF
    label: QRectF

    def hit(self, point: QPointF) -> bool:
        """Whether a point is on the dot or its words."""
        away = point - self.dot
        return away.x() ** 2 + away.y() ** 2 <= REACH**2 or self.label.contains(point)


def place_marks(
    dots: Sequence[tuple[int, str, QPointF]], inside: QRectF, taken: Sequence[QRectF]
) -> tuple[Mark, ...]:
    """Find room for every label: beside its dot if it can, farther off where another one stands.

    Parameters
    ----------
    dots : sequence of (index, words, point)
    inside : QRectF
        The plot's area.
    taken : sequence of QRectF
        Flags, names and pieces of the curve that words should not cover.
    """
    metrics = QFontMetricsF(font(SIZES.small))
    used = [*taken, *(QRectF(p.x() - DOT, p.y() - DOT, 2 * DOT, 2 * DOT) for _, _, p in dots)]
    placed = []
    for index, words, point in sorted(dots, key=_from_left):
        size = QRectF(0, 0, metrics.horizontalAdvance(words) + 4, metrics.height())
        label = _free_place(size, point, inside, used)
        used.append(label)
        placed.append(Mark(index, words, point, label))
    return tuple(placed)


def _from_left(dot: tuple[int, str, QPointF]) -> float:
    return dot[2].x()


def _free_place(size: QRectF, point: QPointF, inside: QRectF, used: Sequence[QRectF]) -> QRectF:
    """The first place where nothing else stands; the one that covers least where every place is taken."""
    best, least = size, float("inf")
    for corner in _corners(size, point):
        label = size.translated(corner)
        if not inside.contains(label):
            continue
        covered = sum(_area(label.intersected(other)) for other in used if label.intersects(other))
        if covered < least:
            best, least = label, covered
        if covered == 0:
            break
    return best


def _corners(size: QRectF, point: QPointF) -> Iterator[QPointF]:
    gap = DOT + 5
    for away in (0.0, 18.0, 36.0, 54.0, 72.0, 96.0, 120.0):
        above, below = point.y() - size.height() - gap / 2 - away, point.y() + gap / 2 + away
        for y in (above, below):
            yield QPointF(point.x() + gap - 2, y)
            yield QPointF(point.x() - size.width() - gap + 2, y)
            yield QPointF(point.x() - size.width() / 2, y)


def _area(rect: QRectF) -> float:
    return rect.width() * rect.height()


def flag_rect(words: str, x: float, inside: QRectF) -> QRectF:
    """Where the flag of a handle stands: on its line, kept within the plot."""
    width = QFontMetricsF(font(SIZES.small, 600)).horizontalAdvance(words) + 2 * _FLAG_ROOM
    left = min(max(x - width / 2, inside.left()), inside.right() - width)
    return QRectF(left, inside.top(), width, FLAG_HEIGHT)


def part_flags(left: QRectF, right: QRectF, inside: QRectF) -> tuple[QRectF, QRectF]:
    """Push two flags apart where they would overlap."""
    over = left.right() + SIZES.half - right.left()
    if over <= 0:
        return left, right
    left, right = left.translated(-over / 2, 0), right.translated(over / 2, 0)
    shift = max(0.0, inside.left() - left.left()) - max(0.0, right.right() - inside.right())
    return left.translated(shift, 0), right.translated(shift, 0)


def paint_handle(
    painter: QPainter, x: float, inside: QRectF, flag: QRectF, words: str, active: bool, token: str
) -> None:
    """The line, its flag, a grip in the middle; the active one while the plot has the focus is ringed."""
    theme = theme_of()
    painter.setPen(pen(token, 2))
    painter.drawLine(QPointF(x, inside.top() + FLAG_HEIGHT / 2), QPointF(x, inside.bottom()))
    painter.setPen(QPen(theme.colour("text"), SIZES.ring) if active else Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(token))
    painter.drawRoundedRect(flag, FLAG_HEIGHT / 2, FLAG_HEIGHT / 2)
    painter.setPen(theme.colour("on_accent"))
    painter.setFont(font(SIZES.small, 600))
    painter.drawText(flag, Qt.AlignmentFlag.AlignCenter, words)
    _paint_grip(painter, QPointF(x, inside.center().y()), token)


def _paint_grip(painter: QPainter, middle: QPointF, token: str) -> None:
    theme = theme_of()
    body = QRectF(0, 0, SIZES.grid + 2, SIZES.page_margin + 2)
    body.moveCenter(middle)
    painter.setPen(pen(token, 1.5))
    painter.setBrush(theme.colour("panel"))
    painter.drawRoundedRect(body, body.width() / 2, body.width() / 2)
    for dx in (-1.5, 1.5):
        painter.drawLine(middle + QPointF(dx, -SIZES.half), middle + QPointF(dx, SIZES.half))


def paint_mark(painter: QPainter, mark: Mark, hot: bool, chosen: bool) -> None:
    """A ring on the curve and its words, with a thin leader where they stand apart."""
    theme = theme_of()
    painter.setFont(font(SIZES.small, 600 if hot else 400))
    near = mark.label.adjusted(-DOT - 8, -DOT - 6, DOT + 8, DOT + 6).contains(mark.dot)
    if not near:
        painter.setPen(pen("line_strong", 1))
        end = QPointF(
            min(max(mark.dot.x(), mark.label.left()), mark.label.right()),
            mark.label.bottom() if mark.dot.y() > mark.label.bottom() else mark.label.top(),
        )
        painter.drawLine(mark.dot, end)
    painter.setPen(pen("ember" if chosen else "accent" if hot else "train_loss", 2))
    painter.setBrush(theme.colour("panel"))
    radius = DOT + 1 if hot else DOT
    painter.drawEllipse(mark.dot, radius, radius)
    painter.setPen(theme.colour("text" if hot else "dim"))
    painter.drawText(mark.label, Qt.AlignmentFlag.AlignCenter, mark.words)


def name_place(words: str, start: QPointF, taken: Sequence[QRectF]) -> QRectF:
    """Where the name of an earlier curve stands: above or below its beginning, where it covers least."""
    metrics = QFontMetricsF(font(SIZES.small))
    width = SIZES.small + SIZES.half + metrics.horizontalAdvance(words) + 2
    size = QRectF(start.x() + SIZES.grid, start.y(), width, metrics.height())
    above, below = -metrics.height() - SIZES.half, SIZES.half
    steps = (above, below, above - metrics.height(), below + metrics.height())
    return min((size.translated(0, step) for step in steps), key=partial(_covered, taken=taken))


def _covered(rect: QRectF, taken: Sequence[QRectF]) -> float:
    return sum(_area(rect.intersected(other)) for other in taken if rect.intersects(other))


def paint_name(painter: QPainter, rect: QRectF, words: str, frozen: bool) -> None:
    """A snowflake or a flame, and the name."""
    theme = theme_of()
    token = "ice" if frozen else "ember"
    side = float(SIZES.small)
    paint_icon(
        painter,
        QRectF(rect.left(), rect.center().y() - side / 2, side, side),
        "snowflake" if frozen else "flame",
        token,
    )
    painter.setFont(font(SIZES.small))
    painter.setPen(theme.colour(f"{token}_text"))
    painter.drawText(rect.adjusted(side + SIZES.half, 0, 2, 0), Qt.AlignmentFlag.AlignVCenter, words)
