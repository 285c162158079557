"""Results of a run on photos: real ones where THAW_DATA names a folder with them, drawn ones otherwise.

For previews, pictures and tests only. The photos are only read. Must not import: torch, numpy.
"""

from __future__ import annotations

import os
from math import exp
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import Any, cast

import msgspec
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QRadialGradient

from studio.project import RunRecord
from studio.project.marks import Mark
from studio.project.results import ClassScore, ItemResult, Results
from studio.ui.pages.train_parts import sample as curves
from studio.ui.store import Store

CLASSES = ("ants", "bees")
_DRAWN = 36  # items per class
_DISTINCT = 14  # pictures that are really drawn; the others repeat them


def fill(store: Store, classes: tuple[str, ...] = CLASSES, count: int | None = None) -> None:
    """A finished run with results and a few marks."""
    curves.fill(store, 342, done="finished")
    root = photos()
    keys = _keys(root) if root is not None else ()
    store.results = (
        results(keys, classes) if keys else results(_invented(count or 2 * _DRAWN, classes), classes)
    )
    store.results_run = 7
    store.project = cast(
        Any,
        SimpleNamespace(
            data_root=root or _drawn_folder(store.results),
            read_only=False,
            locked_by="",
            folder=Path("ants and bees"),
        ),
    )
    store.runs = [record(5, 0.901), record(6, 0.921), record(7, store.results.metrics["accuracy"])]
    worst = [item for item in store.results.items if not item.valid]
    store.marks = {m.key: m for m in _marks(worst)}


def record(number: int, score: float | None, **changes: Any) -> RunRecord:
    """A finished run of the list."""
    made = RunRecord(
        number=number,
        name="ants and bees",
        status="finished",
        seconds=132,
        score=score,
        metrics={"accuracy": score},
    )
    return msgspec.structs.replace(made, **changes)


def photos() -> Path | None:
    """The folder of real photos named by THAW_DATA, where it is there."""
    named = os.environ.get("THAW_DATA", "")
    folder = Path(named) / "hymenoptera"
    return folder.absolute() if named and (folder / "train" / "ants").is_dir() else None


def results(keys: tuple[str, ...], classes: tuple[str, ...], seed: int = 3) -> Results:
    """Results as a good model would give them: a few items confidently wrong, most right."""
    random = Random(seed)
    items = sorted((_item(key, classes, random) for key in keys), key=lambda i: -(i.loss or 0))
    counts = [[0] * len(classes) for _ in classes]
    for item in items:
        if item.valid:
            counts[classes.index(item.target)][classes.index(item.predicted)] += 1
    total, right = sum(map(sum, counts)), sum(counts[i][i] for i in range(len(classes)))
    score = right / total if total else 0.0
    metrics: dict[str, float | None] = {"valid_loss": 0.214, "accuracy": score, "error_rate": 1 - score}
    scores = tuple(_class_score(name, i, counts) for i, name in enumerate(classes))
    return Results(
        "image_classification", classes, metrics, tuple(items), tuple(tuple(r) for r in counts), scores
    )


def _item(key: str, classes: tuple[str, ...], random: Random) -> ItemResult:
    target = next((c for c in classes if f"/{c}/" in f"/{key}"), classes[0])
    wrong = random.random() < 0.07
    loss = random.uniform(0.8, 9.0) if wrong else min(0.68, random.expovariate(9.0))
    p_target = exp(-loss)
    predicted = random.choice([c for c in classes if c != target]) if wrong else target
    rest = (1 - p_target) / max(1, len(classes) - 1)
    scores = tuple(p_target if c == target else rest for c in classes)
    return ItemResult(key, "val/" in key, target, predicted, loss, max(scores), scores)


def _class_score(name: str, index: int, counts: list[list[int]]) -> ClassScore:
    said, there = sum(row[index] for row in counts), sum(counts[index])
    hit = counts[index][index]
    precision, recall = (hit / said if said else None), (hit / there if there else None)
    f1 = 2 * precision * recall / (precision + recall) if precision and recall else None
    return ClassScore(name, there, precision, recall, f1)


def _marks(worst: list[ItemResult]) -> list[Mark]:
    made = []
    for place, action in ((1, "relabel"), (3, "remove"), (5, "keep")):
        if place < len(worst):
            value = worst[place].predicted if action == "relabel" else None
            made.append(Mark(worst[place].key, cast(Any, action), value))
    return made


def _keys(root: Path) -> tuple[str, ...]:
    return tuple(sorted(p.relative_to(root).as_posix() for p in root.rglob("*.jpg")))


def _invented(count: int, classes: tuple[str, ...]) -> tuple[str, ...]:
    each = max(1, count // len(classes))
    return tuple(
        f"{'val' if i % 3 == 0 else 'train'}/{name}/{name}_{i:04d}.png"
        for name in classes
        for i in range(each)
    )


def _drawn_folder(found: Results) -> Path:
    """A folder of drawn pictures for the first items; it goes with the temporary files of the system."""
    folder = Path(mkdtemp(prefix="thaw-sample-"))
    for place, item in enumerate(found.items[: 2 * _DRAWN]):
        path = folder / item.key
        path.parent.mkdir(parents=True, exist_ok=True)
        if place < _DISTINCT:
            draw(place).save(str(path))
        else:
            path.write_bytes((folder / found.items[place % _DISTINCT].key).read_bytes())
    return folder


def draw(seed: int, width: int = 320, height: int = 240) -> QImage:
    """A picture that could be something small on something green: soft ground, a few round bodies."""
    random = Random(seed)
    made = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ground = QLinearGradient(0, 0, width, height)
    hue = random.choice((0.09, 0.14, 0.22, 0.28, 0.4, 0.58))
    ground.setColorAt(0, QColor.fromHsvF(hue, 0.45, 0.62))
    ground.setColorAt(1, QColor.fromHsvF((hue + 0.04) % 1, 0.65, 0.28))
    painter.fillRect(made.rect(), ground)
    painter.setPen(Qt.PenStyle.NoPen)
    for _ in range(26):
        _blot(painter, random, hue, width, height)
    _body(painter, random, QPointF(width * random.uniform(0.35, 0.65), height * random.uniform(0.4, 0.6)))
    painter.end()
    return made


def _blot(painter: QPainter, random: Random, hue: float, width: int, height: int) -> None:
    middle, size = QPointF(random.uniform(0, width), random.uniform(0, height)), random.uniform(20, 70)
    soft = QRadialGradient(middle, size)
    colour = QColor.fromHsvF((hue + random.uniform(-0.05, 0.05)) % 1, 0.4, random.uniform(0.3, 0.85))
    colour.setAlphaF(0.35)
    soft.setColorAt(0, colour)
    colour.setAlphaF(0.0)
    soft.setColorAt(1, colour)
    painter.setBrush(soft)
    painter.drawEllipse(middle, size, size)


def _body(painter: QPainter, random: Random, middle: QPointF) -> None:
    painter.save()
    painter.translate(middle)
    painter.rotate(random.uniform(-60, 60))
    dark = QColor.fromHsvF(random.choice((0.03, 0.08, 0.12)), 0.7, 0.2 + 0.25 * random.random())
    for left, size in ((-46, 20), (-18, 15), (18, 30)):
        painter.setBrush(dark.lighter(100 + int(60 * random.random())))
        painter.drawEllipse(QRectF(left - size, -size * 0.7, 2 * size, 1.4 * size))
    painter.restore()
