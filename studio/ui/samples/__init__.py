"""How one item of a problem is drawn: one module per kind of sample, named by `Problem.sample`.

To add a kind: a module with `ABOUT`, `caption`, `answer`, `View` and `decode` or `paint` (see README.md), and one
line in `KINDS`.
Must not import: torch, pandas, the engine's parts, pages.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from studio.problems.base import Problem
from studio.project.results import Results
from studio.recipe.schema import Recipe
from studio.ui.samples import image, mask, points, rating, row, text
from studio.ui.samples.base import PHOTOS, About, Decode, Paint, SampleKind

KINDS: dict[str, SampleKind] = {
    "image": image,
    "row": row,
    "text": text,
    "rating": rating,
    "mask": mask,
    "points": points,
}


def sample_kind(name: str) -> SampleKind:
    """The module that draws a kind of sample.

    Raises
    ------
    KeyError
        For a kind that no module draws.
    """
    return KINDS[name]


def kind_of(problem: Problem[Any] | None) -> SampleKind:
    """The module that draws a problem's items; photos while there is no problem."""
    return sample_kind(problem.sample if problem is not None else "image")


def about(kind: SampleKind) -> About:
    """How pages speak of items of a kind; as of photos where its module does not say."""
    found: About = getattr(kind, "ABOUT", PHOTOS)
    return found


def decoder(kind: SampleKind) -> Decode:
    """What reads a picture of this kind; that of photos for items that are words."""
    found: Decode = getattr(kind, "decode", image.decode)
    return found


def reader(
    kind: SampleKind, recipe: Recipe | None, root: Path | None, results: Results | None = None
) -> Decode:
    """What reads a picture of this kind in a project: with what the recipe says belongs to it (its mask).

    With `results`, where the kind shows them on the picture, with the model's answer as well.
    """
    answered = getattr(kind, "answered", None)
    if answered is not None and results is not None and root is not None:
        with_answers: Decode = answered(results, root)
        return with_answers
    made = getattr(kind, "reader", None)
    if made is None or recipe is None or root is None:
        return decoder(kind)
    found: Decode = made(recipe, root)
    return found


def painter(kind: SampleKind) -> Paint | None:
    """What draws an item's words on a tile; None for pictures."""
    found: Paint | None = getattr(kind, "paint", None)
    return found
