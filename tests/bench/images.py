"""Photos to batches: the first epoch, and those after it, against fastai's loader with two processes.

Both make normalised float batches at 224 pixels of photos of 500x375, whose files are as large as those of a camera or
of ImageNet (80 KB): decoding is most of a first epoch. "Later epoch" is with `aug_transforms()`. Each figure is by the
clock and by processor time, which other programs on the machine change less. A pass of each comes first and is not
measured: what a process does once (imports, memory that it has never had) is no part of an epoch. Last come small
photos that are kept, read by one thread as they are, and by threads that share the work.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import simplejpeg
import torch
from fastai.vision.all import ImageDataLoaders, Normalize, Resize, aug_transforms, imagenet_stats
from PIL import Image

from studio.dataset.pipeline import gathering
from studio.dataset.pipeline.ahead import Ahead
from studio.dataset.pipeline.gathering import Gathering
from studio.problems.image_classification import data
from studio.problems.image_classification.items import collect
from studio.recipe.schema import Data, Rate, Recipe, Split, Stage, Training
from tests.bench.timing import Row, rows

TITLE = "Photos to batches of 32 at 224 px, images a second and (cpu) a processor second; fastai's loader = 1"
SIZE, SMALL, BATCH, REPEATS, THREADS = 224, 32, 32, 3, 2
PHOTOS, WIDTH, HEIGHT = 960, 500, 375
STAGE = Stage(freeze=False, epochs=1, size=SIZE, batch_size=BATCH, lr=Rate(max=1e-3))


def run() -> list[Row]:
    torch.set_num_threads(THREADS)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "photos"
        write_photos(root)
        new = Path(folder) / "new"
        first = {
            "first epoch, fastai, 2 processes": lambda: plain(root, []),
            "first epoch, studio": lambda: studio(root, "none", emptied(new)).train,
            "first epoch, studio, bytes": lambda: Bytes(studio(root, "none", emptied(new)).train),
            "bare decoding, 2 threads": lambda: Decoding(root),
        }
        warm = studio(root, "standard", Path(folder) / "warm").train
        list(warm)
        later = {
            "later epoch, fastai, 2 processes": lambda: plain(root, aug_transforms()),
            "later epoch, studio": lambda: warm,
        }
        return [*measured(first), *measured(later), *small(root, Path(folder) / "small")]


def small(root: Path, cache: Path) -> list[Row]:
    """Kept photos of `SMALL` pixels, by one thread and shared."""
    stage, least = msgspec.structs.replace(STAGE, size=SMALL), gathering.LEAST_SHARED
    loader = studio(root, "none", cache, stage).train
    list(loader)

    def read(shared_from: float) -> Any:
        gathering.LEAST_SHARED = shared_from
        return loader

    try:
        return measured(
            {
                f"later epoch at {SMALL} px, threads share": lambda: read(0.0),
                f"later epoch at {SMALL} px, one thread": lambda: read(least),
            }
        )
    finally:
        gathering.LEAST_SHARED = least


def write_photos(root: Path) -> None:
    """`PHOTOS` to train and a few to judge: soft shapes, texture, and the grain of a sensor."""
    dice = np.random.default_rng(0)
    for number in range(PHOTOS + 2 * BATCH):
        path = root / ("valid" if number >= PHOTOS else "train") / "ab"[number % 2] / f"{number:04d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        shapes, texture = (_noise(dice, coarse) for coarse in (25, 3))
        grain = dice.normal(15, 8, (HEIGHT, WIDTH, 1))
        levels = 0.6 * shapes + 0.25 * texture + grain
        Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8)).save(path, quality=88)


def _noise(dice: np.random.Generator, coarse: int) -> np.ndarray:
    """Noise with spots of so many pixels: (HEIGHT, WIDTH, 3)."""
    small = dice.integers(0, 256, (HEIGHT // coarse, WIDTH // coarse, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(small).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC), dtype=float)


def measured(cases: dict[str, Callable[[], Any]]) -> list[Row]:
    wall: dict[str, list[float]] = {name: [] for name in cases}
    cpu: dict[str, list[float]] = {f"{name} (cpu)": [] for name in cases}
    for number in range(1 + REPEATS):
        for name, make in cases.items():
            loader, began, spent = make(), time.perf_counter(), seconds()
            n = sum(len(batch[0]) for batch in loader)
            if number:
                wall[name].append(n / (time.perf_counter() - began))
                cpu[f"{name} (cpu)"].append(n / (seconds() - spent))
    return [*rows(wall, "images/s"), *rows(cpu, "images/s")]


def seconds() -> float:
    """Processor seconds of this process and of those that ended below it."""
    return sum(os.times()[:4])


def emptied(folder: Path) -> Path:
    """The same folder, with nothing kept in it."""
    shutil.rmtree(folder, ignore_errors=True)
    return folder


def plain(root: Path, changes: list[Any]) -> Any:
    return ImageDataLoaders.from_folder(
        root,
        train="train",
        valid="valid",
        item_tfms=Resize(SIZE),
        batch_tfms=[*changes, Normalize.from_stats(*imagenet_stats)],
        bs=BATCH,
        num_workers=2,
    ).train


def studio(root: Path, augment: str, cache: Path, stage: Stage | None = None) -> Any:
    stage = stage or STAGE
    recipe = Recipe(
        problem="image_classification",
        name="bench",
        data=Data(
            root=str(root), split=Split(kind="folders") if (root / "train").exists() else Split(kind="random")
        ),
        training=Training(stages=(stage,)),
        options={"arch": "resnet18", "weights": "none", "augment": augment},
    )
    return data.dataloaders(collect(recipe, root), recipe, stage, BATCH, root, cache)


class Bytes:
    """Batches as a card gets them: it makes floats by itself. Photos are kept as ever."""

    def __init__(self, loader: Any) -> None:
        order = loader.get_idxs()
        chunks = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
        photos, items, statistics = loader.photos, loader.dataset.items, loader._statistics()
        card = torch.device("mps")  # nothing is moved there, and there need be none
        self._made = Gathering(photos, items, chunks, 0, 1, True, card, statistics)

    def __iter__(self) -> Any:
        return ((raw.planes,) for raw in Ahead(self._made.__iter__))


class Decoding:
    """The limit: nothing but decoding, with the interpreter's lock free."""

    def __init__(self, root: Path) -> None:
        self._files = sorted((root / "train").rglob("*.jpg"))

    def __iter__(self) -> Any:
        with ThreadPoolExecutor(THREADS) as pool:
            for pixels in pool.map(lambda f: simplejpeg.decode_jpeg(f.read_bytes(), "RGB"), self._files):
                yield ([pixels],)
