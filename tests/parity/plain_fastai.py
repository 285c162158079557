"""What a person who knows fastai would write: two stages on folders of photos. Imports nothing of the studio.

`python tests/parity/plain_fastai.py DATA` prints the loss of every batch, one a line.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from fastai.vision.all import (
    Callback,
    CategoryBlock,
    CrossEntropyLossFlat,
    DataBlock,
    GrandparentSplitter,
    ImageBlock,
    Learner,
    Normalize,
    Resize,
    accuracy,
    aug_transforms,
    error_rate,
    get_image_files,
    imagenet_stats,
    noop,
    parent_label,
    resnet18,
    set_seed,
    vision_learner,
)


@dataclass(frozen=True)
class Stage:
    """One fit."""

    freeze: bool
    epochs: int
    size: int
    batch: int
    rate: slice


class Diary(Callback):
    """Notes the loss of every training batch, and the metrics of every epoch."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[float] = []
        self.epochs: list[list[float]] = []

    def after_batch(self) -> None:
        if self.training:
            self.batches.append(self.learn.loss.item())

    def after_epoch(self) -> None:
        self.epochs.append([float(v) for v in self.learn.recorder.values[-1]])

    order = 60


def sorted_images(path: Path) -> list[Path]:
    return sorted(get_image_files(path), key=lambda p: p.relative_to(path).as_posix())


def learner(path: Path, stage: Stage, folder: Path) -> Learner:
    block = DataBlock(
        blocks=(ImageBlock, CategoryBlock),
        get_items=sorted_images,
        get_y=parent_label,
        splitter=GrandparentSplitter(),
        item_tfms=Resize(stage.size),
        batch_tfms=[*aug_transforms(), Normalize.from_stats(*imagenet_stats)],
    )
    dls = block.dataloaders(path, bs=stage.batch, num_workers=0)
    return vision_learner(
        dls,
        resnet18,
        pretrained=False,
        loss_func=CrossEntropyLossFlat(),
        metrics=[accuracy, error_rate],
        path=folder,
    )


def train(path: Path, stages: list[Stage], seed: int, folder: Path) -> Diary:
    """Train the stages one after the other."""
    diary, weights = Diary(), None
    for index, stage in enumerate(stages):
        set_seed(seed + index, reproducible=True)
        learn = learner(path, stage, folder)
        learn.logger = noop
        learn.unfreeze()
        if weights is not None:
            learn.model.load_state_dict(weights)
        set_seed(seed + index, reproducible=True)
        if stage.freeze:
            learn.freeze()
        with learn.no_mbar():
            learn.fit_one_cycle(stage.epochs, stage.rate, wd=0.01, cbs=diary)
        weights = learn.model.state_dict()
    return diary


if __name__ == "__main__":
    plan = [Stage(True, 1, 32, 8, slice(3e-3)), Stage(False, 1, 32, 8, slice(1e-5, 1e-3))]
    print("\n".join(map(str, train(Path(sys.argv[1]), plan, 42, Path("plain")).batches)))
