"""Photos with numbers or points to batches, in plain fastai: what is here, a script of thirty lines can say too.

    DataBlock(
        blocks=(ImageBlock(Photo), PointBlock or RegressionBlock(n_out=k)),
        get_x=photo_of, get_y=target_of, splitter=IndexSplitter(valid),
        item_tfms=Resize(size, method, pad_mode=PadMode.Zeros),
        batch_tfms=[*aug_transforms(do_flip=..., pad_mode=PadMode.Zeros), Normalize.from_stats(...)],
    )

over named (photo, target) tuples in the dataset's order. `PointBlock` scales points to -1..1 over the photo, and every
transform that moves pixels moves them too; a missing one is nan and stays so. Numbers keep their own unit; the loss
standardises them. A recipe that is not `exact` has the loaders of `studio/dataset/pipeline` instead, which take
points where their pixels go. The random state is the caller's business. Imports torch: engine only.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from fastai.vision.all import (
    DataBlock,
    DataLoaders,
    ImageBlock,
    Normalize,
    PadMode,
    PointBlock,
    RegressionBlock,
    Resize,
    TensorPoint,
    aug_transforms,
    imagenet_stats,
)
from numpy.typing import NDArray

from studio.dataset.pipeline.photos import Points
from studio.engine.messages import PreviewSample
from studio.problems.base import Dataset, Item, in_words
from studio.problems.image_regression.drawing import drawn, png_of
from studio.problems.image_regression.items import count_of, is_points, options_of, require_trainable
from studio.problems.image_regression.options import AUGMENT, DEFAULT_SIZE, mirrors
from studio.problems.image_regression.targets import as_numbers, as_points, kind_of, plain_points
from studio.problems.vision.data import (
    PREVIEWED,
    RESIZE,
    Photo,
    apart,
    device_of,
    lowered,
    pixels_of,
    quickly,
    require_readable,
)
from studio.problems.vision.networks import require_architecture, require_size
from studio.problems.vision.sizes import PhotoSizes
from studio.problems.vision.sparing import sparing
from studio.recipe.schema import Recipe, Stage

PREVIEW_MARKS = 2.0


class Aimed(NamedTuple):
    """A photo and its target: numbers (k,) or points (points, 2) in its pixels, float32.

    Named, since fastai takes a plain tuple apart before `photo_of` sees it.
    """

    photo: Path
    target: NDArray[np.float32]


def photo_of(item: object) -> object:
    """The photo of an aimed one; an item without a target is the photo itself."""
    return item.photo if isinstance(item, Aimed) else item


def target_of(item: Aimed) -> object:
    """The target of a photo; said so loosely because fastai casts to what is annotated."""
    return item.target


def aimed(items: tuple[Item, ...], root: Path) -> list[Aimed]:
    """Items as fastai takes them, in their order."""
    return [Aimed(root / item.key, numbers_of(item.target)) for item in items]


def numbers_of(target: Any) -> NDArray[np.float32]:
    """A target as an array."""
    if kind_of(target) == "points":
        return as_points(target)
    return np.array(as_numbers(target), dtype=np.float32)


def path_of(item: object) -> str:
    """The photo's path, whatever the item."""
    return str(photo_of(item))


def targets_of(items: Sequence[Aimed]) -> torch.Tensor:
    """The numbers of photos: (n, k) float32."""
    return torch.from_numpy(np.stack([item.target for item in items]))


def dataloaders(
    dataset: Dataset, recipe: Recipe, stage: Stage, batch_size: int, path: Path, cache: Path | None = None
) -> DataLoaders:
    """Build the loaders of one stage.

    Parameters
    ----------
    cache : Path or None
        A folder of ours where photos may be kept small for later epochs.

    Returns
    -------
    DataLoaders
        Batches of photos (batch, 3, size, size) float32, normalised by ImageNet's mean and deviation, and numbers
        (batch, k) in their own units or points (batch, points, 2) from -1 to 1, float32. Training items are shuffled,
        a last short batch is dropped.

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
    changes = changing(options.augment, mirrors(options, is_points(dataset)))
    made = block(dataset, options.resize, augmentation(changes), size, device).dataloaders(
        aimed(dataset.items, path),
        path=path,
        bs=n_batch,
        num_workers=0,
        device=device,
        **quickly(
            recipe,
            (size, size),
            options.resize,
            changes,
            cache,
            path_of,
            pad_mode="zeros",
            **_pointing() if is_points(dataset) else {"typed": torch.as_tensor, "targets": targets_of},
        ),
    )
    return sparing(made, dataset)


def _pointing() -> dict[str, Any]:
    """Arguments of `quickly` for points; each photo's size is looked up once."""
    sizes = PhotoSizes()
    return {
        "typed": TensorPoint,
        "points_of": lambda item: Points(item.target, *sizes.of(item.photo)),
    }


def changing(level: str, mirror: bool) -> dict[str, Any] | None:
    """The arguments of `aug_transforms` for a level; None for no changes at all."""
    arguments = AUGMENT[level]
    return None if arguments is None else {"do_flip": mirror, **arguments}


def augmentation(changes: dict[str, Any] | None) -> list[Any]:
    """The random changes; they touch training batches only. What comes in at the edges is black.

    fastai's usual reflection would show a second nose, and cells that nobody counted.
    """
    return [] if changes is None else list(aug_transforms(pad_mode=PadMode.Zeros, **changes))


def block(dataset: Dataset, resize: str, changes: list[Any], size: int, device: torch.device) -> DataBlock:
    """The blocks, the split and the transforms, in fastai's words."""
    return DataBlock(
        blocks=(
            ImageBlock(Photo),
            PointBlock if is_points(dataset) else RegressionBlock(n_out=count_of(dataset)),
        ),
        get_x=photo_of,
        get_y=target_of,
        splitter=apart(dataset),
        item_tfms=Resize(size, method=RESIZE[resize], pad_mode=PadMode.Zeros),
        batch_tfms=[*changes, Normalize.from_stats(*imagenet_stats, cuda=device.type == "cuda")],
    )


def preview(dls: DataLoaders) -> tuple[PreviewSample, ...]:
    """Show up to 16 elements of one training batch, with their points, as the model receives them."""
    pictures, targets = dls.train.one_batch()
    pixels = pixels_of(dls, pictures).as_subclass(torch.Tensor).cpu()
    levels = (pixels * 255).round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).numpy()
    known = targets[:PREVIEWED].as_subclass(torch.Tensor).cpu().numpy()
    return tuple(_sample(photo, target) for photo, target in zip(levels, known, strict=True))


def _sample(photo: NDArray[np.uint8], target: NDArray[np.float32]) -> PreviewSample:
    """One element: numbers in words; points drawn, and counted where some are not in the picture."""
    if target.ndim == 1:
        return PreviewSample(png_of(drawn(photo)), in_words(tuple(target.tolist())))
    height, width = photo.shape[:2]
    seen: NDArray[np.bool_] = np.all(np.abs(target) <= 1, axis=1)
    places = np.where(seen[:, None], (target + 1) / 2 * (width, height), np.nan)
    words = f"{int(seen.sum())} of {len(seen)} points" if not seen.all() else f"{len(seen)} points"
    return PreviewSample(
        png_of(drawn(photo, plain_points(places), larger=PREVIEW_MARKS)), words if len(seen) > 1 else ""
    )
