"""The finder's curve as arrays: log10 of the rate, raw and smooth losses, and the part worth looking at.

Rules: pure; takes lists as the store has them, gives arrays of one length.
Must not import: Qt, pyqtgraph, torch.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from studio.engine.messages import RateFound

Floats = NDArray[np.float64]

FEWEST_POINTS: Final = 20
WHOLE_SPAN: Final = (-7.0, 1.0)
ENGINE_SMOOTHING: Final = 0.98  # fastai's recorder


@dataclass(frozen=True)
class RateCurve:
    """One curve.

    Attributes
    ----------
    x : (n,) float64
        log10 of the rate, rising.
    raw, smooth : (n,) float64
        Losses; NaN where one was not finite.
    """

    x: Floats
    raw: Floats
    smooth: Floats

    @property
    def finite(self) -> int:
        """How many points have a finite loss."""
        return int(np.isfinite(self.raw).sum())

    def loss_at(self, x: float) -> float:
        """The smooth loss at a place, between the points; NaN outside or beside gaps."""
        if len(self.x) == 0 or not self.x[0] <= x <= self.x[-1]:
            return math.nan
        return float(np.interp(x, self.x, self.smooth))


def reduce(
    lrs: Sequence[float],
    losses: Sequence[float | None],
    smooth: Sequence[float | None],
    smoothing: float = ENGINE_SMOOTHING,
) -> RateCurve:
    """Turn the finder's lists into a curve.

    Parameters
    ----------
    lrs, losses, smooth : (n,)
        As in `RatePoints`; lists that are still growing may differ in length by a few: the shortest counts.
    smoothing : float
        0 (none) to below 1. The engine's own smooth values are used where it equals theirs.
    """
    count = min(len(lrs), len(losses), len(smooth))
    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.log10(np.asarray(lrs[:count], dtype=np.float64))
    raw = _array(losses[:count])
    given = smoothing == ENGINE_SMOOTHING
    curve = RateCurve(x, raw, _array(smooth[:count]) if given else ewma(raw, smoothing))
    keep = np.isfinite(curve.x)
    return RateCurve(curve.x[keep], curve.raw[keep], curve.smooth[keep])


def _array(values: Sequence[float | None]) -> Floats:
    made = np.asarray([math.nan if v is None else v for v in values], dtype=np.float64)
    made[~np.isfinite(made)] = math.nan
    return made


def ewma(values: Floats, beta: float) -> Floats:
    """Exponentially weighted mean without the bias of its start (Kingma and Ba 2014); NaN stay NaN."""
    made = np.full_like(values, math.nan)
    mean, weight = 0.0, 0.0
    for index, value in enumerate(values):
        if math.isfinite(value):
            mean = beta * mean + (1 - beta) * value
            weight = beta * weight + (1 - beta)
            made[index] = mean / weight
    return made


def of_found(found: RateFound, smoothing: float = ENGINE_SMOOTHING) -> RateCurve:
    """The curve of a finished search."""
    return reduce(found.lrs, found.losses, found.smooth, smoothing)


def x_span(curves: Sequence[RateCurve], running: bool = False) -> tuple[float, float]:
    """Whole decades that hold every curve; the whole search while one runs."""
    edges = [float(v) for c in curves if len(c.x) for v in (c.x[0], c.x[-1])]
    if running or not edges:
        edges += WHOLE_SPAN if not edges else (WHOLE_SPAN[0],)
    low, high = math.floor(min(edges) + 1e-6), math.ceil(max(edges) - 1e-6)
    return float(low), float(max(high, low + 1))


def y_span(curves: Sequence[RateCurve]) -> tuple[float, float]:
    """The losses worth looking at: from the least to a little above where each began, no blow-up."""
    lows, tops = [], []
    for curve in curves:
        seen = curve.smooth[np.isfinite(curve.smooth)]
        if len(seen):
            lows.append(float(seen.min()))
            tops.append(float(seen[: int(seen.argmin()) + 1].max()))
    if not lows:
        return 0.0, 1.0
    low, top = min(lows), max(tops)
    room = max(top - low, 0.05 * abs(top), 1e-6)
    return low - 0.2 * room, top + 0.38 * room


def group_rates(high: float, low: float | None, trainable: Sequence[bool]) -> tuple[float | None, ...]:
    """The rate each layer group gets, first to last; None for a frozen one.

    fastai 2.8.12, `Optimizer.set_hypers` (optimizer.py): ``slice(x)`` gives x/10 to all but the last group,
    ``slice(a, b)`` spreads from a to b by equal factors, and a single group gets b.
    """
    count = len(trainable)
    if count <= 1:
        rates = [high] * count
    elif low is None:
        rates = [high / 10] * (count - 1) + [high]
    else:
        rates = [low * (high / low) ** (i / (count - 1)) for i in range(count)]
    return tuple(rate if on else None for rate, on in zip(rates, trainable, strict=True))


def name_of(found: RateFound) -> str:
    """How an earlier curve is called: ``1 frozen, batch 64 · 224 px``."""
    size = f" · {found.size} px" if found.size else ""
    return f"{found.stage + 1} {'frozen' if found.freeze else 'thawed'}, batch {found.batch_size}{size}"


def as_csv(curve: RateCurve) -> str:
    """The curve as a table: rate, loss, smooth loss."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("learning_rate", "loss", "smooth_loss"))
    for x, raw, smooth in zip(curve.x, curve.raw, curve.smooth, strict=True):
        table.writerow((f"{10.0**x:.6g}", _cell(raw), _cell(smooth)))
    return text.getvalue()


def _cell(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else ""
