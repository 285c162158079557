"""An embedding is a lookup: a one-hot row times a table takes one row of it. No Qt."""

from __future__ import annotations

from typing import Final

from studio.ui.explainers.base import Box, Drawing, Explainer, Mark, Values, Words

_FILMS: Final = ("Alien", "Amélie", "Fargo", "Heat", "Up")
_TABLE: Final = (
    (0.9, -0.6, 0.2, 0.7),
    (-0.7, 0.8, 0.5, -0.3),
    (0.1, -0.2, 0.9, 0.4),
    (0.6, -0.8, 0.3, 0.9),
    (-0.9, 0.7, -0.4, -0.6),
)
_FRAMES: Final = 50
_EACH: Final = _FRAMES // len(_FILMS)


def product(one_hot: tuple[int, ...]) -> tuple[float, ...]:
    """The row times the table, multiplied and added up in full."""
    return tuple(
        sum(part * row[column] for part, row in zip(one_hot, _TABLE, strict=True)) for column in range(4)
    )


def _draw(_values: Values, frame: int) -> Drawing:
    chosen = min(frame // _EACH, len(_FILMS) - 1)
    one_hot = tuple(int(place == chosen) for place in range(len(_FILMS)))
    marks: list[Mark] = [
        Words((1.8, 5.9), "one-hot", "dim", "centre"),
        Words((5.0, 5.9), "the embedding table", "dim", "centre"),
        Words((9.2, 5.9), "what comes out", "dim", "centre"),
        Words((2.65, 2.9), "×", "dim", "centre"),
        Words((7.3, 2.9), "=", "dim", "centre"),
    ]
    for place, (film, row) in enumerate(zip(_FILMS, _TABLE, strict=True)):
        high, is_chosen = 5.5 - place, place == chosen
        marks.append(Words((1.25, high - 0.55), film, "text" if is_chosen else "dim", "right"))
        marks.append(_cell(1.4, high, str(one_hot[place]), "accent" if is_chosen else "track", 0.8))
        marks += [
            _number(3.0 + column, high, value, 0.9 if is_chosen else 0.22) for column, value in enumerate(row)
        ]
    marks += [
        _number(7.6 + column, 5.5 - chosen, value, 0.9) for column, value in enumerate(product(one_hot))
    ]
    said = (
        f"{_FILMS[chosen]}: nought times every other row adds nothing, so that the product is its own row. "
        "Looking the row up gives the same without multiplying."
    )
    return Drawing((-0.4, 11.8, 0.2, 6.4), tuple(marks), said)


def _number(x: float, high: float, value: float, alpha: float) -> Box:
    return _cell(x, high, f"{value:.1f}", "metric" if value > 0 else "valid_loss", alpha * abs(value))


def _cell(x: float, high: float, text: str, token: str, alpha: float) -> Box:
    return Box((x, high - 0.92), (x + 0.94, high), token, alpha, text)


EMBEDDING: Final = Explainer(
    "embedding",
    "A table, looked up",
    "embeddings-bias",
    "Multiplying by a row of noughts and a one takes a row out of the table: an embedding does just that.",
    (),
    _FRAMES,
    _draw,
)
