"""The finder's answers: made from its curve, and kept in the project's `rates/`, one numbered file each.

Must not import torch or Qt.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from studio.engine import suggestions
from studio.engine.messages import RateFound
from studio.project.atomic import write_bytes
from studio.recipe.schema import Recipe

if TYPE_CHECKING:
    from studio.engine.lr_finder import Curve

POINTS = 100


def found(
    recipe: Recipe,
    index: int,
    batch_size: int,
    curve: Curve,
    groups: tuple[str, ...],
    trainable: tuple[bool, ...],
) -> RateFound:
    """Answer with a curve of stage `index` and what it suggests."""
    stage = recipe.training.stages[index]
    frozen = [s.lr.max for s in recipe.training.stages[:index] if s.freeze]
    lrs, losses = suggestions.trimmed(curve.lrs, curve.smooth, POINTS)
    return RateFound(
        stage=index,
        freeze=stage.freeze,
        batch_size=batch_size,
        size=stage.size,
        lrs=tuple(curve.lrs),
        losses=tuple(curve.losses),
        smooth=tuple(curve.smooth),
        suggestions=suggestions.suggest(lrs, losses, stage.freeze, frozen[-1] if frozen else None),
        groups=groups,
        trainable=trainable,
        sentence=suggestions.too_few(losses),
    )


def keep(folder: Path, answer: RateFound) -> Path:
    """Keep an answer under the next number; raises like `write_bytes`."""
    taken = (int(path.stem) for path in folder.glob("*.json") if path.stem.isdigit())
    path = folder / f"{1 + max(taken, default=0):04d}.json"
    write_bytes(path, msgspec.json.encode(answer))
    return path
