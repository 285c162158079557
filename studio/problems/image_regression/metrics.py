"""Errors of points in pixels of their photo, and of numbers in their own unit. Imports torch: engine only.

Of the points that are known, with the distance d between truth and answer in pixels of the original photo,

    point error = mean(d)    error of width = mean(d / width)    PCK = share of d <= 0.05 width

(percentage of correct key points; Yang and Ramanan 2013, here by the photo's width). Numbers have RMSE, MAE and R2;
several have the means of their R2 and of their MAE. More can be chosen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from fastai.metrics import Metric
from numpy.typing import NDArray
from torch import Tensor

from studio.problems.image_regression.geometry import in_photo
from studio.problems.image_regression.losses import NumberLoss
from studio.problems.image_regression.options import (
    NUMBER_METRICS,
    PCK_SHARE,
    POINT_METRICS,
    SEVERAL_METRICS,
    WIDE_SHARE,
)
from studio.problems.tabular.learner import figure_in_unit, number_metrics
from studio.problems.vision.sizes import PhotoSizes


def distances(answer: NDArray[Any], truth: NDArray[Any]) -> NDArray[np.float64]:
    """Pixels between points (n, 2); nan where the truth is not known."""
    found: NDArray[np.float64] = np.hypot(*(np.asarray(answer, dtype=np.float64) - truth).T)
    return found


def point_figures(pixels: NDArray[np.float64], widths: NDArray[np.float64]) -> dict[str, float | None]:
    """The three figures from distances (n,) and the widths of their photos (n,); None where no point is known."""
    known = np.isfinite(pixels)
    if not known.any():
        return dict.fromkeys(POINT_METRICS)
    shares = pixels[known] / widths[known]
    values = (float(pixels[known].mean()), float(shares.mean()), float((shares <= PCK_SHARE).mean()))
    return dict(zip(POINT_METRICS, values, strict=True))


def point_figure(name: str, pixels: NDArray[np.float64], widths: NDArray[np.float64]) -> float | None:
    """One figure by its name; None where no point is known."""
    known = np.isfinite(pixels)
    if name in POINT_METRICS or not known.any():
        return point_figures(pixels, widths).get(name)
    of: dict[str, Any] = {
        "median_point_error": np.median(pixels[known]),
        "max_point_error": np.max(pixels[known]),
        "pck_10": np.mean(pixels[known] / widths[known] <= WIDE_SHARE),
    }
    return float(of[name])


class PointTally:
    """Distances of one validation; a batch is counted once, whoever asks first."""

    def __init__(self, method: str) -> None:
        self._method, self._sizes = method, PhotoSizes()
        self.reset()

    def reset(self) -> None:
        """Forget what was measured."""
        self._pixels: list[NDArray[np.float64]] = []
        self._widths: list[NDArray[np.float64]] = []
        self._counted: tuple[int, int] = (-1, -1)

    def take(self, learner: Any) -> None:
        """Measure the learner's batch, whose photos are the loader's items in their order."""
        batch = (learner.iter, id(learner.pred))
        if batch == self._counted:
            return
        self._counted = batch
        answers, truths = (_plain(places) for places in (learner.pred, learner.y))
        size = (int(learner.xb[0].shape[-1]), int(learner.xb[0].shape[-2]))
        items = learner.dl.dataset.items
        for item, *both in zip(items[len(self._pixels) :], answers, truths, strict=False):
            photo = self._sizes.of(item.photo)
            said, true = (in_photo(places, photo, size, self._method) for places in both)
            self._pixels.append(distances(said, true))
            self._widths.append(np.full(len(said), float(photo[0])))

    def figure(self, name: str) -> float | None:
        """One figure so far."""
        if not self._pixels:
            return None
        return point_figure(name, np.concatenate(self._pixels), np.concatenate(self._widths))


def _plain(places: Tensor) -> NDArray[np.float32]:
    """Places of a batch (n, points, 2) as numbers."""
    found: NDArray[np.float32] = places.detach().as_subclass(Tensor).float().cpu().numpy()
    return found


class PointMetric(Metric):
    """One of the figures, over all known points of the validation set."""

    def __init__(self, tally: PointTally, name: str) -> None:
        self._tally, self._name = tally, name

    def reset(self) -> None:
        """Begin a validation."""
        self._tally.reset()

    def accumulate(self, learn: Any) -> None:
        """Take a batch."""
        self._tally.take(learn)

    @property
    def value(self) -> float | None:
        """The figure so far."""
        return self._tally.figure(self._name)

    @property
    def name(self) -> str:
        """The figure's name."""
        return self._name


def point_metrics(names: Sequence[str], method: str) -> list[PointMetric]:
    """The metrics of a learner, on one tally."""
    tally = PointTally(method)
    return [PointMetric(tally, name) for name in names]


def number_names(count: int) -> tuple[str, ...]:
    """The metrics' names: of one number, and of several, whose errors may have different units."""
    return NUMBER_METRICS if count == 1 else SEVERAL_METRICS


def number_figures(answers: NDArray[Any], truths: NDArray[Any]) -> dict[str, float | None]:
    """The metrics by name, from numbers (n, k) in their own units: the means over the columns."""
    pairs = zip(answers.T, truths.T, strict=True)
    found = [number_metrics(torch.as_tensor(a), torch.as_tensor(t)) for a, t in pairs]
    return {name: float(np.mean([one[name] for one in found])) for name in number_names(len(found))}


def figure_of_numbers(name: str, answers: NDArray[Any], truths: NDArray[Any]) -> float:
    """One figure by its name: the mean over the columns."""
    pairs = zip(answers.T, truths.T, strict=True)
    return float(np.mean([figure_in_unit(name, torch.as_tensor(a), torch.as_tensor(t)) for a, t in pairs]))


class NumberMetric(Metric):
    """A metric of numbers in their own units, over the whole validation set."""

    def __init__(self, name: str, loss: NumberLoss) -> None:
        self._name, self._loss = name, loss
        self.reset()

    def reset(self) -> None:
        """Forget what was seen."""
        self._answers: list[Tensor] = []
        self._truths: list[Tensor] = []

    def accumulate(self, learn: Any) -> None:
        """Take a batch."""
        outputs = learn.pred.detach().as_subclass(Tensor).cpu().double()
        self._answers.append(self._loss.activation(outputs))
        self._truths.append(learn.y.detach().as_subclass(Tensor).cpu().double().reshape(outputs.shape))

    @property
    def value(self) -> float | None:
        """The metric; None before anything was seen."""
        if not self._truths:
            return None
        answers, truths = torch.cat(self._answers).numpy(), torch.cat(self._truths).numpy()
        return figure_of_numbers(self._name, answers, truths)

    @property
    def name(self) -> str:
        """The metric's name."""
        return self._name


def number_metrics_for(names: Sequence[str], loss: NumberLoss) -> list[NumberMetric]:
    """The metrics of a learner."""
    return [NumberMetric(name, loss) for name in names]
