"""The figures of a run: one line a class beside the most common answer, and pictures. No torch, no Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.problems.segmentation.codes import Codes
from studio.problems.segmentation.overlays import blended, difference, four_together
from studio.project.results import Figure, Grid, ItemResult, Pictures

FOLDER = "pictures"
TITLES = {"worst": "The worst validation photos", "typical": "Typical validation photos"}
LEGEND = (
    "Above the photo and the truth, below the model's answer and the difference: red is wrong, green right, and "
    "what stays grey is not judged."
)
MOST_CONFUSED = 12
Counts = NDArray[np.int64]


class Shown(NamedTuple):
    """A photo to be drawn: (height, width, 3) and its two masks (height, width), uint8 all."""

    result: ItemResult
    kind: str
    photo: NDArray[np.uint8]
    truth: NDArray[np.uint8]
    answer: NDArray[np.uint8]


def baseline(valid: Counts, train: Counts) -> tuple[int, float, float]:
    """The class most common in training, the share of validation pixels that it gets right, and its mean IoU."""
    truth = valid.sum(axis=1)
    code = int(train.sum(axis=1).argmax())
    right = float(truth[code] / max(1, truth.sum()))
    return code, right, right / max(1, int(np.count_nonzero(truth) + (truth[code] == 0)))


def class_grid(valid: Counts, train: Counts, codes: Codes, size: tuple[int, int]) -> Grid:
    """IoU and Dice of every class, weakest IoU first, and what always answering the same class would get."""
    hits, truth, said = np.diag(valid), valid.sum(axis=1), valid.sum(axis=0)
    total = max(1, int(truth.sum()))
    rows = []
    for code in codes.judged:
        union = truth[code] + said[code] - hits[code]
        iou = float(hits[code] / union) if union else None
        dice = float(2 * hits[code] / (truth[code] + said[code])) if union else None
        shares = (round(100 * float(pixels[code] / total), 2) for pixels in (truth, said))
        rows.append((codes.classes[code], *shares, iou, dice))
    rows.sort(key=lambda row: (row[3] is None, row[3] or 0.0))
    code, right, iou = baseline(valid, train)
    return Grid(
        "Classes by overlap",
        ("Class", "% of pixels", "% of answers", "IoU", "Dice"),
        tuple(rows),
        f"Always answering “{codes.classes[code]}” gets {100 * right:.1f} % of the labelled pixels and a mean IoU "
        f"of {iou:.3f}. Judged at {size[1]} x {size[0]} pixels"
        + ("." if codes.void is None else f", without “{codes.classes[codes.void]}”."),
    )


def confused_grid(valid: Counts, codes: Codes) -> Grid:
    """What was taken for what, by the number of pixels."""
    wrong = valid.copy()
    np.fill_diagonal(wrong, 0)
    total, of_class = max(1, int(valid.sum())), valid.sum(axis=1)
    order = np.argsort(-wrong, axis=None, kind="stable")[:MOST_CONFUSED].tolist()
    cells = [divmod(cell, len(valid)) for cell in order]
    rows = tuple(
        (
            codes.classes[truth],
            codes.classes[said],
            round(100 * float(wrong[truth, said] / of_class[truth]), 1),
            round(100 * float(wrong[truth, said] / total), 2),
        )
        for truth, said in cells
        if wrong[truth, said]
    )
    return Grid("Most confused", ("It is", "The model said", "% of the class", "% of all pixels"), rows)


def with_pictures(folder: Path, shown: Sequence[Shown], codes: Codes) -> list[Figure]:
    """Write the pictures into the run's folder and return their figures."""
    (folder / FOLDER).mkdir(parents=True, exist_ok=True)
    figures: list[Figure] = []
    for kind, title in TITLES.items():
        own = [one for one in shown if one.kind == kind]
        names = [f"{FOLDER}/{kind}-{at:02d}.png" for at in range(1, len(own) + 1)]
        for one, name in zip(own, names, strict=True):
            _picture(one, codes, folder / name)
        if own:
            captions = tuple(_caption(one.result) for one in own)
            figures.append(Pictures(title, tuple(names), captions, LEGEND))
    return figures


def _picture(one: Shown, codes: Codes, path: Path) -> None:
    panels = [
        one.photo,
        blended(one.photo, one.truth, codes),
        blended(one.photo, one.answer, codes),
        difference(one.photo, one.truth, one.answer, codes),
    ]
    four_together(panels).save(path, "PNG")


def _caption(item: ItemResult) -> str:
    loss = "" if item.loss is None or not math.isfinite(item.loss) else f", loss {item.loss:.2f}"
    return f"{item.words}\n{item.key}{loss}"
