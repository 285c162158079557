"""Reviews made of a few words, so that a small network learns them in seconds."""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random
from typing import Any

from studio.problems.text import PROBLEM
from studio.recipe.schema import Data, Rate, Recipe, Split, SplitKind, Stage, Training

GOOD = ("great", "lovely", "fine", "warm", "funny")
BAD = ("dull", "awful", "cold", "slow", "weak")
PLAIN = ("the", "film", "was", "and", "story", "actors", "music", "it", "a", "very")


def review(is_good: bool, random: Random) -> str:
    words = [random.choice(PLAIN) for _ in range(random.randint(8, 24))]
    for _ in range(4):
        words.insert(random.randrange(len(words)), random.choice(GOOD if is_good else BAD))
    return f"{' '.join(words).capitalize()}.<br />See it!"


def write_texts(folder: Path, count: int = 80, unlabelled: int = 0) -> Path:
    random = Random(3)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "reviews.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("label", "text"))
        for at in range(count):
            rows.writerow(("good" if at % 2 else "bad", review(bool(at % 2), random)))
        for _ in range(unlabelled):
            rows.writerow(("", review(True, random)))
    return folder


STAGES = (
    Stage(part="language_model", freeze=False, epochs=2, batch_size=4, lr=Rate(max=1e-2, min=1e-2)),
    Stage(part="classifier", freeze=True, epochs=1, batch_size=8, lr=Rate(max=2e-2)),
    Stage(part="classifier", freeze=True, freeze_to=-2, epochs=1, batch_size=8, lr=Rate(max=1e-2, min=1e-2)),
    Stage(part="classifier", freeze=False, epochs=4, batch_size=8, lr=Rate(max=1e-2, min=1e-2)),
)


def recipe(root: Path, stages: tuple[Stage, ...] = STAGES, **options: Any) -> Recipe:
    values = {"min_freq": 1, "seq_len": 16, "most_tokens": 30, **options}
    kind: SplitKind = "stratified" if "task" not in options else "random"
    PROBLEM.options_of(given := Recipe(
        problem="text",
        name="Reviews",
        data=Data(root=str(root), split=Split(kind=kind, valid_pct=0.25)),
        options=values,
        training=Training(stages=stages),
        seed=5,
    ))  # fmt: skip
    return given
