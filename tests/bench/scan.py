"""Seconds until the doctor's first finding, of a first and of a second check, over many small photos; memory too.

`python -m tests.bench scan` makes 10,000 photos; `THAW_BENCH_FILES=100000` more, `THAW_BENCH_WIDE=500` larger ones.
The third check is of the same photos, touched, in a folder of another name. Each check runs in a process of its own,
so that its peak of memory is its own.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from tests.bench.timing import Row, rows

FILES = int(os.environ.get("THAW_BENCH_FILES", "10000"))
WIDE = int(os.environ.get("THAW_BENCH_WIDE", "64"))
SIZE = (WIDE, WIDE * 3 // 4)
CLASSES = 10
TITLE = f"Checking {FILES:,} photos of {SIZE[0]}x{SIZE[1]} in {CLASSES} folders (first check = 1)"


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        data, cache = Path(folder) / "photos", Path(folder) / "cache"
        write_photos(data)
        cache.mkdir()
        first, second = measured(data, cache), measured(data, cache)
        moved = touched(data, Path(folder) / "moved")
        third = measured(moved, cache)
    figures = {
        "first check": [first["check_s"]],
        "second check": [second["check_s"]],
        "check of all, touched and moved": [third["check_s"]],
        "collecting the items": [first["collect_s"]],
        "until the first finding": [first["first_s"]],
    }
    told = rows(figures, "s")
    above = " and ".join(f"{each['peak_mib'] - each['start_mib']:.0f}" for each in (first, second, third))
    remark = f"peak {above} MiB above the {first['start_mib']:.0f} at the start"
    return [
        Row(r.case, r.unit, r.median, r.low, r.high, r.ratio, remark if at == 0 else "")
        for at, r in enumerate(told)
    ]


def write_photos(root: Path) -> None:
    """Noise, coarse enough that no two photos look alike by chance; one in a hundred cut short, one class large."""
    random = np.random.default_rng(0)
    for number in range(FILES):
        path = root / f"class{0 if number % 3 else number % CLASSES}" / f"{number:06d}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        noise = random.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        Image.fromarray(noise).resize(SIZE).save(path, quality=85)
        if number % 100 == 99:
            path.write_bytes(path.read_bytes()[:-40])


def touched(data: Path, moved: Path) -> Path:
    """The same photos by another path, with another time of change."""
    data.rename(moved)
    for path in moved.rglob("*.jpg"):
        os.utime(path)
    return moved


def measured(data: Path, cache: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.scan", str(data), str(cache)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(printed.stdout)
    return found


def check(data: Path, cache: Path) -> dict[str, float]:
    """Collect and check once, in this process."""
    from studio.dataset.checking import findings
    from studio.problems import problem_named
    from studio.recipe.new import new_recipe

    problem = problem_named("image_classification")
    start_mib = peak_mib()
    recipe = new_recipe(problem, "bench", data, cache.parent / "bench.thaw", {})
    began = time.perf_counter()
    dataset = problem.part("items").collect(recipe, data)
    collected = time.perf_counter()
    first = 0.0
    for _ in findings(problem, dataset, recipe, data, lambda text, done, total: None, cache):
        first = first or time.perf_counter() - began
    return {
        "collect_s": collected - began,
        "first_s": first,
        "check_s": time.perf_counter() - collected,
        "peak_mib": peak_mib(),
        "start_mib": start_mib,
    }


def peak_mib() -> float:
    """The most memory that this process ever had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(check(Path(sys.argv[1]), Path(sys.argv[2]))))
