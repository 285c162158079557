"""Photos to batches, in plain fastai: what is here, a script of twenty lines can say too.

    DataBlock(
        blocks=(ImageBlock(Photo), CategoryBlock(vocab=classes)),
        get_x=photo_of, get_y=class_of, splitter=IndexSplitter(valid),
        item_tfms=Resize(size, method), batch_tfms=[*aug_transforms(), Normalize.from_stats(*imagenet_stats)],
    )

over named (photo, label) tuples in the dataset's order. A recipe that is not `exact` has the loaders of
`studio/dataset/pipeline` instead: the same items in the same order, changed with the same likelihoods.
`Photo` opens a file as `load_rgb` of `studio/dataset/images.py` does. The random state is the caller's business.
Imports torch: engine only. No Qt.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from fastai.vision.all import (
    CategoryBlock,
    DataBlock,
    DataLoaders,
    ImageBlock,
    Normalize,
    Resize,
    TensorCategory,
    imagenet_stats,
)

from studio.engine.messages import PreviewSample
from studio.problems.base import Dataset
from studio.problems.image_classification.items import options_of, require_trainable
from studio.problems.image_classification.options import DEFAULT_SIZE, require_architecture, require_size
from studio.problems.vision.data import AUGMENT as AUGMENT
from studio.problems.vision.data import (
    PREVIEWED,
    RESIZE,
    Photo,
    apart,
    augmentation,
    device_of,
    lowered,
    pixels_of,
    png,
    quickly,
    require_readable,
)
from studio.problems.vision.sparing import sparing
from studio.recipe.schema import Recipe, Stage


class Labelled(NamedTuple):
    """A photo and its class; named, since fastai takes a plain tuple apart before `photo_of` sees it.

    There may be a hundred thousand of them: each shares its texts with the dataset, and the path is put together when
    it is needed.
    """

    folder: str
    key: str
    label: str

    @property
    def photo(self) -> str:
        """The photo's path."""
        return os.path.join(self.folder, self.key)  # noqa: PTH118


def photo_of(item: object) -> object:
    """The photo of a labelled one; an item without a class is the photo itself."""
    return item.photo if isinstance(item, Labelled) else item


def class_of(item: Labelled) -> str:
    """The class of a labelled photo."""
    return item.label


def path_of(item: object) -> str:
    """The photo's path, whatever the item."""
    return str(photo_of(item))


def numbers(dataset: Dataset) -> Callable[[Sequence[Labelled]], torch.Tensor]:
    """Makes class numbers (n,) int64 of labelled photos."""
    known = {name: number for number, name in enumerate(dataset.classes)}
    return lambda items: torch.tensor([known[item.label] for item in items])


def labelled(dataset: Dataset, root: Path) -> list[Labelled]:
    """The dataset's items as fastai takes them, in its order."""
    return [Labelled(str(root), item.key, item.target) for item in dataset.items]


def dataloaders(
    dataset: Dataset, recipe: Recipe, stage: Stage, batch_size: int, path: Path, cache: Path | None = None
) -> DataLoaders:
    """Build the loaders of one stage.

    Parameters
    ----------
    batch_size : int
        Lowered to the number of training items where there are fewer.
    path : Path
        The absolute data root; nothing is written into it.
    cache : Path or None
        A folder of ours where photos may be kept small for later epochs.

    Returns
    -------
    DataLoaders
        Batches of photos (batch, 3, size, size) float32, normalised by ImageNet's mean and deviation, and
        class numbers (batch,) int64. Training items are shuffled, a last short batch is dropped.

    Raises
    ------
    UserError
        Where the dataset cannot be trained on, or its first photo cannot be read.
    """
    require_trainable(dataset, recipe.data.split)
    options = options_of(recipe)
    size = require_size(require_architecture(options.arch), stage.size or DEFAULT_SIZE)
    device = device_of()
    n_batch = lowered(batch_size, len(dataset.train()))
    require_readable(dataset, path)
    made = block(dataset, options.resize, options.augment, size, device).dataloaders(
        labelled(dataset, path),
        path=path,
        bs=n_batch,
        num_workers=0,
        device=device,
        **quickly(
            recipe,
            (size, size),
            options.resize,
            options.augment,
            cache,
            path_of,
            TensorCategory,
            numbers(dataset),
        ),
    )
    return sparing(made, dataset)


def block(dataset: Dataset, resize: str, augment: str, size: int, device: torch.device) -> DataBlock:
    """The blocks, the split and the transforms, in fastai's words."""
    return DataBlock(
        blocks=(ImageBlock(Photo), CategoryBlock(vocab=list(dataset.classes))),
        get_x=photo_of,
        get_y=class_of,
        splitter=apart(dataset),
        item_tfms=Resize(size, method=RESIZE[resize]),
        batch_tfms=[
            *augmentation(augment),
            Normalize.from_stats(*imagenet_stats, cuda=device.type == "cuda"),
        ],
    )


def preview(dls: DataLoaders) -> tuple[PreviewSample, ...]:
    """Show up to 16 elements of one training batch as the model receives them, normalisation taken back."""
    pictures, classes = dls.train.one_batch()
    pixels = pixels_of(dls, pictures)  # (n, 3, size, size) in [0, 1]
    labels = [str(dls.vocab[int(c)]) for c in classes[:PREVIEWED]]
    return tuple(PreviewSample(png(p), label) for p, label in zip(pixels, labels, strict=True))
