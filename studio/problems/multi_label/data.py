"""Photos with tags to batches, in plain fastai: what is here, a script of twenty lines can say too.

    DataBlock(
        blocks=(ImageBlock(Photo), MultiCategoryBlock(vocab=tags)),
        get_x=photo_of, get_y=tags_of, splitter=IndexSplitter(valid),
        item_tfms=Resize(size, method), batch_tfms=[*aug_transforms(), Normalize.from_stats(*imagenet_stats)],
    )

over named (photo, tags) tuples in the dataset's order. The vocabulary is fixed: a tag that only the validation
set has is judged, though never learned. The random state is the caller's business. Imports torch: engine only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from fastai.vision.all import (
    DataBlock,
    DataLoaders,
    ImageBlock,
    MultiCategoryBlock,
    Normalize,
    Resize,
    TensorMultiCategory,
    imagenet_stats,
)

from studio.engine.messages import PreviewSample
from studio.problems.base import Dataset, in_words, names_in
from studio.problems.multi_label.items import options_of, require_trainable
from studio.problems.multi_label.options import LAST_SIZE
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
from studio.problems.vision.networks import require_architecture, require_size
from studio.problems.vision.sparing import sparing
from studio.recipe.schema import Recipe, Stage


class Tagged(NamedTuple):
    """A photo and its tags; named, since fastai takes a plain tuple apart before `photo_of` sees it.

    The path is text: a `Path` takes four times the memory, and there may be a hundred thousand of them.
    """

    photo: str
    tags: tuple[str, ...]


def photo_of(item: object) -> object:
    """The photo of a tagged one; an item without tags is the photo itself."""
    return item.photo if isinstance(item, Tagged) else item


def tags_of(item: Tagged) -> object:
    """The tags of a tagged photo, as a list; said so loosely because fastai casts to what is annotated."""
    return list(item.tags)


def path_of(item: object) -> str:
    """The photo's path, whatever the item."""
    return str(photo_of(item))


def flags(dataset: Dataset) -> Callable[[Sequence[Tagged]], torch.Tensor]:
    """Makes flags (n, tags) float32 of tagged photos."""
    known = {name: number for number, name in enumerate(dataset.classes)}

    def flagged(items: Sequence[Tagged]) -> torch.Tensor:
        found = torch.zeros(len(items), len(known))
        for row, item in enumerate(items):
            found[row, [known[tag] for tag in item.tags]] = 1.0
        return found

    return flagged


def tagged(dataset: Dataset, root: Path) -> list[Tagged]:
    """The dataset's items as fastai takes them, in its order."""
    return [Tagged(str(root / item.key), names_in(item.target)) for item in dataset.items]


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
        flags (batch, tags) float32. Training items are shuffled, a last short batch is dropped.

    Raises
    ------
    UserError
        Where the dataset cannot be trained on, or its first photo cannot be read.
    """
    require_trainable(dataset, recipe.data.split)
    options = options_of(recipe)
    size = require_size(require_architecture(options.arch), stage.size or LAST_SIZE)
    device = device_of()
    n_batch = lowered(batch_size, len(dataset.train()))
    require_readable(dataset, path)
    made = block(dataset, options.resize, options.augment, size, device).dataloaders(
        tagged(dataset, path),
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
            TensorMultiCategory,
            flags(dataset),
        ),
    )
    return sparing(made, dataset)


def block(dataset: Dataset, resize: str, augment: str, size: int, device: torch.device) -> DataBlock:
    """The blocks, the split and the transforms, in fastai's words."""
    return DataBlock(
        blocks=(ImageBlock(Photo), MultiCategoryBlock(vocab=list(dataset.classes))),
        get_x=photo_of,
        get_y=tags_of,
        splitter=apart(dataset),
        item_tfms=Resize(size, method=RESIZE[resize]),
        batch_tfms=[
            *augmentation(augment),
            Normalize.from_stats(*imagenet_stats, cuda=device.type == "cuda"),
        ],
    )


def preview(dls: DataLoaders) -> tuple[PreviewSample, ...]:
    """Show up to 16 elements of one training batch as the model receives them, normalisation taken back."""
    pictures, flags = dls.train.one_batch()
    labels = [
        in_words([str(tag) for tag, flag in zip(dls.vocab, row, strict=True) if flag])
        for row in flags[:PREVIEWED].tolist()
    ]
    return tuple(
        PreviewSample(png(p), label) for p, label in zip(pixels_of(dls, pictures), labels, strict=True)
    )
