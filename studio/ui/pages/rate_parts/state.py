"""What the Rate page shows for a stage, read from the store. Pure: no widgets.

Must not import: pages, actions, torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from studio.engine import messages as m
from studio.recipe.schema import Recipe, Stage
from studio.ui.charts.rate_curve import FEWEST_POINTS, RateCurve
from studio.ui.charts.rate_slice import Slice, between, two_figures
from studio.ui.store import RateView

Kind = Literal["empty", "running", "done", "error"]
MOST_EARLIER = 3


@dataclass(frozen=True)
class Shown:
    """What there is for a stage.

    Attributes
    ----------
    kind : str
        "error" keeps the last curve in `found` where there is one.
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
        "A smaller batch gives more steps; a loss that is never finite points at the data."
    )
