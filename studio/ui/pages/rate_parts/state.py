"""What the Rate page shows for a stage, read from the store. Pure: no widgets.

Must not import: pages, actions, torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from studio.engine import messages as m
from studio.recipe.schema import Recipe, Stage
from studio.ui.charts.rate_curve import FEWEST_POINTS, RateCurve
from studio.ui.charts.rate_slice import Slice, between, two_figures
from studio.ui.store import RateView, TrialsView

Kind = Literal["empty", "running", "stopped", "done", "error"]
MOST_EARLIER = 3
FACTORS = (0.1, 1.0, 10.0)
STOPPED = "Stopped. Nothing was changed; part of a curve suggests nothing."


@dataclass(frozen=True)
class Shown:
    """What there is for a stage.

    Attributes
    ----------
    kind : str
        "error" keeps the last curve in `found` where there is one; "stopped" is a search that was cancelled.
    found : RateFound or None
        The search whose curve is shown.
    earlier : tuple of RateFound
        Other searches to draw behind it, oldest first.
    """

    kind: Kind
    found: m.RateFound | None = None
    earlier: tuple[m.RateFound, ...] = ()
    error: m.Failed | None = None


def shown(rate: RateView, stage: int) -> Shown:
    """Choose what to show for a stage; a search that runs on another stage leaves this one as it was."""
    everything = (*rate.earlier, *((rate.found,) if rate.found is not None else ()))
    if rate.running and rate.stage == stage:
        return Shown("running", None, _last(everything))
    found = next((f for f in reversed(everything) if f.stage == stage), None)
    others = _last([f for f in everything if f is not found])
    if rate.error is not None and rate.stage == stage:
        return Shown("error", found, others, rate.error)
    if rate.stage == stage and rate.found is None and rate.lrs:
        return Shown("stopped", None, _last(everything))
    return Shown("done" if found is not None else "empty", found, others)


def _last(found: Sequence[m.RateFound]) -> tuple[m.RateFound, ...]:
    """The newest few, one for each stage and setting."""
    kept: dict[tuple[int, bool, int, int | None], m.RateFound] = {}
    for one in found:
        key = (one.stage, one.freeze, one.batch_size, one.size)
        kept.pop(key, None)
        kept[key] = one
    return tuple(kept.values())[-MOST_EARLIER:]


def slice_of(stage: Stage) -> Slice:
    """The rate that the recipe has for a stage."""
    return slice_from(stage.lr.max, stage.lr.min)


def slice_from(high: float, low: float | None) -> Slice:
    """A slice with two figures each."""
    return Slice(two_figures(high)) if low is None else between(low, high)


def stage_words(stage: Stage) -> str:
    """``frozen`` or ``thawed``."""
    return "frozen" if stage.freeze else "thawed"


def subtitle(recipe: Recipe, stage: int, found: m.RateFound | None, estimate: m.Estimated | None) -> str:
    """``stage 2 of 2 · thawed · batch 64 · 224 px``."""
    plan = recipe.training.stages[stage]
    parts = [f"stage {stage + 1} of {len(recipe.training.stages)}", stage_words(plan)]
    chosen = {e.stage: e.chosen for e in estimate.stages} if estimate is not None else {}
    batch = found.batch_size if found is not None else plan.batch_size
    if batch == "auto":
        batch = chosen.get(stage, "auto")
    parts.append("batch chosen by the gauge" if batch == "auto" else f"batch {batch}")
    size = found.size if found is not None else plan.size
    return " · ".join([*parts, *([f"{size} px"] if size else [])])


def too_few(curve: RateCurve) -> str:
    """A sentence where a finished curve has too few points to be read, or an empty string."""
    if curve.finite >= FEWEST_POINTS:
        return ""
    return (
        f"Only {curve.finite} points have a finite loss: too few to read a rate from. "
        "Check the data and the starting weights; in half precision, try 32 bit."
    )


@dataclass(frozen=True)
class Tried:
    """What there is of three short fits on a stage.

    Attributes
    ----------
    kind : str
        "empty" where there are none; "stopped" where they were cancelled.
    slices : tuple of Slice
        Their rates, the smallest first.
    ends : tuple of float or None
        Mean of the last losses; empty while they run.
    """

    kind: Literal["empty", "running", "stopped", "done", "error"] = "empty"
    slices: tuple[Slice, ...] = ()
    losses: tuple[tuple[float | None, ...], ...] = ()
    steps: int = 1
    ends: tuple[float | None, ...] = ()
    shot_up: tuple[bool, ...] = ()
    best: int | None = None
    sentence: str = ""
    error: m.Failed | None = None


def tried(trials: TrialsView, stage: int) -> Tried:
    """Choose what to show of three short fits for a stage."""
    if trials.rate is None or trials.stage != stage:
        return Tried()
    slices = tuple(times(slice_from(trials.rate.max, trials.rate.min), factor) for factor in FACTORS)
    losses = tuple(tuple(one) for one in trials.losses)
    begun = Tried("running", slices, losses, max(1, trials.steps))
    if trials.running:
        return begun
    found = trials.tried
    if found is None:
        words = "Stopped. Nothing was changed; what was drawn stays until the next search."
        return replace(begun, kind="error" if trials.error else "stopped", sentence=words, error=trials.error)
    return replace(
        begun,
        kind="done",
        ends=tuple(fit.end for fit in found.fits),
        shot_up=tuple(fit.shot_up for fit in found.fits),
        best=found.best,
        sentence=found.sentence,
    )


def times(chosen: Slice, factor: float) -> Slice:
    """Both ends of a slice multiplied."""
    low = None if chosen.low is None else chosen.low * factor
    return slice_from(chosen.high * factor, low)
