"""What the model answers for every pixel: counts, one line a class, one line a photo, and pictures of some.

Photos are read in the dataset's order and without augmentation, a few at a time; only counts are kept, so that
memory does not grow with their number. The pictures are made in a second pass over the few that are shown.
Imports torch: engine only. No Qt.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from studio.problems.base import Dataset, Item
from studio.problems.image_classification.results import class_scores, worst_first
from studio.problems.segmentation import metrics
from studio.problems.segmentation.codes import Codes
from studio.problems.segmentation.data import labelled, photos_of
from studio.problems.segmentation.items import codes_for
from studio.problems.segmentation.overlays import save_answer
from studio.problems.segmentation.result_figures import Shown, class_grid, confused_grid, with_pictures
from studio.project.results import ClassScore, Figure, ItemResult, Results
from studio.recipe.schema import Recipe

Progress = Callable[[str, int, int], None]
BATCH = 4
WORST = 6
TYPICAL = 3


class Answered(NamedTuple):
    """A photo's result and its counts: `counts[truth][said]`, (classes, classes)."""

    result: ItemResult
    counts: metrics.Counts


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
        The run's folder, for pictures of photo, truth, answer and difference; None makes none.
    """
    root = Path(learner.dls.path)
    codes = codes_for(recipe, root)
    n = len(dataset.classes)
    counts = {True: np.zeros((n, n), dtype=np.int64), False: np.zeros((n, n), dtype=np.int64)}
    photos_with = np.zeros(n, dtype=np.int64)  # validation photos in which a class is
    results: list[ItemResult] = []
    for item, answered in zip(dataset.items, _answered(learner, dataset.items, codes), strict=True):
        counts[item.valid] += answered.counts
        photos_with += answered.counts.sum(axis=1).astype(bool) * item.valid
        results.append(answered.result)
        progress("Predicting every photo", len(results), len(dataset.items))
    ranked = worst_first(results)
    figures: list[Figure] = [
        class_grid(counts[True], counts[False], codes, _size(learner)),
        confused_grid(counts[True], codes),
    ]
    if folder is not None:
        figures += with_pictures(folder, _shown(learner, ranked, dataset, codes), codes)
    return Results(
        problem=recipe.problem,
        classes=tuple(codes.classes[code] for code in codes.judged),
        metrics=metrics_of(ranked, counts[True]),
        items=tuple(ranked),
        per_class=_scores(counts[True], photos_with, codes),
        figures=tuple(figures),
    )


def shown(
    learner: Any, items: Sequence[Item], dataset: Dataset, recipe: Recipe, folder: Path
) -> tuple[ItemResult, ...]:
    """What the model answers for a few photos now; the photo under the answer is saved in `folder`."""
    codes = codes_for(recipe, Path(learner.dls.path))
    results: list[ItemResult] = []
    for photos, masks, scores in _batches(learner, items, codes):
        judged = zip(_judged(masks, scores, codes), items[len(results) :], strict=False)
        drawn = zip(photos_of(learner.dls, photos), _bytes(metrics.answers(scores, codes.void)), strict=True)
        for ((counts, loss, sure), item), (photo, answer) in zip(judged, drawn, strict=True):
            save_answer(folder / f"{len(results)}.jpg", photo, answer, codes)
            results.append(_result(item, loss, sure, counts, codes))
    return tuple(results)


def metrics_of(items: Sequence[ItemResult], counts: metrics.Counts) -> dict[str, float | None]:
    """Validation loss (the mean of the photos' losses) and the three figures."""
    losses = [item.loss for item in items if item.valid and item.loss is not None]
    return {"valid_loss": sum(losses) / len(losses) if losses else None, **metrics.figures(counts)}


def _scores(counts: metrics.Counts, photos: NDArray[np.int64], codes: Codes) -> tuple[ClassScore, ...]:
    """Precision, recall and F1 (which is Dice) in pixels; `items` are the photos in which the class is."""
    scores = class_scores(counts, codes.classes)
    return tuple(
        ClassScore(one.name, int(photos[code]), one.precision, one.recall, one.f1)
        for code, one in enumerate(scores)
        if code != codes.void
    )


def _batches(learner: Any, items: Sequence[Item], codes: Codes) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Pictures, class numbers and raw scores of some photos at a time, in order."""
    files = labelled(items, Path(learner.dls.path), codes)
    loader = learner.dls.test_dl(files, with_labels=True, bs=BATCH)
    learner.model.to(loader.device).eval()  # fastai moves a model only when it fits
    for pictures, masks in loader:  # (batch, 3, height, width), (batch, height, width)
        with torch.no_grad():
            scores = learner.model(pictures).float().as_subclass(Tensor)  # (batch, classes, height, width)
        yield pictures, masks.as_subclass(Tensor), scores


def _answered(learner: Any, items: Sequence[Item], codes: Codes) -> Iterator[Answered]:
    """The result of one photo after the other."""
    waiting = iter(items)
    for _, masks, scores in _batches(learner, items, codes):
        for counts, mean, sure in _judged(masks, scores, codes):
            yield Answered(_result(next(waiting), mean, sure, counts, codes), counts)


def _judged(masks: Tensor, scores: Tensor, codes: Codes) -> Iterator[tuple[metrics.Counts, float, float]]:
    """Counts, mean loss and mean confidence of each photo of a batch."""
    losses = functional.cross_entropy(scores, masks, ignore_index=codes.ignored, reduction="none")
    said = metrics.answers(scores, codes.void)
    shares = scores.softmax(dim=1).amax(dim=1)
    for loss, truth, answer, best in zip(losses, masks, said, shares, strict=True):  # (height, width) each
        counts = metrics.count(truth, answer, len(codes.classes), codes.ignored)
        total = int(counts.sum())
        mean = float(loss.sum()) / total if total else math.nan
        sure = float(best[truth != codes.ignored].mean()) if total else math.nan
        yield counts, mean, sure


def _result(item: Item, loss: float, sure: float, counts: metrics.Counts, codes: Codes) -> ItemResult:
    """One photo: the classes in it and those that the model saw; `confidence` is the mean of its pixels."""
    of_photo = metrics.figures(counts)
    right, iou = of_photo["foreground_acc"], of_photo["iou"]
    words = "nothing is labelled" if right is None else f"{100 * right:.1f} % of pixels right, IoU {iou:.2f}"
    return ItemResult(
        key=item.key,
        valid=item.valid,
        target=_names(counts.sum(axis=1), codes),
        predicted=_names(counts.sum(axis=0), codes),
        loss=loss if math.isfinite(loss) else None,
        confidence=sure if math.isfinite(sure) else None,
        words=words,
    )


def _names(pixels: NDArray[np.int64], codes: Codes) -> tuple[str, ...]:
    """The classes with any pixel, by number."""
    return tuple(codes.classes[code] for code in np.flatnonzero(pixels))


def _shown(learner: Any, ranked: Sequence[ItemResult], dataset: Dataset, codes: Codes) -> list[Shown]:
    """The worst validation photos and some about the middle, computed once more to be drawn."""
    valid = [item for item in ranked if item.valid and item.loss is not None]
    middle = len(valid) // 2
    rest = [item for item in valid[max(WORST, middle - 1) :]][:TYPICAL]
    chosen = [(item, "worst") for item in valid[:WORST]] + [(item, "typical") for item in rest]
    by_key = {item.key: item for item in dataset.items}
    items = [by_key[one.key] for one, _ in chosen]
    pictures = [
        (photo, truth, answer)
        for shown, masks, scores in _batches(learner, items, codes)
        for photo, truth, answer in zip(
            photos_of(learner.dls, shown),
            _bytes(masks),
            _bytes(metrics.answers(scores, codes.void)),
            strict=True,
        )
    ]
    return [Shown(one, kind, *drawn) for (one, kind), drawn in zip(chosen, pictures, strict=True)]


def _bytes(codes: Tensor) -> NDArray[np.uint8]:
    return codes.cpu().numpy().astype(np.uint8)


def _size(learner: Any) -> tuple[int, int]:
    """Height and width at which the photos are judged."""
    resize = next(t for t in learner.dls.valid.after_item.fs if hasattr(t, "size") and hasattr(t, "method"))
    return int(resize.size[1]), int(resize.size[0])
