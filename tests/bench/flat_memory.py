"""Memory does not grow with the data: the peak of an epoch over 100,000 photos against one over 1,000.

Small photos, linked under many names, read by the quick loader with its cache; each epoch in a process of its own.
What is counted is memory of the process's own: pages of the cache's file belong to the system, which takes them back.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import msgspec
import numpy as np
from PIL import Image

from tests.bench.timing import Row, interleaved

TITLE = "Peak of own memory over one epoch (1,000 photos = 1)"
KINDS, SIZE = 500, 32


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        cases = {
            f"{n:,} photos": lambda n=n: peak_mib(linked(Path(folder) / str(n), n)) for n in (1000, 100_000)
        }
        return interleaved(cases, "MiB", 1)


def linked(root: Path, count: int) -> Path:
    """A folder of so many photos in two classes."""
    root.mkdir()
    for at in range(KINDS):
        noise = np.random.default_rng(at).integers(0, 256, (40, 48, 3), dtype=np.uint8)
        Image.fromarray(noise).save(root / f"{at}.jpeg")
    for name in "ab":
        (root / "photos" / name).mkdir(parents=True)
    for at in range(count):
        (root / "photos" / "ab"[at % 2] / f"{at:06d}.jpg").hardlink_to(root / f"{at % KINDS}.jpeg")
    return root / "photos"


def peak_mib(root: Path) -> float:
    run = subprocess.run(
        [sys.executable, "-m", "tests.bench.flat_memory", str(root)],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(run.stdout.split()[-1])


def main(root: Path) -> None:
    """One epoch; prints the most that the process had for itself, in MiB."""
    from tests.bench import images

    images.STAGE = msgspec.structs.replace(images.STAGE, size=SIZE)
    loader, most, over = images.studio(root, "standard", root.parent / "cache").train, [0], threading.Event()
    watch = threading.Thread(target=watched, args=(most, over))
    watch.start()
    for _ in loader:
        pass
    over.set()
    watch.join()
    print(most[0] / 1024)


def watched(most: list[int], over: threading.Event) -> None:
    while not over.wait(0.05):
        lines = Path("/proc/self/status").read_text().splitlines()
        most[0] = max(most[0], next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
