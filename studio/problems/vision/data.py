"""What every problem of photos makes batches with: opening, resizing, augmenting. Imports torch: engine only."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from fastai.vision.all import DataLoaders, Normalize, PILImage, ResizeMethod, aug_transforms
from PIL import Image

from studio.dataset.images import load_rgb
from studio.dataset.pipeline.changes import changes_of
from studio.dataset.pipeline.loader import PhotoLoader
from studio.dataset.pipeline.photos import Photos
from studio.dataset.pipeline.shaping import Frame
from studio.errors import UserError
from studio.problems.base import Dataset
from studio.problems.vision.sparing import SparingLoader
from studio.recipe.schema import Recipe

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


def augmentation(level: str) -> list[Any]:
    """The random changes of a level; they touch training batches only."""
    arguments = AUGMENT[level]
    return [] if arguments is None else list(aug_transforms(**arguments))


def quickly(
    recipe: Recipe,
    size: tuple[int, int],
    resize: str,
    augment: str | Mapping[str, Any] | None,
    cache: Path | None,
    path_of: Callable[[Any], str],
    typed: Any,
    targets: Callable[[Sequence[Any]], torch.Tensor] | None = None,
    pad_mode: str = "reflection",
    **others: Any,
) -> dict[str, Any]:
    """Arguments that make a block's loaders the quick ones; those of fastai where the recipe asks for them.

    Parameters
    ----------
    size : (int, int)
        Height and width.
    augment : str, mapping or None
        A level of `AUGMENT`, or arguments of `aug_transforms`.
    pad_mode : {"reflection", "zeros"}
        What comes in at the edges.
    others : dict
        `mask_of`, `mask_path_of`, `points_of` and `marked` of `studio.dataset.pipeline.photos.Photos`, which explains
        the rest too.
    """
    if recipe.training.exact or recipe.training.workers:
        return {"dl_type": SparingLoader}
    photos = Photos(
        path_of=path_of,
        frame=Frame(*size, resize, pad_mode),
        changes=changes_of(AUGMENT[augment] if isinstance(augment, str) else augment, pad_mode),
        typed=typed,
        targets=targets,
        folder=None if cache is None else cache / "photos",
        **others,
    )
    return {"dl_type": PhotoLoader, "photos": photos}


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


def require_readable(dataset: Dataset, path: Path) -> None:
    """Open the first photo of each set, where fastai would print before it raises."""
    for items in (dataset.train(), dataset.valid()):
        load_rgb(path / items[0].key)


def device_of() -> torch.device:
    """The card where there is one, else the processor."""
    return (
        torch.device("cuda", torch.cuda.current_device())
        if torch.cuda.is_available()
        else torch.device("cpu")
    )


def pixels_of(dls: DataLoaders, pictures: torch.Tensor) -> torch.Tensor:
    """The first `PREVIEWED` pictures of a batch with normalisation taken back: (n, 3, height, width) in [0, 1]."""
    normalize = next(step for step in dls.train.after_batch.fs if isinstance(step, Normalize))
    found: torch.Tensor = normalize.decode(pictures[:PREVIEWED])
    return found


def png(pixels: torch.Tensor) -> bytes:
    """A picture (3, height, width) in [0, 1] as PNG."""
    levels = (pixels.as_subclass(torch.Tensor).cpu() * 255).round().clamp(0, 255).to(torch.uint8)
    array = levels.permute(1, 2, 0).contiguous().numpy()  # (height, width, 3)
    target = io.BytesIO()
    Image.fromarray(array).save(target, "PNG", compress_level=1)
    return target.getvalue()


def apart(dataset: Dataset) -> Callable[[object], tuple[list[int], list[int]]]:
    """fastai's `IndexSplitter` of the dataset's validation items; its two users share these numbers."""
    sides: tuple[list[int], list[int]] = ([], [])
    for at, item in enumerate(dataset.items):
        sides[item.valid].append(at)
    return lambda items: sides
