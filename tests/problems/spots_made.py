"""Small made photos with coloured spots, their tables and recipes, for the tests of numbers and key points."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from studio.recipe.schema import Data, Rate, Recipe, Split, Stage, Training

WIDTH, HEIGHT = 64, 48
POINTS = ("nose", "tail")
COLOURS = ((250, 30, 30), (30, 250, 30))
STAGES = (Stage(freeze=False, epochs=1, size=32, batch_size=4, lr=Rate(max=1e-3)),)


def spot(pixels: np.ndarray, x: float, y: float, colour: Sequence[int], radius: float = 4.0) -> None:
    """Paint a disc whose middle is at x, y, in pixels from the upper left corner of the photo."""
    rows, columns = np.mgrid[: pixels.shape[0], : pixels.shape[1]] + 0.5
    pixels[(columns - x) ** 2 + (rows - y) ** 2 <= radius**2] = colour


def animal(
    path: Path, number: int, width: int = WIDTH, height: int = HEIGHT, **save: Any
) -> list[list[float]]:
    """A photo with a nose and a tail, and where they are."""
    generator = np.random.default_rng(number)
    pixels = np.full((height, width, 3), 60, dtype=np.uint8)
    places = generator.uniform([8, 8], [width - 8, height - 8], (2, 2)).round(1).tolist()
    for place, colour in zip(places, COLOURS, strict=True):
        spot(pixels, *place, colour)
    Image.fromarray(pixels).save(path, **save)
    return places


def animals(root: Path, count: int = 12, missing: Sequence[int] = (3,)) -> Path:
    """`images/00.png` and `points.csv` with nose_x, nose_y, tail_x, tail_y; some tails are missing."""
    (root / "images").mkdir(parents=True)
    rows = []
    for number in range(count):
        nose, tail = animal(root / "images" / f"{number:02d}.png", number)
        rows.append([f"{number:02d}.png", *nose, *(["", ""] if number in missing else tail)])
    header = ["image", *(f"{name}_{axis}" for name in POINTS for axis in "xy")]
    return written(root / "points.csv", [header, *rows])


def deeplabcut(root: Path, count: int = 6, video: str = "film1") -> Path:
    """The same in DeepLabCut's table, whose photos lie in another folder here; one more row has no photo."""
    (root / "images").mkdir(parents=True)
    rows = []
    for number in range(count):
        nose, tail = animal(root / "images" / f"img{number:04d}.png", number)
        rows.append([f"labeled-data/{video}/img{number:04d}.png", *nose, *tail])
    rows.append([f"labeled-data/{video}/img9999.png", "1", "2", "3", "4"])
    headers = [
        ["scorer", *["somebody"] * 4],
        ["bodyparts", "nose", "nose", "tail", "tail"],
        ["coords", *"xyxy"],
    ]
    return written(root / "CollectedData.csv", [*headers, *rows])


def cells(root: Path, count: int = 12) -> Path:
    """`images/00.png` with discs, and `counts.csv` with their number and mean brightness."""
    (root / "images").mkdir(parents=True)
    rows: list[list[Any]] = [["photo", "discs", "bright"]]
    for number in range(count):
        generator = np.random.default_rng(number)
        n_discs, level = int(generator.integers(0, 6)), int(generator.integers(40, 200))
        pixels = np.full((HEIGHT, WIDTH, 3), level, dtype=np.uint8)
        for x, y in generator.uniform([6, 6], [WIDTH - 6, HEIGHT - 6], (n_discs, 2)):
            spot(pixels, x, y, (255, 255, 255), 3.0)
        Image.fromarray(pixels).save(root / "images" / f"{number:02d}.png")
        rows.append([f"{number:02d}", n_discs, 1000.0 * level])
    return written(root / "counts.csv", rows)


def written(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    """Write a table; its folder."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path.parent


def recipe(
    root: Path,
    table: str = "points.csv",
    split: Split | None = None,
    stages: tuple[Stage, ...] = STAGES,
    **options: Any,
) -> Recipe:
    """A recipe from scratch on a small network."""
    given = {"table": table, "arch": "squeezenet1_1", "weights": "none", **options}
    return Recipe(
        problem="image_regression",
        name="spots",
        data=Data(root=str(root), split=split or Split(kind="random", valid_pct=0.25)),
        training=Training(stages=stages),
        options=given,
    )
