"""Small generated photos in class folders, and plain fastai learners on them, for the tests of exports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from studio.engine.messages import Event, RunDone, RunStarted, StagePlan
from studio.problems.base import Dataset, Item
from studio.recipe.schema import Data, Rate, Recipe, Split, Stage, Training

SIZE = 32
COLOURS = {"blue": (40, 60, 200), "green": (40, 190, 70), "red": (210, 50, 40)}


def write_photos(root: Path, per_class: int = 8) -> None:
    """Noisy photos of one colour a class, of differing sizes, below `root`/<class>."""
    random = np.random.default_rng(0)
    for name, colour in COLOURS.items():
        (root / name).mkdir(parents=True)
        for i in range(per_class):
            height, width = random.integers(SIZE, 2 * SIZE, 2)
            noise = random.normal(0, 60, (height, width, 3))
            photo = np.clip(np.array(colour) + noise, 0, 255).astype(np.uint8)
            Image.fromarray(photo).save(root / name / f"{i:02d}.png")


def dataset_of(root: Path) -> Dataset:
    """Every fourth photo validates."""
    keys = sorted(p.relative_to(root).as_posix() for p in root.rglob("*.png"))
    items = tuple(Item(key, key.split("/")[0], i % 4 == 0) for i, key in enumerate(keys))
    return Dataset(items, tuple(COLOURS))


def recipe_of(root: Path, **options: Any) -> Recipe:
    """A recipe over `root` with two short stages."""
    return Recipe(
        problem="image_classification",
        name="Three colours",
        data=Data(root=str(root), split=Split(kind="stratified", valid_pct=0.25)),
        options={"arch": "resnet18", "weights": "none", **options},
        training=Training(
            stages=(
                Stage(freeze=True, epochs=1, size=SIZE, batch_size=4, lr=Rate(max=2e-3)),
                Stage(freeze=False, epochs=1, size=SIZE, batch_size=4, lr=Rate(min=1e-4, max=1e-3)),
            ),
            exact=True,
        ),
        seed=7,
    )


class FinishedRun:
    """A run's folder as exports see it."""

    def __init__(self, path: Path, recipe: Recipe, number: int = 3) -> None:
        self.path = path
        self.number = number
        self._recipe = recipe

    def events(self) -> Iterator[Event]:
        """A run that ended well."""
        stages = self._recipe.training.stages
        plans = tuple(
            StagePlan(i, s.freeze, s.epochs, s.size, int(s.batch_size), 4, s.lr.min, s.lr.max)
            for i, s in enumerate(stages)
        )
        yield RunStarted(run=self.number, stages=plans, metrics=("accuracy",), device="cpu", precision="fp32")
        yield RunDone(
            run=self.number, status="finished", metrics={"valid_loss": 0.5, "accuracy": 0.75}, seconds=1.0
        )


def learner_of(root: Path, dataset: Dataset, path: Path, method: str = "crop") -> Any:
    """The studio's own loaders with a small untrained network."""
    import torch
    from fastai.vision.all import CrossEntropyLossFlat, Learner, accuracy, nn

    from studio.problems.image_classification import data

    recipe = recipe_of(root, resize=method)
    dls = data.dataloaders(dataset, recipe, recipe.training.stages[-1], 4, root)
    torch.manual_seed(1)
    net = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
        nn.Dropout(0.5), nn.Linear(8, len(dataset.classes)),
    )  # fmt: skip
    return Learner(dls, net, loss_func=CrossEntropyLossFlat(), metrics=accuracy, path=path, model_dir=path)


@dataclass(frozen=True)
class Trained:
    """Everything that an export is given."""

    root: Path
    dataset: Dataset
    recipe: Recipe
    run: FinishedRun
    learner: Any

    def write(self, module: Any, folder: Path) -> Any:
        """Export with a format's module."""
        return module.write(self.learner, self.dataset, self.recipe, self.run, folder, lambda *_: None)
