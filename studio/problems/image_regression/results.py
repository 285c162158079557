"""What the model answers for every photo, in the targets' own units, beside always answering the mean.

Photos are read in the dataset's order and without augmentation, a batch at a time; only numbers are kept. Pictures are
made of the few that are shown. Imports torch: engine only. No Qt.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.problems.base import Dataset, Item
from studio.problems.image_classification.results import worst_first
from studio.problems.image_regression import PROBLEM
from studio.problems.image_regression.data import aimed
from studio.problems.image_regression.geometry import in_photo
from studio.problems.image_regression.items import is_points, schema_for
from studio.problems.image_regression.losses import NumberLoss
from studio.problems.image_regression.metrics import (
    distances,
    number_figures,
    point_figures,
)
from studio.problems.image_regression.number_figures import number_views
from studio.problems.image_regression.options import miss_of
from studio.problems.image_regression.point_figures import (
    Measured,
    mean_places,
    point_views,
    saved,
    with_pictures,
)
from studio.problems.image_regression.targets import as_numbers, as_points, plain_points
from studio.problems.loss_words import loss_words
from studio.problems.vision.sizes import PhotoSizes
from studio.project.results import Figure, ItemResult, Results
from studio.recipe.schema import Recipe

Progress = Callable[[str, int, int], None]
SHOWN_SIDE, SHOWN_MARKS = 192, 3.0
"""Pictures beside the curves while it trains are no larger than a thumb nail."""


def no_progress(text: str, done: int, total: int) -> None:
    """Tell nobody."""


def evaluate(
    learner: Any,
    dataset: Dataset,
    recipe: Recipe,
    progress: Progress = no_progress,
    folder: Path | None = None,
) -> Results:
    """Predict every photo, training and validation, and judge the validation set.

    Parameters
    ----------
    folder : Path or None
        The run's folder, for pictures of true and predicted points; None makes none.
    """
    root = Path(learner.dls.path)
    names = schema_for(recipe, root).names
    found: list[ItemResult] = []
    for result in _answered(learner, dataset, names):
        found.append(result)
        progress("Predicting every photo", len(found), len(dataset.items))
    ranked = worst_first(found)
    judged = _points_judged if is_points(dataset) else _numbers_judged
    metrics, figures, unit = judged(ranked, names, root, folder)
    losses = [item.loss for item in ranked if item.valid and item.loss is not None]
    loss = sum(losses) / len(losses) if losses else None
    return Results(
        problem=recipe.problem,
        classes=(),
        metrics={"valid_loss": loss, **metrics},
        items=tuple(ranked),
        figures=tuple(figures),
        unit=unit,
        loss=loss_words(PROBLEM, recipe, miss_of(PROBLEM.options_of(recipe), is_points(dataset))),
    )


def shown(
    learner: Any, items: Sequence[Item], dataset: Dataset, recipe: Recipe, folder: Path | None = None
) -> tuple[ItemResult, ...]:
    """What the model answers for a few photos now; their points are drawn into `folder`."""
    root = Path(learner.dls.path)
    names = schema_for(recipe, root).names
    found = tuple(_answered(learner, replace(dataset, items=tuple(items)), names))
    if folder is not None and is_points(dataset):
        for at, one in enumerate(found):
            saved(root, one, folder / f"{at}.jpg", SHOWN_SIDE, SHOWN_MARKS)
    return found


Judged = tuple[dict[str, float | None], list[Figure], str]


def _points_judged(
    ranked: Sequence[ItemResult], names: Sequence[str], root: Path, folder: Path | None
) -> Judged:
    """Metrics and figures of points, from the validation photos and the mean place in the training photos."""
    sizes = PhotoSizes()
    valid = [item for item in ranked if item.valid]
    measured = Measured(
        np.array([_pixels(item) for item in valid]).reshape(len(valid), len(names)),
        np.array([sizes.of(root / item.key)[0] for item in valid], dtype=np.float64),
        mean_places([(item, sizes.of(root / item.key)) for item in ranked], len(names)),
    )
    widths = np.repeat(measured.widths[:, None], len(names), axis=1)
    metrics = point_figures(measured.pixels.ravel(), widths.ravel())
    figures = point_views(measured, names)
    return metrics, figures + ([] if folder is None else with_pictures(folder, root, valid, names)), "px"


def _numbers_judged(
    ranked: Sequence[ItemResult], names: Sequence[str], root: Path, folder: Path | None
) -> Judged:
    """Metrics and figures of numbers; the unit is not known."""
    valid = [item for item in ranked if item.valid]
    answers, truths = (
        np.array([as_numbers(getattr(item, which)) for item in valid]).reshape(len(valid), len(names))
        for which in ("predicted", "target")
    )
    train = np.array([as_numbers(item.target) for item in ranked if not item.valid])
    metrics = number_figures(answers, truths) if valid else {}
    return metrics, number_views(answers, truths, train, names, [item.key for item in valid]), ""


def _answered(learner: Any, dataset: Dataset, names: Sequence[str]) -> Iterator[ItemResult]:
    """The result of one photo after the other, in the dataset's order."""
    root, loss = Path(learner.dls.path), learner.loss_func
    loader = learner.dls.test_dl(aimed(dataset.items, root), with_labels=True)
    method = next(str(t.method) for t in loader.after_item.fs if hasattr(t, "method") and hasattr(t, "size"))
    learner.model.to(loader.device).eval()  # fastai moves a model only when it fits
    waiting, sizes = iter(dataset.items), PhotoSizes()
    for pictures, targets in loader:  # (batch, 3, height, width), (batch, ...)
        with torch.no_grad():
            outputs = learner.model(pictures).float().as_subclass(Tensor)
        losses = loss(outputs, targets, reduction="none").cpu().tolist()
        answers = loss.activation(outputs).cpu().numpy()
        size = (int(pictures.shape[-1]), int(pictures.shape[-2]))
        for own, answer in zip(losses, answers, strict=True):
            item = next(waiting)
            if isinstance(loss, NumberLoss):
                yield _of_numbers(item, own, answer)
            else:
                places = in_photo(answer, sizes.of(root / item.key), size, method)
                yield _of_points(item, own, places, names)


def _of_numbers(item: Item, loss: float, answer: NDArray[np.float32]) -> ItemResult:
    values = tuple(answer.tolist())
    predicted = values if isinstance(item.target, list | tuple) else values[0]
    return ItemResult(item.key, item.valid, item.target, predicted, _finite(loss))


def _of_points(item: Item, loss: float, places: NDArray[np.float64], names: Sequence[str]) -> ItemResult:
    """One photo; its words are the mean error, and the point that is farthest off."""
    result = ItemResult(item.key, item.valid, item.target, plain_points(places), _finite(loss))
    pixels = _pixels(result)
    if not np.isfinite(pixels).any():
        return result
    worst = int(np.nanargmax(pixels))
    words = f"{np.nanmean(pixels):.1f} px off"
    if len(pixels) > 1:
        words += f", {names[worst]} {pixels[worst]:.1f} px"
    return msgspec.structs.replace(result, words=words)


def _pixels(item: ItemResult) -> NDArray[np.float64]:
    """How far every point of a photo is off, in its pixels; nan where the truth is not known."""
    return distances(as_points(item.predicted), as_points(item.target))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
