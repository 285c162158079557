"""What an explainer is: a few controls, and a function from their values and a moment to a drawing. No Qt, no numpy.

A drawing is a list of marks in coordinates of its own (`span`); colours are tokens of the theme. `view.py` paints it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Point = tuple[float, float]


@dataclass(frozen=True)
class Control:
    """A number that a person may turn.

    Attributes
    ----------
    is_log : bool
        The slider goes by factors rather than by sums.
    """

    name: str
    title: str
    low: float
    high: float
    value: float
    is_log: bool = False


@dataclass(frozen=True)
class Line:
    """Joined points."""

    points: Sequence[Point]
    token: str
    width: float = 2.0
    alpha: float = 1.0
    is_dashed: bool = False


@dataclass(frozen=True)
class Dot:
    """A round mark; `radius` in pixels."""

    at: Point
    token: str
    radius: float = 4.0
    alpha: float = 1.0


@dataclass(frozen=True)
class Box:
    """A filled rectangle between two corners, with words in its middle."""

    low: Point
    high: Point
    token: str
    alpha: float = 1.0
    text: str = ""
    text_token: str = "text"


@dataclass(frozen=True)
class Words:
    """A few words at a place."""

    at: Point
    text: str
    token: str = "dim"
    align: Literal["left", "centre", "right"] = "left"


Mark = Line | Dot | Box | Words


@dataclass(frozen=True)
class Drawing:
    """One moment.

    Attributes
    ----------
    span : tuple of float
        Left, right, bottom and top of what is shown.
    caption : str
        The moment in words, with its figures.
    x_title, y_title : str
        What the axes are; no axis is drawn where it is empty.
    """

    span: tuple[float, float, float, float]
    marks: tuple[Mark, ...]
    caption: str
    x_title: str = ""
    y_title: str = ""


Values = Mapping[str, float]


@dataclass(frozen=True)
class Explainer:
    """An idea that moves.

    Attributes
    ----------
    note : str
        The note of `resources/notes` that it stands under.
    frames : int
        Moments 0 to `frames - 1`; 1 where only the controls move it.
    draw : callable
        From the controls' values and a moment to the drawing.
    """

    key: str
    title: str
    note: str
    sentence: str
    controls: tuple[Control, ...]
    frames: int
    draw: Callable[[Values, int], Drawing]

    def at_start(self) -> dict[str, float]:
        """The controls' values before anybody turned them."""
        return {control.name: control.value for control in self.controls}
