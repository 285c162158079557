"""Invented data for the preview of the Data page, for pictures and tests: drawn photos in a temporary folder.

Must not import: torch, numpy.
"""

from __future__ import annotations

import atexit
import random
import shutil
import tempfile
from functools import cache
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QPointF
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QRadialGradient

from studio.engine import messages as m
from studio.problems import problem_named
from studio.recipe.schema import Data, Rate, Recipe, Split, Stage, Training
from studio.ui.store import JobView, Store

_LEAVES = ("#5f7a35", "#8a7a2e", "#3f6b45", "#7d5a3c", "#6b7280", "#a8843a")
_PETALS = ("#e2b93b", "#c26d8f", "#d9d3c4", "#b5532a", "#8fa1c9", "#d8a25c")


def drawn_photo(seed: int, width: int = 320, height: int = 240) -> QImage:
    """Something like a close-up: a soft ground, blurred petals, a dark animal in the middle."""
    dice = random.Random(seed)
    made = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    ground = QLinearGradient(0, 0, dice.uniform(0, width), height)
    ground.setColorAt(0, QColor(dice.choice(_LEAVES)).lighter(125))
    ground.setColorAt(1, QColor(dice.choice(_LEAVES)).darker(190))
    painter.fillRect(made.rect(), ground)
    for _ in range(9):
        _blob(painter, dice, width, height, QColor(dice.choice(_PETALS)), dice.uniform(0.12, 0.34))
    painter.translate(width * dice.uniform(0.4, 0.6), height * dice.uniform(0.4, 0.6))
    painter.rotate(dice.uniform(0, 360))
    _animal(painter, height / 240, seed % 2 == 0)
    painter.end()
    return made


def _blob(
    painter: QPainter, dice: random.Random, width: int, height: int, colour: QColor, size: float
) -> None:
    middle = QPointF(dice.uniform(0, width), dice.uniform(0, height))
    light = QRadialGradient(middle, size * width)
    colour.setAlpha(170)
    light.setColorAt(0, colour)
    colour.setAlpha(0)
    light.setColorAt(1, colour)
    painter.fillRect(0, 0, width, height, light)


def _animal(painter: QPainter, scale: float, bee: bool) -> None:
    painter.scale(scale, scale)
    painter.setPen(QColor("#1c130c"))
    for x in (-16, 0, 14):
        painter.drawLine(QPointF(x, 0), QPointF(x - 10, 34))
        painter.drawLine(QPointF(x, 0), QPointF(x + 8, -34))
    painter.setBrush(QColor("#2a1a10"))
    for x, w, h in ((-30, 20, 13), (-4, 14, 11), (26, 13, 12)):
        painter.drawEllipse(QPointF(x, 0), w, h)
    if bee:
        painter.setBrush(QColor("#d9a02b"))
        for x in (-40, -28):
            painter.drawEllipse(QPointF(x, 0), 4, 12)


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def sample_recipe(root: Path) -> Recipe:
    """Ants and bees in folders."""
    stages = (
        Stage(freeze=True, epochs=3, size=224, lr=Rate(max=5e-3)),
        Stage(freeze=False, epochs=3, size=224, lr=Rate(min=1e-5, max=5e-4)),
    )
    return Recipe(
        problem="image_classification",
        name="ants and bees",
        data=Data(root=str(root), split=Split(kind="folders", train="train", valid="val")),
        training=Training(stages=stages),
        options={"arch": "resnet34"},
    )


def sample_findings() -> tuple[m.Finding, ...]:
    """One photo that is none, and two near-duplicates."""
    return (
        m.Finding(
            "near_duplicates",
            "warning",
            "2 near-duplicates across the split",
            "A model could remember them: validation would look too good.",
            ("train/bees/bee-003.jpg", "val/bees/bee-011.jpg"),
            2,
            m.Fix("Keep them in training", {"skip": ["val/bees/bee-011.jpg"]}),
        ),
        m.Finding(
            "not_an_image",
            "error",
            "1 file is not what its name says",
            "train/ants/imageNotFound.gif is a placeholder, not a photo.",
            ("train/ants/imageNotFound.gif",),
            1,
            m.Fix("Skip it", {"skip": ["train/ants/imageNotFound.gif"]}),
        ),
    )


@cache
def _pictures() -> tuple[Path, tuple[m.SampleRef, ...], tuple[m.PreviewSample, ...]]:
    """Drawn once for a process: the folder (gone when the process ends), its samples, and a batch."""
    root = Path(tempfile.mkdtemp(prefix="thaw-sample-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    samples = []
    for number in range(16):
        label = "bee" if number % 2 == 0 else "ant"
        key = f"{'val' if number % 5 == 4 else 'train'}/{label}s/{label}-{number:03}.jpg"
        (root / key).parent.mkdir(parents=True, exist_ok=True)
        drawn_photo(number).save(str(root / key))
        samples.append(m.SampleRef(key, label, number % 5 == 4))
    batch = (
        m.PreviewSample(_png(drawn_photo(50 + i, 224, 224)), "bee" if i % 2 == 0 else "ant")
        for i in range(12)
    )
    return root, tuple(samples), tuple(batch)


def fill(store: Store) -> None:
    """Everything has been looked at; two findings."""
    root, samples, batch = _pictures()
    store.recipe = sample_recipe(root)
    store.problem = problem_named("image_classification")
    store.scan = m.Scanned(
        n_train=244,
        n_valid=153,
        classes=(m.ClassCount("ants", 123, 70), m.ClassCount("bees", 121, 83)),
        samples=samples,
        left_out=(("train/ants/imageNotFound.gif", "not a photo"),),
    )
    store.findings = sample_findings()
    store.preview = m.PreviewBatch(stage=0, samples=batch)


def fill_fine(store: Store) -> None:
    """Nothing wrong."""
    fill(store)
    store.findings = ()


def fill_scanning(store: Store) -> None:
    """The first look at a new project."""
    fill(store)
    store.scan, store.findings, store.preview = None, None, None
    store.job = JobView(1, "Scan", "Counting the photos", 180, 397, 2.0)


def fill_error(store: Store) -> None:
    """A folder that went away."""
    fill(store)
    store.scan, store.findings, store.preview = None, None, None
    store.scan_error = m.Failed(
        message="The folder ~/data/hymenoptera is not there any more.",
        hint="Choose where the photos are now, at the left; nothing else in the project changes.",
    )
