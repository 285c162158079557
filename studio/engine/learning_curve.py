"""Do I need more data? A power law through the scores of trainings on parts of the data, and what it says in words.

`score = limit + gain * items ** -power`: for each power on a grid the two other numbers follow from least squares;
the best of them is taken. How sure it is comes from 400 curves drawn around it with the scatter that was seen, or with
that of a validation set of this size where less was seen. Arithmetic only: numpy, no torch, no Qt.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.engine.messages import CurveFit, CurvePoint
from studio.project.scores import difference_words, metric_title, score_words

POWERS = np.linspace(0.1, 2.0, 39)
DRAWN = 400
LOW, HIGH = 10.0, 90.0
FEWEST_SIZES = 4
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Law:
    """A fitted power law.

    Attributes
    ----------
    spread : float
        Standard deviation of the points around it.
    """

    limit: float
    gain: float
    power: float
    spread: float

    def at(self, items: float | Floats) -> float | Floats:
        """The score with so many items."""
        return self.limit + self.gain * items**-self.power


def is_share(scores: Floats) -> bool:
    """Whether the metric goes from 0 to 1, by what it was so far."""
    return bool(((scores >= 0) & (scores <= 1)).all())


def fitted(items: Floats, scores: Floats, is_up: bool, bounded: bool) -> Law:
    """Fit the law; more items never make it worse, and a `bounded` score does not pass 1, an error not 0.

    Parameters
    ----------
    items, scores : (n,) float64
        At least two points with different items.
    """
    best: tuple[float, Law] | None = None
    for power in POWERS:
        x = items**-power
        limit, gain = _line(x, scores, is_up, bounded)
        left = scores - limit - gain * x
        error = float(left @ left)
        if best is None or error < best[0]:
            freedom = max(1, len(scores) - 3)
            best = (error, Law(limit, gain, float(power), math.sqrt(error / freedom)))
    assert best is not None
    return best[1]


def _line(x: Floats, scores: Floats, is_up: bool, bounded: bool) -> tuple[float, float]:
    """Least squares for limit and gain, within what they can be."""
    across = x - x.mean()
    gain = float(across @ (scores - scores.mean()) / max(across @ across, 1e-300))
    gain = min(gain, 0.0) if is_up else max(gain, 0.0)
    limit = float(scores.mean() - gain * x.mean())
    bound = 1.0 if is_up else 0.0
    if (bounded or not is_up) and (limit > bound if is_up else limit < bound):
        limit = bound
        gain = float(x @ (scores - bound) / (x @ x))
    return limit, gain


def extrapolated(
    points: Sequence[CurvePoint], metric: str, is_up: bool, n_valid: int
) -> tuple[CurveFit | None, str]:
    """What twice the data should bring, and the sentence for it; None with the reason where it cannot be said."""
    usable = [p for p in points if p.score is not None and math.isfinite(p.score)]
    sizes = sorted({p.items for p in usable})
    if len(sizes) < FEWEST_SIZES:
        return None, f"Too few points for an answer: {len(sizes)} of {FEWEST_SIZES} sizes have a score."
    items = np.array([p.items for p in usable], dtype=np.float64)
    scores = np.array([p.score for p in usable], dtype=np.float64)
    law = fitted(items, scores, is_up, is_share(scores))
    noise = max(law.spread, _seen(items, scores), _of_judging(scores, n_valid))
    return _said(law, items, scores, noise, metric, is_up)


def _said(
    law: Law, items: Floats, scores: Floats, noise: float, metric: str, is_up: bool
) -> tuple[CurveFit | None, str]:
    first, last = (float(scores[items == n].mean()) for n in (items.min(), items.max()))
    few, many = int(items.min()), int(items.max())
    title, worst, best = metric_title(metric), score_words(metric, first), score_words(metric, last)
    luck = difference_words(metric, noise)
    moved = (last - first) if is_up else (first - last)
    if moved < 2 * noise:
        return None, (
            f"From {few:,} to {many:,} items {title} moved from {worst} to {best}, no more than chance does "
            f"(about {luck}). More of the same data is unlikely to help much; look at the labels, the plan or the "
            "network first, or repeat this with more seeds."
        )
    twice = 2.0 * items.max()
    drawn = _drawn(law, items, scores, noise, is_up, twice)
    low, high = (float(v) for v in np.percentile(drawn, [LOW, HIGH]))
    if high - low > moved:
        return None, (
            f"The points scatter too much for a forecast ({title} from {worst} to {best}, by chance about "
            f"{luck}). Repeat this with more seeds, or with a larger validation set."
        )
    doubled = float(law.at(twice))
    fit = CurveFit(law.limit, law.gain, law.power, doubled, low, high)
    gained = doubled - last if is_up else last - doubled
    worth = "That is less than chance moves it: more data is hardly worth its work." if gained < noise else ""
    about, least, most = (score_words(metric, score) for score in (doubled, low, high))
    return fit, (
        f"Twice the data ({int(twice):,} items) should bring {title} from {best} to about {about} "
        f"(between {least} and {most} in 80 of 100 cases). {worth}"
    ).strip()


def _drawn(law: Law, items: Floats, scores: Floats, noise: float, is_up: bool, at: float) -> Floats:
    """The score with `at` items by curves fitted to points drawn around the law, (DRAWN,)."""
    dice, middle = np.random.default_rng(0), np.asarray(law.at(items))
    draws = dice.normal(0.0, noise, (DRAWN, len(scores)))
    bounded = is_share(scores)
    return np.array([fitted(items, middle + draw, is_up, bounded).at(at) for draw in draws])


def _seen(items: Floats, scores: Floats) -> float:
    """The scatter of points with as many items and other seeds; 0 where each stands alone."""
    groups = [scores[items == n] for n in np.unique(items)]
    freedom = sum(len(group) - 1 for group in groups)
    return math.sqrt(sum(float(((g - g.mean()) ** 2).sum()) for g in groups) / freedom) if freedom else 0.0


def _of_judging(scores: Floats, n_valid: int) -> float:
    """How far a share moves for the luck of so many validation items; half of it, as they are the same every time."""
    share = float(scores[-1])
    return 0.5 * math.sqrt(share * (1 - share) / max(1, n_valid)) if 0 < share < 1 else 0.0
