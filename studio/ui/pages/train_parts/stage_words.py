"""What the blocks of the time line say: from the recipe, the live run and the predicted memory. No widgets.

Times come from what this machine has measured (the epochs of the run that is shown), never from a guess:
where nothing was measured yet, the block says so by staying silent.
"""

from __future__ import annotations

from dataclasses import dataclass

from studio.engine import messages as m
from studio.project.differences import SCHEDULES
from studio.project.live_run import LiveRun
from studio.recipe.schema import Rate, Recipe, Stage
from studio.ui.widgets.stage_block import StageView
from studio.ui.widgets.words import duration, gigabytes, plural, rate


@dataclass(frozen=True)
class Measured:
    """What a stage has measured: seconds of one batch of `batch_size` items of `size` pixels."""

    seconds: float
    size: int | None
    batch_size: int
    freeze: bool

    def seconds_at(self, size: int | None, batch_size: int) -> float:
        """Seconds of a batch of another size: time grows with the pixels that go through the network."""
        pixels = 1.0 if not self.size or not size else (size / self.size) ** 2
        return self.seconds * pixels * batch_size / max(1, self.batch_size)


def measured(run: LiveRun | None) -> tuple[Measured, ...]:
    """One entry per stage that has a finished epoch."""
    if run is None:
        return ()
    found = []
    for plan in run.plan:
        times = [e.seconds for e in run.epochs if e.stage == plan.index]
        if times and plan.batches:
            mean = sum(times) / len(times) / plan.batches
            found.append(Measured(mean, plan.size, plan.batch_size, plan.freeze))
    return tuple(found)


def batch_size_of(stage: Stage, index: int, estimate: m.Estimated | None) -> int | None:
    """The batch size that a stage will have; None where the gauge has not chosen yet."""
    if stage.batch_size != "auto":
        return int(stage.batch_size)
    found = [s.chosen for s in estimate.stages if s.stage == index] if estimate is not None else []
    return found[0] if found else None


def stage_seconds(
    stage: Stage, batch_size: int | None, items: int, seen: tuple[Measured, ...]
) -> float | None:
    """Seconds that a stage will probably take; None where nothing was measured."""
    if not seen or batch_size is None or not items:
        return None
    like = next((entry for entry in seen if entry.freeze == stage.freeze), seen[-1])
    batches = max(1, items // batch_size)
    return like.seconds_at(stage.size, batch_size) * batches * stage.epochs


def total_seconds(
    recipe: Recipe, estimate: m.Estimated | None, items: int, run: LiveRun | None
) -> float | None:
    """Seconds that all stages will probably take together."""
    seen = measured(run)
    parts = [
        stage_seconds(s, batch_size_of(s, i, estimate), items, seen)
        for i, s in enumerate(recipe.training.stages)
    ]
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def title(freeze: bool, epochs: int, freeze_to: int | None = None, part: str = "") -> str:
    """``Frozen, 3 epochs``; ``Last 2 groups, 1 epoch`` where some layers are thawed."""
    layers = f"Last {-freeze_to} groups" if freeze and freeze_to else "Frozen" if freeze else "Thawed"
    network = f" · {part.replace('_', ' ')}" if part else ""
    return f"{layers}, {plural(epochs, 'epoch')}{network}"


def settings(size: int | None, batch: int | str | None, lr: Rate, schedule: str = "one_cycle") -> str:
    """``224 px · batch 64 · slice(1e-5, 5e-4)``, and the schedule where it is not one-cycle."""
    low = f"{rate(lr.min)}, " if lr.min is not None else ""
    parts = [f"{size} px" if size else "", f"batch {batch}" if batch else "", f"slice({low}{rate(lr.max)})"]
    parts.append("" if schedule == "one_cycle" else SCHEDULES[schedule])
    return " · ".join(part for part in parts if part)


def recipe_views(
    recipe: Recipe, estimate: m.Estimated | None, items: int, run: LiveRun | None
) -> tuple[StageView, ...]:
    """The stages as they will be trained."""
    seen = measured(run)
    views = []
    for index, stage in enumerate(recipe.training.stages):
        batch = batch_size_of(stage, index, estimate)
        seconds = stage_seconds(stage, batch, items, seen)
        said = settings(
            stage.size,
            batch or ("automatic" if stage.batch_size == "auto" else None),
            stage.lr,
            stage.schedule,
        )
        lines = (said, _expected(seconds, _memory(index, batch, estimate)))
        weight = seconds if seconds else float(stage.epochs)
        views.append(
            StageView(
                title(stage.freeze, stage.epochs, stage.freeze_to, stage.part),
                stage.freeze,
                lines,
                weight,
                None,
                _too_large(index, batch, estimate),
            )
        )
    return tuple(views)


def run_views(run: LiveRun, estimate: m.Estimated | None) -> tuple[StageView, ...]:
    """The stages of a run: done, under way, or still to come."""
    expected = _expected_times(run)
    reached = run.steps[-1] + 1 if run.steps else 0
    views = []
    for place, (plan, (start, stop)) in enumerate(zip(run.plan, run.spans(), strict=True)):
        batches = stop - start
        part = max(0.0, min(1.0, (reached - start) / batches)) if batches else 0.0
        later = sum(expected[place + 1 :])
        words = _progress_words(run, plan, part, expected[place], later, _peak(run, plan, estimate))
        lines = (
            settings(plan.size, plan.batch_size, Rate(max=plan.lr_max, min=plan.lr_min), plan.schedule),
            words,
        )
        weight = expected[place] or batches
        begun = plan.index in run.stage_steps or part > 0
        name = title(plan.freeze, plan.epochs, plan.freeze_to, plan.part)
        views.append(StageView(name, plan.freeze, lines, weight, part if begun else None, locked=begun))
    return tuple(views)


def live_views(
    run: LiveRun, recipe: Recipe, estimate: m.Estimated | None, items: int, timed: LiveRun | None
) -> tuple[StageView, ...]:
    """The stages that have begun as they are run, those to come as the recipe has them now."""
    begun = [view for view in run_views(run, estimate) if view.locked]
    return (*begun, *recipe_views(recipe, estimate, items, timed)[len(begun) :])


def _expected_times(run: LiveRun) -> list[float]:
    """Seconds of each stage by what was measured; 0 where nothing was."""
    seen, times = measured(run), []
    for plan in run.plan:
        stage = Stage(freeze=plan.freeze, epochs=plan.epochs, lr=Rate(max=plan.lr_max), size=plan.size)
        times.append(stage_seconds(stage, plan.batch_size, plan.batches * plan.batch_size, seen) or 0.0)
    return times


def _progress_words(
    run: LiveRun, plan: m.StagePlan, part: float, expected: float, later: float, memory: str
) -> str:
    taken = sum(e.seconds for e in run.epochs if e.stage == plan.index)
    if part >= 1.0:
        done = f"done in {duration(taken)}" if taken else "done"
        return f"{done} · {memory}" if memory.startswith("peak") else done
    if part == 0.0 and run.stage != plan.index:
        return _expected(expected, memory)
    epoch = min(plan.epochs, 1 + sum(1 for e in run.epochs if e.stage == plan.index))
    seconds = run.seconds_left - later if run.seconds_left is not None else expected * (1 - part)
    left = f"{duration(seconds)} left" if seconds > 0 and run.active else ""
    return " · ".join(word for word in (f"epoch {epoch} of {plan.epochs}", left, memory) if word)


def _expected(seconds: float | None, memory: str) -> str:
    return " · ".join(word for word in (f"about {duration(seconds)}" if seconds else "", memory) if word)


def _memory(index: int, batch: int | None, estimate: m.Estimated | None) -> str:
    """Predicted memory of a stage at its batch size."""
    stage = _estimate_of(index, estimate)
    if stage is None or batch is None:
        return ""
    mib = (
        stage.memory_mib
        if batch == stage.chosen
        else next((t.memory_mib for t in stage.ticks if t.batch_size == batch), 0.0)
    )
    return f"{gigabytes(mib)} GB" if mib else ""


def _peak(run: LiveRun, plan: m.StagePlan, estimate: m.Estimated | None) -> str:
    """What the stage really took at its highest, once it has ended; predicted before."""
    real = run.memory.get(plan.index)
    return (
        f"peak {gigabytes(real.peak_mib)} GB"
        if real is not None
        else _memory(plan.index, plan.batch_size, estimate)
    )


def _too_large(index: int, batch: int | None, estimate: m.Estimated | None) -> str:
    stage = _estimate_of(index, estimate)
    tick = next((t for t in stage.ticks if t.batch_size == batch), None) if stage is not None else None
    if tick is None or tick.fits:
        return ""
    return f"A batch of {batch} needs about {gigabytes(tick.memory_mib)} GB, more than is free: choose less."


def _estimate_of(index: int, estimate: m.Estimated | None) -> m.StageEstimate | None:
    return next((s for s in estimate.stages if s.stage == index), None) if estimate is not None else None
