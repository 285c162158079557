"""A colour for every class, the same everywhere: in the window, in pictures of results, in saved masks.

Copied into bundles: the standard library only.
"""

from __future__ import annotations

import colorsys

Colour = tuple[int, int, int]

VOID: Colour = (96, 96, 96)
FIRST: tuple[Colour, ...] = (
    (68, 119, 170), (238, 136, 51), (34, 136, 51), (204, 51, 68), (170, 102, 204), (187, 170, 51), (51, 187, 204),
    (238, 119, 170), (119, 85, 51), (102, 204, 102), (68, 68, 187), (255, 204, 102), (0, 119, 102), (187, 51, 136),
    (136, 170, 238), (153, 153, 51),
)  # fmt: skip
GOLDEN = 0.618033988749895


def colour(code: int) -> Colour:
    """The colour of a class by its number: hand-picked ones first, then hues as far apart as they go."""
    if code < len(FIRST):
        return FIRST[code]
    turn = code - len(FIRST)
    red, green, blue = colorsys.hsv_to_rgb(
        (turn * GOLDEN) % 1.0, (0.85, 0.55)[turn % 2], (0.9, 0.6)[turn // 2 % 2]
    )
    return round(255 * red), round(255 * green), round(255 * blue)


def colours(count: int, void: int | None = None) -> list[Colour]:
    """The colours of `count` classes; the void class is grey."""
    return [VOID if code == void else colour(code) for code in range(count)]
