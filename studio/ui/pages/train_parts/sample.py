"""A run as it really looks, computed: losses that fall with noise, one-cycle rates, a validation each epoch.

For previews, pictures and tests only. Must not import: torch, numpy.
"""

from __future__ import annotations

from math import cos, exp, pi
from random import Random

from studio.engine import messages as m
from studio.problems import problem_named
from studio.project.live_run import LiveRun
from studio.recipe.schema import Data, Rate, Recipe, Stage, Training
from studio.ui.store import JobView, Store

STAGES = (
    Stage(freeze=True, epochs=3, size=224, lr=Rate(max=1e-2)),
    Stage(freeze=False, epochs=6, size=224, lr=Rate(min=1e-5, max=5e-4)),
)
CLASSES = ("ant", "bee")
KEYS = tuple(f"val/{CLASSES[n % 2]}s/{CLASSES[n % 2]}_{n:04d}.png" for n in range(8))
_HARD = (0.1, 0.3, 0.0, 0.6, 0.2, 1.0, 0.4, 0.05)
BATCHES = 38
BATCH_SIZE = 64


def fill(store: Store, batches: int = 302, done: m.RunStatus | None = None, run: int = 7) -> LiveRun:
    """Put a project's worth of sample values into `store`, with a run that has got as far as `batches`."""
    store.problem = problem_named("image_classification")
    store.recipe = Recipe(
        problem="image_classification",
        name="ants and bees",
        data=Data(root="photos"),
        training=Training(stages=STAGES),
    )
    store.scan = m.Scanned(
        n_train=BATCHES * BATCH_SIZE + 9, n_valid=611, samples=(),
        classes=(m.ClassCount("ant", 1224, 306), m.ClassCount("bee", 1217, 305)),
    )  # fmt: skip
    ticks = tuple(m.BatchTick(n, 1900 + 150 * n, n <= 64) for n in (16, 32, 64, 128))
    store.estimate = m.Estimated(
        free_mib=20_000, total_mib=24_564, device_name="RTX 4090",
        stages=(m.StageEstimate(0, 64, 5300, ticks, ""), m.StageEstimate(1, 64, 11_570, ticks, "")),
    )  # fmt: skip
    store.run = story(batches, done, run)
    if done is None:
        store.job = JobView(1, "Train", "Training", batches, store.run.total_batches, store.run.seconds_left)
    return store.run


def plan(stages: tuple[Stage, ...] = STAGES, batches: int = BATCHES) -> tuple[m.StagePlan, ...]:
    """The stages as the engine would announce them."""
    return tuple(
        m.StagePlan(i, s.freeze, s.epochs, s.size, BATCH_SIZE, batches, s.lr.min, s.lr.max)
        for i, s in enumerate(stages)
    )


def story(batches: int, done: m.RunStatus | None = None, number: int = 7, seed: int = 4) -> LiveRun:
    """A `LiveRun` after so many batches."""
    run = LiveRun(number)
    stages = plan()
    run.apply(
        m.RunStarted(
            run=number,
            stages=stages,
            metrics=("accuracy", "error_rate"),
            device="cuda:0",
            precision="fp16",
            n_valid=611,
            class_sizes={"ant": 1224, "bee": 1217},
        )
    )
    random, smooth, weight, step = Random(seed), 0.0, 0.0, 0
    for stage in stages:
        if step >= batches:
            break
        run.apply(m.StageStarted(run=number, stage=stage.index, step=step))
        for epoch in range(stage.epochs):
            for batch in range(stage.batches):
                if step >= batches:
                    break
                part = (epoch * stage.batches + batch) / (stage.epochs * stage.batches)
                loss = max(0.02, _mean(step) * (1 + random.gauss(0, 0.16)))
                smooth, weight = 0.96 * smooth + 0.04 * loss, 0.96 * weight + 0.04
                left = 0.21 * (sum(s.batches * s.epochs for s in stages) - step)
                run.apply(_batch(number, stage, epoch, step, loss, smooth / weight, part, left))
                step += 1
            if step >= (stage.index * stages[0].epochs + epoch + 1) * stage.batches:
                _end_epoch(run, stage, epoch, step, smooth / weight)
    if done is not None:
        run.apply(
            m.RunDone(
                run=number, status=done, metrics={"valid_loss": 0.2, "accuracy": 0.937}, seconds=0.24 * step
            )
        )
    return run


def _batch(
    number: int,
    stage: m.StagePlan,
    epoch: int,
    step: int,
    loss: float,
    smooth: float,
    part: float,
    left: float,
) -> m.Batches:
    return m.Batches(
        run=number,
        stage=stage.index,
        epoch=epoch,
        first=step,
        losses=(loss,),
        smooth=(smooth,),
        lrs=(_rate(part, stage.lr_max),),
        momentums=(_momentum(part),),
        items_per_second=412.0,
        seconds_left=left,
    )


def _mean(step: int) -> float:
    bump = 0.16 * exp(-(((step - 3 * BATCHES - 22) / 16.0) ** 2))
    return 0.17 + 1.15 * exp(-step / 42) + bump


def _end_epoch(run: LiveRun, stage: m.StagePlan, epoch: int, step: int, smooth: float) -> None:
    accuracy = 0.945 - 0.33 * exp(-step / 75)
    run.apply(
        m.EpochDone(
            run=run.run,
            stage=stage.index,
            epoch=epoch,
            step=step,
            train_loss=smooth,
            valid_loss=0.2 + 0.52 * exp(-step / 88),
            metrics={"accuracy": accuracy, "error_rate": 1 - accuracy},
            seconds=9.2 if stage.freeze else 14.6,
        )
    )
    run.apply(m.Checkpointed(run=run.run, step=step, seconds=0.3))
    run.apply(m.SamplesShown(run=run.run, stage=stage.index, epoch=epoch, step=step, samples=_answers(step)))


def _answers(step: int) -> tuple[m.SampleAnswer, ...]:
    """Answers that become surer and, but for one, right."""
    found = []
    for place, (key, hard) in enumerate(zip(KEYS, _HARD, strict=True)):
        target = CLASSES[place % 2]
        right = 0.5 + 0.49 * (1 - exp(-step / (40 + 130 * hard))) - 0.3 * hard * exp(-step / 90)
        right = min(0.99, right - (0.38 if hard == 1 else 0))
        predicted = target if right >= 0.5 else CLASSES[1 - place % 2]
        found.append(m.SampleAnswer(key, target, predicted, max(right, 1 - right), 1 - right))
    return tuple(found)


def _cosine(start: float, stop: float, part: float) -> float:
    return start + (1 - cos(pi * part)) / 2 * (stop - start)


def _rate(part: float, top: float) -> float:
    return (
        _cosine(top / 25, top, part / 0.25) if part < 0.25 else _cosine(top, top / 1e5, (part - 0.25) / 0.75)
    )


def _momentum(part: float) -> float:
    return _cosine(0.95, 0.85, part / 0.25) if part < 0.25 else _cosine(0.85, 0.95, (part - 0.25) / 0.75)
