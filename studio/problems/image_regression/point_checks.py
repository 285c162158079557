"""What the points tell: missing ones, those outside their photo, and numbers that are no pixels. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from studio.dataset.headers import Header
from studio.engine.messages import Finding
from studio.problems.base import Dataset
from studio.problems.image_classification.findings import finding, leave_out, many, quoted
from studio.problems.image_regression.targets import as_points
from studio.problems.vision.sizes import ON_SIDE

ALIKE = 0.98
"""Where so many points of photos lie at one place, it stands for something else."""
LEAST = 10


def missing_findings(dataset: Dataset, names: Sequence[str]) -> Iterator[Finding]:
    """Yield which points are not known, and which are nowhere in training or validation."""
    if not dataset.items:
        return
    known = {True: _known(dataset.valid(), len(names)), False: _known(dataset.train(), len(names))}
    never = [name for at, name in enumerate(names) if len(known[False]) and not known[False][:, at].any()]
    if never:
        yield finding(
            "never_in_training",
            "error" if len(never) == len(names) else "warning",
            f"Not marked in any training photo: {quoted(never)}",
            "The model cannot learn where it is and will answer anything. Leave it out of the targets.",
            never,
        )
    unseen = [name for at, name in enumerate(names) if len(known[True]) and not known[True][:, at].any()]
    if unseen:
        yield finding(
            "never_in_validation",
            "warning",
            f"Never judged: {quoted(unseen)}",
            "No validation photo has it marked, so that nothing tells how well the model finds it.",
            unseen,
        )
    yield from _missing(np.vstack([known[False], known[True]]), names)


def _known(items: Sequence[object], points: int) -> NDArray[np.bool_]:
    """Which points are known: (photos, points)."""
    found = [[point is not None for point in item.target] for item in items]  # type: ignore[attr-defined]
    return np.array(found, dtype=bool).reshape(len(found), points)


def _missing(known: NDArray[np.bool_], names: Sequence[str]) -> Iterator[Finding]:
    counts = (~known).sum(axis=0)
    total = int(counts.sum())
    if total:
        yield finding(
            "missing_points",
            "info",
            f"{many(total, 'point is', 'points are')} missing ({100 * total / known.size:.1f} %)",
            "They are left out of the loss and of every score; the photo's other points are used. Nothing needs doing.",
            [
                f"{name}: missing in {many(int(n), 'photo')}"
                for name, n in zip(names, counts, strict=True)
                if n
            ],
            count=total,
        )


def place_findings(
    dataset: Dataset, names: Sequence[str], headers: Mapping[str, Header]
) -> Iterator[Finding]:
    """Yield what the points' places tell, against the sizes of their photos."""
    sized = [(i, _size(headers[i.key])) for i in dataset.items if not headers[i.key].trouble]
    places = np.array([as_points(item.target) for item, _ in sized], dtype=np.float64).reshape(
        -1, len(names), 2
    )
    sizes = np.array([size for _, size in sized], dtype=np.float64).reshape(-1, 1, 2)
    if not len(places):
        return
    if np.nanmax(np.abs(places)) <= 1.5 and sizes.min() > 8:
        yield finding(
            "fractions",
            "error",
            "The points are not in pixels",
            "All lie within the first pixel, as where they are written as parts of the width and height. Multiply "
            "them by the photos' sizes.",
            [item.key for item, _ in sized],
        )
        return
    yield from _outside([item.key for item, _ in sized], places, sizes, names)
    yield from _alike(places, names)


def _size(header: Header) -> tuple[int, int]:
    """Width and height of a photo as it is seen."""
    return (header.height, header.width) if header.orientation in ON_SIDE else (header.width, header.height)


def _outside(
    keys: Sequence[str],
    places: NDArray[np.float64],
    sizes: NDArray[np.float64],
    names: Sequence[str],
) -> Iterator[Finding]:
    is_known = np.isfinite(places).all(axis=2)
    with np.errstate(invalid="ignore"):
        out: NDArray[np.bool_] = is_known & np.any((places < 0) | (places > sizes), axis=2)
    rows = np.flatnonzero(out.any(axis=1)).tolist()
    if rows:
        every = [keys[row] for row in rows]
        total = int(out.sum())
        yield finding(
            "outside",
            "error" if len(rows) * 2 > len(keys) else "warning",
            f"{many(total, 'point lies', 'points lie')} outside the photo, in {many(len(rows), 'photo')}",
            "The model cannot see it: it is left out of the loss, but judged. Look whether x and y are "
            "swapped, or belong to a photo of another size.",
            [
                f"{keys[r]}: {', '.join(_where(places[r, p], names[p]) for p in np.flatnonzero(out[r]).tolist())}"
                for r in rows
            ],
            leave_out(every) if len(rows) * 2 <= len(keys) else None,
            count=total,
        )


def _where(place: NDArray[np.float64], name: str) -> str:
    return f"{name} at {place[0]:.0f}, {place[1]:.0f}"


def _alike(places: NDArray[np.float64], names: Sequence[str]) -> Iterator[Finding]:
    """Points that lie at one place everywhere, and places that stand for "not there"."""
    for at, name in enumerate(names):
        known = places[np.isfinite(places[:, at]).all(axis=1), at]
        if len(known) < LEAST:
            continue
        values, counts = np.unique(known, axis=0, return_counts=True)
        most = int(counts.argmax())
        if counts[most] >= ALIKE * len(known):
            yield finding(
                "constant_target",
                "warning",
                f"“{name}” is at one place in nearly every photo",
                f"It is at {values[most][0]:.0f}, {values[most][1]:.0f}: there is nothing to learn from it.",
                count=int(counts[most]),
            )
        elif (corner := int((np.abs(known) <= 0).all(axis=1).sum())) >= 2:
            yield finding(
                "in_the_corner",
                "warning",
                f"“{name}” is at 0, 0 in {many(corner, 'photo')}",
                "Some tools write 0 for a point that is not there. Empty those cells, or the model learns the corner.",
                count=corner,
            )
