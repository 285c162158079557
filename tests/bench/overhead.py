"""Seconds per epoch of `thaw train` against a plain fastai script, on the same photos, in turn.

`exact` does what the script does to the last bit: what it takes longer is the price of checkpoints, of events and of
the samples after each epoch. From the end of the first epoch to that of the last, so that all of them are in it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from PIL import Image

from tests.bench.timing import Row, interleaved

TITLE = "Seconds per epoch, resnet18 at 96 px, batch 16, 256 photos of 500x375 (plain fastai script = 1)"
SIZE, BATCH, EPOCHS, REPEATS = 96, 16, 3, 3
PLAIN = Path(__file__).with_name("plain_script.py")


def run() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "photos"
        write_photos(data)
        projects = iter(range(1000))
        cases = {
            "plain fastai script": lambda: plain_epoch_s(data),
            "thaw train, exact": lambda: studio_epoch_s(data, Path(folder) / f"{next(projects)}.thaw", True),
            "thaw train": lambda: studio_epoch_s(data, Path(folder) / f"{next(projects)}.thaw", False),
        }
        return interleaved(cases, "s", REPEATS)


def write_photos(root: Path) -> None:
    """192 photos to train and 64 to judge, half blurred and half sharp noise."""
    random = np.random.default_rng(0)
    for part, count in (("train", 96), ("valid", 32)):
        for name, grain in (("coarse", 25), ("fine", 100)):
            (root / part / name).mkdir(parents=True)
            for i in range(count):
                noise = random.integers(0, 256, (grain * 3 // 4, grain, 3), dtype=np.uint8)
                Image.fromarray(noise).resize((500, 375)).save(
                    root / part / name / f"{i:03d}.jpg", quality=88
                )


def plain_epoch_s(data: Path) -> float:
    command = [sys.executable, "-P", str(PLAIN), str(data), str(SIZE), str(BATCH), str(EPOCHS)]
    printed = subprocess.run(command, check=True, capture_output=True, text=True, env=environment())
    return later_epoch(json.loads(printed.stdout.splitlines()[-1]))


def studio_epoch_s(data: Path, project: Path, exact: bool) -> float:
    settings = {"arch": "resnet18", "weights": "none", "size": SIZE, "batch_size": BATCH, "epochs": EPOCHS}
    settings["exact"] = exact
    pairs = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    thaw = [sys.executable, "-m", "studio"]
    quiet = {"check": True, "capture_output": True, "text": True, "env": environment()}
    subprocess.run([*thaw, "new", "image_classification", str(project), "--data", str(data), *pairs], **quiet)
    ends = []
    with subprocess.Popen(
        [*thaw, "train", str(project), "--json"], stdout=subprocess.PIPE, text=True, env=environment()
    ) as training:
        for line in training.stdout or ():
            if json.loads(line).get("event") == "EpochDone":
                ends.append(time.perf_counter())
    return later_epoch(ends)


def later_epoch(ends: list[float]) -> float:
    """The mean of all epochs but the first, which warms caches."""
    return (ends[-1] - ends[0]) / (len(ends) - 1)


def environment() -> dict[str, str]:
    """Both with the threads that they choose for themselves."""
    return {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
