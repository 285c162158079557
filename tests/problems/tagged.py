"""Small generated photos with tags, and recipes for the tests of multi-label classification."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from studio.recipe.schema import Data, Rate, Recipe, Split, Stage, Training
from tests.problems.pictures import table

STAGES = (Stage(freeze=False, epochs=1, size=32, lr=Rate(max=1e-3)),)
TAGS = ("bright", "red", "striped")


def photo(path: Path, tags: Iterable[str], seed: int, size: int = 40) -> None:
    """A photo on which the tags of `TAGS` can be seen."""
    dice = np.random.default_rng(seed)
    pixels = dice.normal(90, 20, (size, size, 3))
    if "bright" in tags:
        pixels += 90
    if "red" in tags:
        pixels[:, :, 0] += 70
        pixels[:, :, 1:] -= 40
    if "striped" in tags:
        pixels[::6] = 0
        pixels[1::6] = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(path)


def tagged_photos(root: Path, count: int = 24) -> Path:
    """Photos `p00.png` ... below `images`, and labels.csv that names them without ending; every eighth has no tag
    but “plain”."""
    rows = [("image", "tags")]
    for number in range(count):
        tags = [name for at, name in enumerate(TAGS) if number >> at & 1]
        photo(root / "images" / f"p{number:02d}.png", tags, number)
        rows.append((f"p{number:02d}", " ".join(tags) or "plain"))
    table(root, rows)
    return root


def written(root: Path, rows: Sequence[Sequence[str]], photos: Iterable[str] = "abcdef") -> Path:
    """A table of these rows, and a small photo for each name of `photos`."""
    for number, name in enumerate(photos):
        photo(root / f"{name}.png", (), number, 16)
    table(root, rows)
    return root


def recipe(
    root: Path,
    split: Split | None = None,
    skip: tuple[str, ...] = (),
    stages: tuple[Stage, ...] = STAGES,
    seed: int = 42,
    **options: Any,
) -> Recipe:
    """A multi-label recipe."""
    return Recipe(
        problem="multi_label",
        name="Tagged",
        data=Data(root=str(root), split=split or Split(), skip=skip),
        training=Training(stages=stages),
        options={"arch": "squeezenet1_1", "weights": "none", **options},
        seed=seed,
    )
