"""Sample runs for the preview, the pictures and the tests: three that were trained, one that was cut off.

Must not import torch or numpy.
"""

from __future__ import annotations

import math

from studio.engine import messages as m
from studio.problems import PROBLEMS
from studio.project import RunRecord
from studio.project.differences import plan_words
from studio.project.live_run import LiveRun
from studio.recipe.schema import Data, Rate, Recipe, Stage, Training
from studio.ui.store import RunStory, Store

_NOTES = {1: "as proposed", 2: "stronger augmentation", 3: "after cleaning 14 photos"}
_ARCH = {1: "resnet18", 2: "resnet34", 3: "resnet34", 4: "resnet50"}
_BEST = {1: 0.921, 2: 0.941, 3: 0.967}


def records() -> list[RunRecord]:
    """Records as the project keeps them."""
    made = [
        RunRecord(
            number=n,
            name="ants and bees",
            started=f"2026-03-{10 + n}T1{n}:03:00+01:00",
            status="finished",
            seconds=212.0 + 61 * n,
            metrics={"valid_loss": 0.31 - 0.055 * n, "accuracy": best},
            score=best,
            device="NVIDIA RTX 4090",
            note=_NOTES[n],
            star=n == 3,
        )
        for n, best in _BEST.items()
    ]
    cut = RunRecord(
        number=4, name="ants and bees", started="2026-03-14T15:20:00+01:00", status="interrupted", seconds=95.0,
        metrics={"valid_loss": 0.402, "accuracy": 0.897}, score=0.897, device="NVIDIA RTX 4090", resumable=True,
        error="The engine stopped: killed by signal 9.",
    )  # fmt: skip
    return [*made, cut]


def story(number: int, epochs: int = 7) -> RunStory:
    """Curves and recipe of a sample run."""
    run = LiveRun(number, metrics=("accuracy",))
    best, rate = _BEST.get(number, 0.897), 0.35 + 0.12 * number
    for epoch in range(1, epochs + 1):
        fade = math.exp(-rate * epoch)
        loss = 0.31 - 0.055 * number + 0.8 * fade
        accuracy = best - 0.35 * fade + 0.004 * math.sin(3 * epoch + number)
        run.epochs.append(
            m.EpochDone(
                run=number, stage=int(epoch > 3), epoch=epoch, step=epoch * 31, train_loss=loss * 0.9, valid_loss=loss,
                metrics={"accuracy": accuracy}, seconds=30.0,
            )
        )  # fmt: skip
    run.apply(m.RunDone(run=number, status="finished", metrics={}, seconds=212.0))
    return RunStory(run, _recipe(number), 14 if number == 3 else 0)


def spark(number: int) -> tuple[float, ...]:
    """The small curve of a sample run."""
    return tuple(epoch.valid_loss for epoch in story(number).run.epochs if epoch.valid_loss is not None)


def _recipe(number: int) -> Recipe:
    stages = (
        Stage(freeze=True, epochs=3, size=224, lr=Rate(max=5e-3)),
        Stage(freeze=False, epochs=4, size=224, lr=Rate(min=1e-5, max=5e-4 if number == 1 else 2e-4)),
    )
    options = {"arch": _ARCH[number], "augment": "standard" if number == 1 else "strong"}
    return Recipe(
        problem="image_classification",
        name="ants and bees",
        data=Data(root="../hymenoptera"),
        training=Training(stages=stages, weight_decay=0.01 if number < 3 else 0.05),
        options=options,
    )


def fill_sample(store: Store) -> None:
    """Four runs, the last two finished ones compared."""
    store.problem, store.recipe = PROBLEMS[0], _recipe(3)
    store.runs = records()
    store.plans = {run.number: plan_words(_recipe(run.number)) for run in store.runs}
    store.sparks = {run.number: spark(run.number) for run in store.runs}
    store.compared = {2: story(2), 3: story(3)}
