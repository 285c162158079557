"""Small generated photos with masks and recipes for the tests of segmentation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.recipe.schema import Data, Rate, Recipe, Split, Stage, Training

CLASSES = ("sky", "disc", "bar", "void")
COLOURS = np.array([(60, 120, 220), (220, 80, 60), (80, 200, 90), (128, 128, 128)], dtype=np.float64)
STAGES = (Stage(freeze=False, epochs=1, size=32, batch_size=4, lr=Rate(max=1e-3)),)


def scene(number: int, height: int = 40, width: int = 56) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A photo (height, width, 3) and its mask (height, width): a disc and a bar under a sky, a void edge."""
    generator = np.random.default_rng(number)
    y, x = np.mgrid[:height, :width]
    mask = np.zeros((height, width), dtype=np.uint8)
    middle = generator.integers(10, [height - 10, width - 10])
    mask[(y - middle[0]) ** 2 + (x - middle[1]) ** 2 < 64] = 1
    mask[height - 8 - number % 4 : height - 2] = 2
    mask[height - 2 :] = 3
    noisy = COLOURS[mask] + generator.normal(0, 12, (height, width, 3))
    return np.clip(noisy, 0, 255).astype(np.uint8), mask


def save_mask(path: Path, mask: NDArray[np.uint8], mode: str = "L") -> Path:
    """Save a mask as grey, or with a palette whose colours have nothing to do with its numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(mask)
    if mode == "P":
        image.putpalette([level for code in range(16) for level in (255 - 15 * code, 10 * code, 7 * code)])
    image.save(path)
    return path


def pairs(root: Path, count: int = 12, suffix: str = "", mode: str = "L", **size: int) -> Path:
    """`images/00.png` with `labels/00<suffix>.png`, and codes.txt."""
    (root / "images").mkdir(parents=True)
    for number in range(count):
        photo, mask = scene(number, **size)
        Image.fromarray(photo).save(root / "images" / f"{number:02d}.png")
        save_mask(root / "labels" / f"{number:02d}{suffix}.png", mask, mode)
    (root / "codes.txt").write_text("\n".join(CLASSES) + "\n", encoding="utf-8")
    return root


def recipe(
    root: Path,
    split: Split | None = None,
    skip: tuple[str, ...] = (),
    stages: tuple[Stage, ...] = STAGES,
    seed: int = 42,
    **options: Any,
) -> Recipe:
    """A segmentation recipe."""
    return Recipe(
        problem="segmentation",
        name="test",
        data=Data(root=str(root), split=split or Split(kind="random", valid_pct=0.25), skip=skip),
        training=Training(stages=stages),
        options={"arch": "resnet18", "weights": "none", "void": "void", **options},
        seed=seed,
    )
