"""Photos to batches, in plain fastai: what is here, a script of twenty lines can say too.

    DataBlock(
        blocks=(ImageBlock(Photo), CategoryBlock(vocab=classes)),
        get_x=photo_of, get_y=class_of, splitter=IndexSplitter(valid),
        item_tfms=Resize(size, method), batch_tfms=[*aug_transforms(), Normalize.from_stats(*imagenet_stats)],
    )

over named (photo, label) tuples in the dataset's order. `Photo` opens a file as `load_rgb` of
`studio/dataset/images.py` does.
The random state is the caller's business. Imports torch: engine only. No Qt.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, NamedTuple

import torch
from fastai.vision.all import (
    CategoryBlock,
    DataBlock,
    DataLoaders,
    ImageBlock,
    IndexSplitter,
    Normalize,
    PILImage,
    Resize,
    ResizeMethod,
    aug_transforms,
    imagenet_stats,
)
from PIL import Image

from studio.dataset.images import load_rgb
from studio.engine.messages import PreviewSample
from studio.errors import UserError
from studio.problems.base import Dataset
from studio.problems.image_classification.items import options_of, require_trainable
from studio.problems.image_classification.options import DEFAULT_SIZE, require_architecture, require_size
from studio.recipe.schema import Recipe, Stage

PREVIEWED = 16
SMALLEST_BATCH = 2
RESIZE = {"crop": ResizeMethod.Crop, "squish": ResizeMethod.Squish, "pad": ResizeMethod.Pad}
AUGMENT: dict[str, dict[str, Any] | None] = {
    "none": None,
    "light": {"max_rotate": 0.0, "max_zoom": 1.0, "max_lighting": 0.0, "max_warp": 0.0},
    "standard": {},
    "strong": {"flip_vert": True, "max_rotate": 30.0, "max_zoom": 1.3, "max_lighting": 0.4, "max_warp": 0.3},
}
"""Arguments of fastai's `aug_transforms`; None for no augmentation at all."""


class Photo(PILImage):
    """An image opened the studio's way: upright, 8-bit RGB, and a sentence where it cannot be."""

    @classmethod
    def create(cls, fn: Any, **kwargs: Any) -> Any:
        """Open a file; anything that is not a path is fastai's business."""
        return cls(load_rgb(fn)) if isinstance(fn, str | Path) else super().create(fn, **kwargs)


class Labelled(NamedTuple):
    """A photo and its class; named, since fastai takes a plain tuple apart before `photo_of` sees it."""

    photo: Path
    label: str


def photo_of(item: object) -> object:
    """The photo of a labelled one; an item without a class is the photo itself."""
    return item.photo if isinstance(item, Labelled) else item


def class_of(item: Labelled) -> str:
    """The class of a labelled photo."""
    return item.label


def labelled(dataset: Dataset, root: Path) -> list[Labelled]:
    """The dataset's items as fastai takes them, in its order."""
    return [Labelled(root / item.key, item.target) for item in dataset.items]


def dataloaders(dataset: Dataset, recipe: Recipe, stage: Stage, batch_size: int, path: Path) -> DataLoaders:
    """Build the loaders of one stage.

    Parameters
    ----------
    batch_size : int
        Lowered to the number of training items where there are fewer.
    path : Path
        The absolute data root; nothing is written into it.

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
    device = (
        torch.device("cuda", torch.cuda.current_device())
        if torch.cuda.is_available()
        else torch.device("cpu")
    )
    n_batch = lowered(batch_size, len(dataset.train()))
    _require_readable(dataset, path)
    return block(dataset, options.resize, options.augment, size, device).dataloaders(
        labelled(dataset, path), path=path, bs=n_batch, num_workers=0, device=device
    )


def block(dataset: Dataset, resize: str, augment: str, size: int, device: torch.device) -> DataBlock:
    """The blocks, the split and the transforms, in fastai's words."""
    return DataBlock(
        blocks=(ImageBlock(Photo), CategoryBlock(vocab=list(dataset.classes))),
        get_x=photo_of,
        get_y=class_of,
        splitter=IndexSplitter([at for at, item in enumerate(dataset.items) if item.valid]),
        item_tfms=Resize(size, method=RESIZE[resize]),
        batch_tfms=[
            *augmentation(augment),
            Normalize.from_stats(*imagenet_stats, cuda=device.type == "cuda"),
        ],
    )


def augmentation(level: str) -> list[Any]:
    """The random changes of a level; they touch training batches only."""
    arguments = AUGMENT[level]
    return [] if arguments is None else list(aug_transforms(**arguments))


def lowered(batch_size: int, n_train: int) -> int:
    """The batch that is used: never more than there is to train on.

    Raises
    ------
    UserError
        Where fewer than two items are left for a batch, on which batch normalisation cannot train.
    """
    used = min(batch_size, n_train)
    if used >= SMALLEST_BATCH:
        return used
    if n_train < SMALLEST_BATCH:
        raise UserError("There is only one item to train on.", "Add items, or keep fewer for validation.")
    raise UserError(
        f"A batch of {batch_size} is too small: the network compares the items of a batch.",
        "Set the batch size to 2 or more.",
        fix="batch_size=auto",
    )


def _require_readable(dataset: Dataset, path: Path) -> None:
    """Open the first photo of each set, where fastai would print before it raises."""
    for items in (dataset.train(), dataset.valid()):
        load_rgb(path / items[0].key)


def preview(dls: DataLoaders) -> tuple[PreviewSample, ...]:
    """Show up to 16 elements of one training batch as the model receives them, normalisation taken back."""
    pictures, classes = dls.train.one_batch()
    normalize = next(step for step in dls.train.after_batch.fs if isinstance(step, Normalize))
    pixels = normalize.decode(pictures[:PREVIEWED])  # (n, 3, size, size) in [0, 1]
    labels = [str(dls.vocab[int(c)]) for c in classes[:PREVIEWED]]
    return tuple(PreviewSample(_png(p), label) for p, label in zip(pixels, labels, strict=True))


def _png(pixels: torch.Tensor) -> bytes:
    """A picture (3, height, width) in [0, 1] as PNG."""
    levels = (pixels.as_subclass(torch.Tensor).cpu() * 255).round().clamp(0, 255).to(torch.uint8)
    array = levels.permute(1, 2, 0).contiguous().numpy()  # (height, width, 3)
    target = io.BytesIO()
    Image.fromarray(array).save(target, "PNG", compress_level=1)
    return target.getvalue()
