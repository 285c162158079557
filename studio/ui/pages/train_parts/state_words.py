"""What the Train page says about the state of a run, in sentences. No widgets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.project import RunRecord
from studio.project.live_run import LiveRun
from studio.project.scores import metric_title, score_words
from studio.recipe.schema import Recipe, Stage
from studio.ui.pages.train_parts.stage_words import total_seconds
from studio.ui.store import Store
from studio.ui.widgets.words import duration, plural

Severity = Literal["error", "warning", "info", "good"]


@dataclass(frozen=True)
class Banner:
    """A card above the charts: its words, the button with what it asks for, and another, lesser one."""

    severity: Severity
    title: str
    sentence: str
    button: str = ""
    intention: str = ""
    also: str = ""
    also_intention: str = ""


def subtitle(run: LiveRun | None) -> str:
    """``412 items/s · epoch 7 of 9 · 3:12 left``."""
    if run is None:
        return ""
    total = sum(s.epochs for s in run.plan)
    if not run.active:
        return f"run {run.run} · {plural(len(run.epochs), 'epoch')} in {duration(_seconds(run))}"
    epoch = min(total, len(run.epochs) + 1)
    speed = (
        f"{run.items_per_second:,.0f} items/s"
        if run.items_per_second >= 10
        else f"{run.items_per_second:.1f} items/s"
    )
    parts = [
        f"run {run.run}",
        speed if run.items_per_second else "",
        f"epoch {epoch} of {total}" if total else "",
    ]
    left = f"{duration(run.seconds_left)} left" if run.seconds_left is not None else ""
    return " · ".join(p for p in (*parts, left) if p)


def resumable(store: Store) -> RunRecord | None:
    """The newest run, where it was cut off and can go on."""
    last = store.runs[-1] if store.runs else None
    if last is None or store.read_only or store.busy or not last.resumable:
        return None
    return last if last.status in ("interrupted", "failed", "paused") else None


def banner(store: Store) -> Banner | None:
    """The most urgent thing to say, or nothing."""
    if store.read_only and store.project is not None:
        return Banner(
            "info",
            "Read only",
            store.project.locked_by or "This project cannot be written; you can look at its runs.",
        )
    if store.engine_state == "died" and not store.busy:
        return Banner(
            "error",
            "The engine stopped",
            store.engine_words or "It went away without a word.",
            "Start it again",
            "restart",
        )
    return _of_run(store.run, store.runs, resumable(store))


def _of_run(run: LiveRun | None, runs: list[RunRecord], cut: RunRecord | None) -> Banner | None:
    if run is not None and run.active:
        return _active(run)
    record = next((r for r in runs if run is not None and r.number == run.run), None)
    why = (run.done.message if run is not None and run.done is not None else "") or (
        record.error if record else ""
    )
    if run is not None and run.state == "failed":
        back = cut is not None and cut.number == run.run
        return Banner(
            "error",
            f"Run {run.run} failed",
            why or "The engine did not say why.",
            "Train again" if back else "",
            "train" if back else "",
        )
    if cut is not None:
        return Banner(
            "warning", f"Run {cut.number} was interrupted",
            "Nothing before its last checkpoint is lost. Resume it, or train anew as another run."
            + (" Edits of stages that have not begun are for it too." if cut.follows else ""),
            "Train anew", "train",
        )  # fmt: skip
    if run is not None and run.state == "stopped":
        return Banner("info", f"Run {run.run} was stopped", "Its model was kept as it stood and can be used.")
    return _early(run) if run is not None and run.early else None


def _early(run: LiveRun) -> Banner:
    """A run that ended before its last epoch, as it was told to; and whose weights it has."""
    event = run.early[-1]
    ends = [(epoch.stage, epoch.epoch) for epoch in run.epochs]
    best = (event.best_stage, event.best_epoch)
    where = f"epoch {ends.index(best) + 1}" if best in ends else "its best epoch"
    name, score = metric_title(event.monitor), score_words(event.monitor, event.value)
    is_kept = run.done is not None and run.done.model is not None and bool(run.done.model.best_by)
    kept = (
        f" Its model has the weights of {where}."
        if is_kept
        else " Its model has the weights of the last epoch."
    )
    sentence = f"No better {name} in {plural(event.patience, 'epoch')} after {where} ({score}).{kept}"
    return Banner("info", f"Run {run.run} stopped early", sentence)


def _active(run: LiveRun) -> Banner | None:
    done = f"batch {run.steps[-1] + 1:,}" if run.steps else "the start"
    if run.state == "paused":
        return Banner(
            "warning",
            "Paused",
            f"Run {run.run} waits after {done}; its memory stays in use.",
            "Continue",
            "continue",
            "Free its memory",
            "free",
        )
    return None


def plan_steps(
    recipe: Recipe, store: Store, timed: LiveRun | None = None
) -> tuple[tuple[str, str, str, str], ...]:
    """What the next run will do: icon, colour, title and sentence of each step, time and safety last."""
    items = store.scan.n_train if store.scan is not None else 0
    shown = f"{plural(items, 'training item')} each time. " if items else ""
    steps = [_stage_step(stage, shown) for stage in recipe.training.stages]
    seconds = total_seconds(recipe, store.estimate, items, timed or store.run)
    if seconds is not None:
        steps.append(
            (
                "gauge",
                "dim",
                f"About {duration(seconds)}",
                "By what the last run has measured on this machine.",
            )
        )
    else:
        steps.append(
            (
                "gauge",
                "dim",
                "How long?",
                "That shows after the first batches: nothing was measured on this machine yet.",
            )
        )
    steps.append(
        (
            "pause",
            "dim",
            "Nothing is lost",
            "Pause, or stop and keep what was learnt, at any time. A checkpoint follows every epoch.",
        )
    )
    return tuple(steps)


def _stage_step(stage: Stage, shown: str) -> tuple[str, str, str, str]:
    title = plural(stage.epochs, "epoch")
    if stage.freeze:
        return (
            "snowflake",
            "ice_text",
            f"{title} frozen",
            f"{shown}Only the new last layers learn; the others keep what they know.",
        )
    return (
        "flame",
        "ember_text",
        f"{title} thawed",
        f"{shown}All layers learn, the first ones at a lower rate than the last.",
    )


def _seconds(run: LiveRun) -> float:
    return (
        run.done.seconds if run.done is not None and run.done.seconds else sum(e.seconds for e in run.epochs)
    )
