"""The finder's answers: made from its curve, and kept in the project's `rates/`, one numbered file each.

Must not import torch or Qt.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from studio.engine import suggestions
from studio.engine.messages import RateFound, RatesTried, ShortFit, StagePlan
from studio.engine.verdict import FACTORS, judge, scaled
from studio.project.atomic import write_bytes
from studio.recipe.schema import Rate, Recipe

if TYPE_CHECKING:
    from studio.engine.lr_finder import Curve
    from studio.engine.three_rates import Trial

POINTS = 100


def found(
    recipe: Recipe,
    plan: StagePlan,
    curve: Curve,
    groups: tuple[str, ...],
    trainable: tuple[bool, ...],
) -> RateFound:
    """Answer with the curve of a stage and what it suggests."""
    frozen = [s.lr.max for s in recipe.training.stages[: plan.index] if s.freeze]
    seen = suggestions.trimmed(curve.lrs, curve.smooth, curve.losses, POINTS)
    return RateFound(
        stage=plan.index,
        freeze=plan.freeze,
        batch_size=plan.batch_size,
        size=plan.size,
        lrs=tuple(curve.lrs),
        losses=tuple(curve.losses),
        smooth=tuple(curve.smooth),
        suggestions=suggestions.suggest(seen, plan.freeze, frozen[-1] if frozen else None),
        groups=groups,
        trainable=trainable,
        sentence=suggestions.sentence(seen, plan.freeze),
    )


def tried(plan: StagePlan, rate: Rate, steps: int, trials: Sequence[Trial]) -> RatesTried:
    """Answer with three short fits and what they say."""
    verdict = judge([t.losses for t in trials], [t.shot_up for t in trials], steps)
    return RatesTried(
        stage=plan.index,
        freeze=plan.freeze,
        batch_size=plan.batch_size,
        size=plan.size,
        steps=steps,
        fits=tuple(
            ShortFit(factor, of.max, of.min, tuple(trial.losses), trial.shot_up, end)
            for factor, trial, end in zip(FACTORS, trials, verdict.ends, strict=True)
            for of in (scaled(rate, factor),)
        ),
        best=verdict.best,
        sentence=verdict.sentence,
    )


def keep(folder: Path, answer: RateFound) -> Path:
    """Keep an answer under the next number; raises like `write_bytes`."""
    taken = (int(path.stem) for path in folder.glob("*.json") if path.stem.isdigit())
    path = folder / f"{1 + max(taken, default=0):04d}.json"
    write_bytes(path, msgspec.json.encode(answer))
    return path
