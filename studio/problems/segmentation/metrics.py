"""Foreground accuracy, Dice and IoU of a validation set, from one table of counts; void pixels are left out.

With the counts of all labelled pixels, `hits` right ones, `truth` of a class and `said` to be of it,

    foreground accuracy = sum(hits) / sum(truth)
    Dice = 2 hits / (truth + said)          IoU = hits / (truth + said - hits)

each averaged over the classes that are there or were said to be (Dice 1945; Jaccard 1912). The void class is never
an answer. What else can be chosen is scikit-learn's, of the cells of that table, weighted by their counts. Imports
torch: engine only.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import sklearn.metrics as skm
import torch
from fastai.metrics import Metric
from numpy.typing import NDArray
from torch import Tensor

from studio.problems.measures.metrics import OF_CLASSES
from studio.problems.segmentation.options import METRICS

Counts = NDArray[np.int64]
OF_PIXELS = {
    **OF_CLASSES,
    "jaccard_weighted": (skm.jaccard_score, {"average": "weighted", "zero_division": 0}),
}


def answers(scores: Tensor, void: int | None) -> Tensor:
    """The class of every pixel, never void: (batch, classes, height, width) -> (batch, height, width) int64."""
    scores = scores.as_subclass(Tensor)
    if void is not None:
        scores = scores.clone()
        scores[:, void] = -torch.inf
    return scores.argmax(dim=1)


def count(truth: Tensor, said: Tensor, classes: int, ignored: int) -> Counts:
    """Count labelled pixels: `counts[truth][said]`, (classes, classes)."""
    truth, said = truth.as_subclass(Tensor).flatten(), said.flatten()
    labelled = truth != ignored
    cells = truth[labelled] * classes + said[labelled]
    return torch.bincount(cells, minlength=classes**2).cpu().numpy().reshape(classes, classes)


def per_class(counts: Counts) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Dice and IoU of every class; NaN for one that is neither there nor said."""
    hits, truth, said = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return 2 * hits / (truth + said), hits / (truth + said - hits)


def figures(counts: Counts) -> dict[str, float | None]:
    """The three figures by name; None where no pixel is labelled."""
    total = int(counts.sum())
    if not total:
        return dict.fromkeys(METRICS)
    dice, iou = per_class(counts)
    values = (float(np.diag(counts).sum() / total), float(np.nanmean(dice)), float(np.nanmean(iou)))
    return dict(zip(METRICS, values, strict=True))


def figure_of(name: str, counts: Counts) -> float | None:
    """One figure by its name; None where no pixel is labelled."""
    if name in METRICS or not counts.any():
        return figures(counts).get(name)
    truth, said = np.nonzero(counts)
    function, how = OF_PIXELS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the figure says it
        return float(function(truth, said, sample_weight=counts[truth, said], **how))


class Tally:
    """Counts of one validation; a batch is counted once, whoever asks first."""

    def __init__(self, classes: int, void: int | None, ignored: int) -> None:
        self.classes, self.void, self.ignored = classes, void, ignored
        self.reset()

    def reset(self) -> None:
        """Forget what was counted."""
        self.counts: Counts = np.zeros((self.classes, self.classes), dtype=np.int64)
        self._counted: tuple[int, int] = (-1, -1)

    def take(self, learner: Any) -> None:
        """Count the learner's batch."""
        batch = (learner.iter, id(learner.pred))
        if batch != self._counted:
            self._counted = batch
            said = answers(learner.pred.detach(), self.void)
            self.counts += count(learner.y, said, self.classes, self.ignored)


class PixelMetric(Metric):
    """One of the figures, over all pixels of the validation set."""

    def __init__(self, tally: Tally, name: str) -> None:
        self.tally, self._name = tally, name

    def reset(self) -> None:
        """Begin a validation."""
        self.tally.reset()

    def accumulate(self, learn: Any) -> None:
        """Take a batch."""
        self.tally.take(learn)

    @property
    def value(self) -> float | None:
        """The figure so far."""
        return figure_of(self._name, self.tally.counts)

    @property
    def name(self) -> str:
        """The figure's name."""
        return self._name


def metrics_for(names: Sequence[str], classes: int, void: int | None, ignored: int) -> list[PixelMetric]:
    """The metrics of a learner, on one tally."""
    tally = Tally(classes, void, ignored)
    return [PixelMetric(tally, name) for name in names]
