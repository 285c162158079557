"""One small made project of every problem type: seconds of training, batches that do not divide the items evenly.

`MADE` names them all, image regression twice (with numbers, with key points); `project(name, folder)` writes the data
and makes the project. Used where something must hold for every type: resume, the finder, the crash matrix.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from PIL import Image

from studio.project import Project
from studio.recipe.schema import Data, Rate, Recipe, Split, Stage, Training
from tests.problems import masks_made, pictures, ratings_made, spots_made, tables_made, tagged


@dataclass(frozen=True)
class Made:
    """How the data of a type is written, its recipe, and the size of its batches and pictures."""

    write: Callable[[Path], object]
    recipe: Callable[[Path], Recipe]
    batch_size: int
    size: int | None = None
    parts: tuple[str, str] = ("", "")


def _classes(root: Path) -> object:
    """The same photos wherever they lie: runs on two copies of a folder are compared bit for bit."""
    draw = np.random.default_rng(1)
    for name in ("cat", "dog"):
        (root / name).mkdir(parents=True)
        for number in range(12):
            pixels = draw.integers(0, 256, (32, 32, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(root / name / f"{number:03d}.png")
    return root


def _stratified(root: Path) -> Recipe:
    return pictures.recipe(root, Split(kind="stratified"))


def _texts(root: Path) -> object:
    draw, rows = random.Random(5), [("text", "label")]
    for at in range(48):
        mood = ("good", "bad")[at % 2]
        words = [
            draw.choice((mood, "film", "plot", "actor", "scene", f"w{draw.randint(0, 9)}")) for _ in range(20)
        ]
        rows.append((" ".join(words[: draw.randint(8, 20)]), mood))
    return pictures.table(root, rows, "texts.csv")


def _reviews(root: Path) -> Recipe:
    return Recipe(
        problem="text",
        name="reviews",
        data=Data(root=str(root), split=Split(kind="stratified")),
        training=Training(stages=(Stage(freeze=False, epochs=1, lr=Rate(max=1e-2)),)),
        options={"table": "texts.csv", "weights": "none", "min_freq": 1, "seq_len": 16},
    )


MADE: dict[str, Made] = {
    "image_classification": Made(_classes, _stratified, 6, 32),
    "multi_label": Made(tagged.tagged_photos, lambda root: tagged.recipe(root), 6, 32),
    "segmentation": Made(masks_made.pairs, lambda root: masks_made.recipe(root, Split(kind="random")), 4, 32),
    "tabular": Made(
        lambda root: tables_made.write_table(root, 150),
        lambda root: tables_made.recipe(root, target="kept"),
        32,
    ),
    "image_regression": Made(
        lambda root: spots_made.cells(root, 24), lambda root: spots_made.recipe(root, "counts.csv"), 5, 32
    ),
    "key_points": Made(
        lambda root: spots_made.animals(root, 24, missing=(3, 7, 11)),
        lambda root: spots_made.recipe(root),
        5,
        32,
    ),
    "text": Made(_texts, _reviews, 7, parts=("language_model", "classifier")),
    "collab": Made(ratings_made.write_ratings, lambda root: ratings_made.recipe(root), 300),
}


def stages(made: Made, schedule: Any = "one_cycle") -> tuple[Stage, ...]:
    """One epoch frozen (a language model is not, from scratch), two thawed."""
    first, second = made.parts
    common: dict[str, Any] = {"batch_size": made.batch_size, "size": made.size, "schedule": schedule}
    return (
        Stage(part=first, freeze=not first, epochs=1, lr=Rate(max=1e-3), **common),
        Stage(part=second, freeze=False, epochs=2, lr=Rate(min=1e-5, max=1e-3), **common),
    )


def project(name: str, folder: Path, **training: Any) -> Project:
    """Write a type's data to `folder`/data and make a project of it; `training` changes fields of that table."""
    root = folder / "data"
    root.mkdir(parents=True)
    return Project.create(folder / f"{name}.thaw", recipe(name, root, **training))


def recipe(name: str, root: Path, **training: Any) -> Recipe:
    """Write a type's data into `root` and return its recipe of two stages, fields of its training changed."""
    made = MADE[name]
    made.write(root)
    given = made.recipe(root)
    plan = msgspec.structs.replace(given.training, **{"stages": stages(made), **training})
    return msgspec.structs.replace(given, training=plan)


MAKERS: dict[str, Callable[[Path], Recipe]] = {name: partial(recipe, name) for name in MADE}
