"""Small generated photos and recipes for the tests of image classification."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from studio.recipe.schema import Data, Rate, Recipe, Split, Stage, Training

STAGES = (Stage(freeze=False, epochs=1, size=32, lr=Rate(max=1e-3)),)


def photo(path: Path, size: tuple[int, int] = (32, 32), **kwargs: Any) -> Path:
    """Save a small photo whose content follows from its path, so that no two are the same."""
    path.parent.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(zlib.crc32(str(path).encode()))
    pixels = generator.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path, **kwargs)
    return path


def photos(root: Path, counts: Mapping[str, int], suffix: str = ".png") -> Path:
    """Save `counts[folder]` photos in each folder."""
    for folder, n in counts.items():
        for number in range(n):
            photo(root / folder / f"{number:03d}{suffix}")
    return root


def table(root: Path, rows: Iterable[Iterable[str]], name: str = "labels.csv") -> Path:
    """Write a comma-separated table."""
    (root / name).write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    return root / name


def recipe(
    root: Path,
    split: Split | None = None,
    skip: tuple[str, ...] = (),
    stages: tuple[Stage, ...] = STAGES,
    seed: int = 42,
    **options: Any,
) -> Recipe:
    """An image classification recipe."""
    return Recipe(
        problem="image_classification",
        name="test",
        data=Data(root=str(root), split=split or Split(), skip=skip),
        training=Training(stages=stages),
        options={"arch": "squeezenet1_1", "weights": "none", **options},
        seed=seed,
    )
