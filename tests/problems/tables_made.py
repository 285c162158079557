"""Tables made for the tests of rows: a class or a number that depends on categories, numbers and a date."""

from __future__ import annotations

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from studio.problems import problem_named
from studio.recipe.schema import Data, Rate, Recipe, Split, Stage, Training

COLUMNS = ("when", "colour", "size", "grade", "price", "kept")


def write_table(folder: Path, n_rows: int = 400, seed: int = 0, delimiter: str = ",") -> Path:
    """A table of dates, words, numbers with gaps, small whole numbers; `price` a number, `kept` yes or no."""
    folder.mkdir(parents=True, exist_ok=True)
    draw, path = random.Random(seed), folder / "sales.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter=delimiter)
        rows.writerow(COLUMNS)
        for at in range(n_rows):
            rows.writerow(_row(draw, at))
    return path


def _row(draw: random.Random, at: int) -> list[str]:
    when = datetime(2021, 1, 1, 8) + timedelta(hours=7 * at)
    colour, size, grade = draw.choice(["red", "green", "blue", ""]), draw.gauss(5, 2), draw.randint(1, 4)
    price = 100_000 + 20_000 * size + 30_000 * grade + {"red": 40_000}.get(colour, 0) + draw.gauss(0, 5_000)
    written = "" if draw.random() < 0.1 else f"{size:.4f}"
    return [
        f"{when:%Y-%m-%d %H:%M:%S}",
        colour,
        written,
        str(grade),
        f"{price:.2f}",
        "yes" if price > 280_000 else "no",
    ]


def recipe(root: Path, epochs: int = 3, split: Split | None = None, **options: Any) -> Recipe:
    """A recipe of one stage at batches of 32."""
    stage = Stage(freeze=False, epochs=epochs, lr=Rate(max=1e-2), batch_size=32)
    return Recipe(
        problem="tabular",
        name="sales",
        data=Data(root=str(root), split=split or Split(kind="random")),
        training=Training(stages=(stage,)),
        options={"layers": "32,16", **options},
    )


def collected(given: Recipe, root: Path) -> Any:
    """The dataset of a recipe."""
    return problem_named("tabular").part("items").collect(given, root)
