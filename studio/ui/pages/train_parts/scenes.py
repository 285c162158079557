"""States of the Train page for pictures and tests, each put into a store that has the sample run.

Must not import: torch, numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import exp
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import Any, Final, cast

import msgspec

from studio.engine import messages as m
from studio.project import RunRecord
from studio.project.live_run import LiveRun
from studio.recipe.schema import Rate, Stage
from studio.ui.pages.train_parts import sample
from studio.ui.store import Store


def with_photos(store: Store) -> None:
    """A project whose photos are drawn into a temporary folder, so that the samples have pictures."""
    from studio.ui.pages.results_parts.sample import draw

    root = Path(mkdtemp(prefix="thaw-sample-"))
    for place, key in enumerate(sample.KEYS):
        path = root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        draw(place, 96, 72).save(str(path))
    folder = root / "ants and bees"
    store.project = cast(
        Any, SimpleNamespace(data_root=root, read_only=False, locked_by="", folder=folder, cache=folder)
    )


def waiting(store: Store) -> None:
    """Before the first run: a plan of three sizes."""
    assert store.recipe is not None
    stages = (
        Stage(freeze=True, epochs=3, size=64, lr=Rate(max=1e-2)),
        Stage(freeze=False, epochs=3, size=128, lr=Rate(min=1e-5, max=1e-3)),
        Stage(freeze=False, epochs=4, size=256, lr=Rate(min=1e-5, max=5e-4), schedule="flat_cosine"),
    )
    training = msgspec.structs.replace(store.recipe.training, stages=stages)
    store.recipe = msgspec.structs.replace(store.recipe, training=training)
    ticks = tuple(m.BatchTick(n, 900 + 90 * n, n <= 128) for n in (32, 64, 128))
    estimates = ((0, 128, 2900), (1, 64, 6100), (2, 32, 9800))
    store.estimate = m.Estimated(
        free_mib=20_000, total_mib=24_564, device_name="RTX 4090",
        stages=tuple(m.StageEstimate(i, batch, mib, ticks, "") for i, batch, mib in estimates),
    )  # fmt: skip
    store.run = store.live = store.job = None
    store.runs = []


def paused(store: Store) -> None:
    """Held within the second stage."""
    run = sample.fill(store, 160)
    run.state = "paused"
    store.live, store.follows_recipe = run, True
    if store.job is not None:
        store.job = replace(store.job, paused=True)


def checkpointing(store: Store) -> None:
    """Writing a checkpoint within the second stage."""
    run = sample.fill(store, 160)
    run.state = "checkpointing"
    store.live, store.follows_recipe = run, True


def editing(store: Store) -> None:
    """In its first stage; a third stage was added meanwhile."""
    run = sample.fill(store, 60)
    assert store.recipe is not None
    store.live, store.follows_recipe = run, True
    more = Stage(freeze=False, epochs=4, size=320, lr=Rate(min=5e-6, max=2e-4), schedule="flat_cosine")
    stages = (*store.recipe.training.stages, more)
    training = msgspec.structs.replace(store.recipe.training, stages=stages)
    store.recipe = msgspec.structs.replace(store.recipe, training=training)


def stopped_early(store: Store) -> None:
    """The second stage ended before its last epoch; the best epoch is marked."""
    run = sample.fill(store, 266)
    assert store.recipe is not None
    training = msgspec.structs.replace(store.recipe.training, keep_best=True, early_stopping=2)
    store.recipe = msgspec.structs.replace(store.recipe, training=training)
    run.epochs = [_worse(epoch, place) for place, epoch in enumerate(run.epochs)]
    run.apply(
        m.BestSoFar(
            run=7,
            stage=1,
            epoch=1,
            step=190,
            monitor="accuracy",
            value=run.epochs[4].metrics["accuracy"] or 0,
        )
    )
    run.apply(
        m.StoppedEarly(
            run=7,
            stage=1,
            epoch=3,
            step=266,
            monitor="accuracy",
            value=run.epochs[4].metrics["accuracy"] or 0,
            best_stage=1,
            best_epoch=1,
            patience=2,
        )
    )
    _end(store, run, "finished", model=m.ModelOf(1, 1, 190, "accuracy", run.best.value if run.best else None))


def over_fitting(store: Store) -> None:
    """A run that learns its items by heart."""
    run = sample.fill(store, 342)
    run.epochs = [_worse(epoch, place) for place, epoch in enumerate(run.epochs)]
    _end(store, run, "finished")


def _worse(epoch: m.EpochDone, place: int) -> m.EpochDone:
    accuracy = 0.93 - 0.25 * exp(-place / 1.2) - 0.018 * max(0, place - 4)
    loss = 0.26 + 0.4 * exp(-place / 1.5) + 0.05 * max(0, place - 4)
    return msgspec.structs.replace(
        epoch, valid_loss=loss, metrics={"accuracy": accuracy, "error_rate": 1 - accuracy}
    )


def finished(store: Store) -> None:
    """All stages done."""
    _end(store, sample.fill(store, 342), "finished")


def failed(store: Store) -> None:
    """The loss is no number any more."""
    run = sample.fill(store, 190)
    message = (
        "The loss became infinite or not a number at batch 190 (stage 2). The last good weights are kept."
    )
    store.run = run
    run.apply(
        m.Batches(run=7, stage=1, epoch=2, first=190, losses=(None,) * 6, smooth=(None,) * 6, lrs=(5e-4,) * 6,
                  momentums=(0.85,) * 6, items_per_second=400.0, seconds_left=None)
    )  # fmt: skip
    _end(store, run, "failed", message)


def _end(
    store: Store, run: LiveRun, status: m.RunStatus, message: str = "", model: m.ModelOf | None = None
) -> None:
    last = run.epochs[-1]
    run.apply(
        m.RunDone(
            run=run.run,
            status=status,
            metrics={"valid_loss": last.valid_loss, **last.metrics},
            seconds=sum(epoch.seconds for epoch in run.epochs),
            message=message,
            model=model,
        )
    )
    store.run = run
    store.live = store.job = None
    store.runs = [
        RunRecord(number=7, name="ants and bees", status=status, resumable=status == "failed", error=message)
    ]


def halved(store: Store) -> None:
    """Memory ran out in the second stage; it goes on with half the batch."""
    run = sample.fill(store, 250)
    run.apply(m.StageMemory(run=7, stage=0, floor_mib=900, peak_mib=5480))
    run.apply(m.Halved(run=7, stage=1, step=171, batch_size=32, accumulate=2))
    store.live = run


SCENES: Final[dict[str, Callable[[Store], None]]] = {
    "waiting": waiting,
    "paused": paused,
    "checkpointing": checkpointing,
    "editing": editing,
    "halved": halved,
    "stopped-early": stopped_early,
    "over-fitting": over_fitting,
    "finished": finished,
    "failed": failed,
}
