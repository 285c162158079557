"""The grid with 100,000 items against 1,000, and how soon a jump is sharp from a warm pack.

Aims: first paint, jump and resize at most 1.2 times those of 1,000 items; sharp within 100 ms.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from studio.ui import theme
from studio.ui.grid.tile import TileView
from studio.ui.grid.view import TileGrid
from studio.ui.preview import settle
from studio.ui.samples.base import Asked
from studio.ui.samples.image import decode
from studio.ui.samples.pack import Pack
from studio.ui.samples.packed import keep
from studio.ui.samples.thumbnails import ThumbnailLoader
from tests.bench.timing import Row, interleaved, rows

TITLE = "The grid: 100,000 items against 1,000, and time until sharp after a jump"
FEW, MANY = 1_000, 100_000
PHOTOS, JUMPS, REPEATS = 200, 20, 7
WAIT_S = 5.0


def run() -> list[Row]:
    """The table."""
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    theme.install(application, "light")
    with tempfile.TemporaryDirectory(prefix="thaw-bench-") as folder:
        photos = write_photos(Path(folder) / "photos")
        pack = packed(Path(folder) / "pack", photos)
        found = []
        for name, measure in (("first paint", first_paint), ("jump", jump), ("resize", resize)):
            cases = {f"{name}, {count:,} items": _case(measure, photos, pack, count) for count in (FEW, MANY)}
            found += interleaved(cases, "ms", REPEATS)
        found += sharpness(photos, pack)
        pack.close()
    return found


def write_photos(root: Path) -> Path:
    """Photos of 500 x 375."""
    root.mkdir(parents=True)
    dice = np.random.default_rng(0)
    for number in range(PHOTOS):
        noise = dice.integers(0, 256, (30, 40, 3), dtype=np.uint8)
        Image.fromarray(noise).resize((500, 375)).save(root / f"{number:03d}.jpg", quality=88)
    return root


def packed(folder: Path, photos: Path) -> Pack:
    pack = Pack(folder)
    for path in photos.iterdir():
        keep(pack, decode, path.name, path, Asked(160, 112))
    return pack


def grid_of(photos: Path, pack: Pack | None, count: int) -> TileGrid:
    """A grid whose items share `PHOTOS` files, each under the name of one."""
    loader = ThumbnailLoader()
    grid = TileGrid(loader)
    loader.setParent(grid)
    loader.set_root(photos)
    loader.set_pack(pack)
    grid.set_items(count, _key, _words)
    grid.resize(1100, 800)
    return grid


def _key(index: int) -> str:
    return f"{index % PHOTOS:03d}.jpg"


def _words(index: int) -> TileView:
    return TileView(_key(index), f"bee {index}", "loss 1.23", "")


def _case(measure: Callable[[TileGrid], float], photos: Path, pack: Pack, count: int) -> Callable[[], float]:
    def measured() -> float:
        grid = grid_of(photos, pack, count)
        figure = measure(grid)
        grid.close()
        grid.deleteLater()
        settle(20)
        return figure

    return measured


def first_paint(grid: TileGrid) -> float:
    """Milliseconds from setting the items to a painted grid."""
    began = time.perf_counter()
    grid.set_items(grid._selection.count, _key, _words)
    grid.grab()
    return (time.perf_counter() - began) * 1000


def jump(grid: TileGrid) -> float:
    """Milliseconds of a jump anywhere, painted; the median of `JUMPS`."""
    grid.show()
    settle(50)
    dice, bar = random.Random(1), grid.verticalScrollBar()
    figures = []
    for _ in range(JUMPS):
        place = dice.randrange(bar.maximum())
        began = time.perf_counter()
        bar.setValue(place)
        grid.viewport().repaint()
        figures.append((time.perf_counter() - began) * 1000)
    return statistics.median(figures)


def resize(grid: TileGrid) -> float:
    """Milliseconds of a resize, painted; the median of several."""
    grid.show()
    settle(50)
    figures = []
    for width in (900, 1300, 1000, 1200, 950, 1100):
        began = time.perf_counter()
        grid.resize(QSize(width, 800))
        grid.viewport().repaint()
        figures.append((time.perf_counter() - began) * 1000)
    return statistics.median(figures)


def sharpness(photos: Path, pack: Pack) -> list[Row]:
    """Milliseconds until every visible tile has its picture after a jump: from the files, from the pack."""
    figures: dict[str, list[float]] = {"sharp after a jump, from files": [], "the same, from a warm pack": []}
    for _ in range(REPEATS):
        for (_name, found), source in zip(figures.items(), (None, pack), strict=True):
            found.append(_sharp(photos, source))
    return rows(figures, "ms")


def _sharp(photos: Path, pack: Pack | None) -> float:
    grid = grid_of(photos, pack, MANY)
    grid.show()
    settle(300)
    grid._loader.clear()
    began = time.perf_counter()
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum() // 3)
    grid.viewport().repaint()
    while any(grid._loader.image(_key(i)) is None for i in grid.painted()):
        QApplication.processEvents()
        if time.perf_counter() - began > WAIT_S:
            raise TimeoutError("the pictures did not come")
    figure = (time.perf_counter() - began) * 1000
    grid.close()
    grid.deleteLater()
    settle(20)
    return figure
