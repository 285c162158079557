"""What a person would type in a notebook: the yardstick for `overhead`. Prints the seconds of each epoch.

`python tests/bench/plain_script.py DATA SIZE BATCH EPOCHS`
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import torch
from fastai.vision.all import (
    Callback,
    ImageDataLoaders,
    Normalize,
    Resize,
    accuracy,
    aug_transforms,
    error_rate,
    imagenet_stats,
    set_seed,
    vision_learner,
)
from torchvision.models import resnet18


class Clock(Callback):
    """When each epoch ended, validation included."""

    def before_fit(self) -> None:
        self.ends: list[float] = []

    def after_epoch(self) -> None:
        self.ends.append(time.perf_counter())


def main(data: Path, size: int, batch_size: int, epochs: int) -> None:
    torch.set_num_threads(2)
    set_seed(42)
    dls = ImageDataLoaders.from_folder(
        data,
        train="train",
        valid="valid",
        item_tfms=Resize(size),
        batch_tfms=[*aug_transforms(), Normalize.from_stats(*imagenet_stats)],
        bs=batch_size,
        num_workers=0,
    )
    learner = vision_learner(dls, resnet18, pretrained=False, metrics=[accuracy, error_rate])
    learner.unfreeze()
    clock = Clock()
    with learner.no_bar(), learner.no_logging():
        learner.fit_one_cycle(epochs, 3e-3, wd=0.01, cbs=clock)
    print(json.dumps(clock.ends))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(a) for a in sys.argv[2:5]))
