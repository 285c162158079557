"""Photos and masks to batches, in plain fastai.

    DataBlock(
        blocks=(ImageBlock(Photo), TransformBlock(type_tfms=Mask.create, item_tfms=AddMaskCodes(classes),
                                                  batch_tfms=IntToFloatTensor)),
        get_x=photo_of, get_y=mask_of, splitter=IndexSplitter(valid),
        item_tfms=Resize((height, width), method), batch_tfms=[*aug_transforms(), Normalize.from_stats(...)],
    )

A mask goes through the same `Resize` and the same augmentation as its photo, to the nearest pixel, so that it
holds class numbers and nothing between them. The random state is the caller's business. Imports torch: engine only.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from fastai.vision.all import (
    AddMaskCodes,
    DataBlock,
    DataLoaders,
    ImageBlock,
    IntToFloatTensor,
    Normalize,
    PILMask,
    Resize,
    TensorMask,
    TransformBlock,
    imagenet_stats,
)
from numpy.typing import NDArray
from PIL import Image

from studio.engine.messages import PreviewSample
from studio.errors import UserError
from studio.problems.base import Dataset, Item
from studio.problems.segmentation.codes import Codes, load_codes
from studio.problems.segmentation.frame import frame, upright_size
from studio.problems.segmentation.items import codes_for, options_of, require_trainable
from studio.problems.segmentation.options import require_encoder, require_size
from studio.problems.segmentation.overlays import blended, shares_in_words
from studio.problems.vision.data import (
    RESIZE,
    Photo,
    apart,
    augmentation,
    device_of,
    lowered,
    pixels_of,
    quickly,
    require_readable,
)
from studio.problems.vision.sparing import sparing
from studio.recipe.schema import Recipe, Stage

PREVIEWED = 16


class MaskFile(NamedTuple):
    """A mask, the photo that it must be as large as, and what its values mean."""

    path: Path
    photo: Path
    codes: Codes


class Labelled(NamedTuple):
    """A photo and its mask; named, since fastai takes a plain tuple apart before `photo_of` sees it."""

    photo: Path
    mask: MaskFile


class Mask(PILMask):
    """A mask opened the studio's way: the numbers as stored, remapped, as large as its photo."""

    @classmethod
    def create(cls, fn: Any, **kwargs: Any) -> Any:
        """Open a mask; anything else is fastai's business."""
        return cls(open_mask(fn)) if isinstance(fn, MaskFile) else super().create(fn, **kwargs)


def open_mask(file: MaskFile) -> Image.Image:
    """Open a mask as class numbers; raises a `UserError` where it cannot be, or has another size than its photo."""
    codes = load_codes(file.path, file.codes)
    size = upright_size(file.photo)
    if size is not None and size != (codes.shape[1], codes.shape[0]):
        raise UserError(
            f"The mask {file.path} has {codes.shape[1]} x {codes.shape[0]} pixels, its photo "
            f"{file.photo.name} {size[0]} x {size[1]}.",
            "Save the mask at its photo's size, or check the data and leave the photo out.",
            fix="check",
        )
    return Image.fromarray(codes)


def photo_of(item: object) -> object:
    """The photo of a labelled one; an item without a mask is the photo itself."""
    return item.photo if isinstance(item, Labelled) else item


def path_of(item: object) -> str:
    """The photo's path, whatever the item."""
    return str(photo_of(item))


def mask_of(item: Labelled) -> MaskFile:
    """The mask of a labelled photo."""
    return item.mask


def labelled(items: Sequence[Item], root: Path, codes: Codes) -> list[Labelled]:
    """Items as fastai takes them, in their order."""
    return [
        Labelled(root / item.key, MaskFile(root / str(item.target), root / item.key, codes)) for item in items
    ]


def dataloaders(
    dataset: Dataset, recipe: Recipe, stage: Stage, batch_size: int, path: Path, cache: Path | None = None
) -> DataLoaders:
    """Build the loaders of one stage.

    Returns
    -------
    DataLoaders
        Batches of photos (batch, 3, height, width) float32, normalised by ImageNet's mean and deviation, and
        class numbers (batch, height, width) int64. Training items are shuffled, a last short batch is dropped.

    Raises
    ------
    UserError
        Where the dataset cannot be trained on, or a first photo or mask cannot be read.
    """
    require_trainable(dataset)
    options = options_of(recipe)
    require_encoder(options.arch)
    height, width = frame(dataset, path, stage.size)
    require_size(min(height, width))
    codes = codes_for(recipe, path)
    files = labelled(dataset.items, path, codes)
    require_readable(dataset, path)
    for side in (dataset.train(), dataset.valid()):
        open_mask(labelled(side[:1], path, codes)[0].mask)
    device = device_of()
    n_batch = lowered(batch_size, len(dataset.train()))
    made = block(dataset, options.resize, options.augment, (height, width), device).dataloaders(
        files,
        path=path,
        bs=n_batch,
        num_workers=0,
        device=device,
        **quickly(
            recipe,
            (height, width),
            options.resize,
            options.augment,
            cache,
            path_of,
            TensorMask,
            mask_of=lambda item: np.asarray(open_mask(item.mask)),
            mask_path_of=lambda item: item.mask.path,
            marked=f"-{hashlib.sha256(repr(codes).encode()).hexdigest()[:12]}",
        ),
    )
    return sparing(made, dataset)


def block(
    dataset: Dataset, resize: str, augment: str, size: tuple[int, int], device: torch.device
) -> DataBlock:
    """The blocks, the split and the transforms, in fastai's words; `size` is (height, width)."""
    masks = TransformBlock(
        type_tfms=Mask.create,
        item_tfms=AddMaskCodes(codes=list(dataset.classes)),
        batch_tfms=IntToFloatTensor,
    )
    return DataBlock(
        blocks=(ImageBlock(Photo), masks),
        get_x=photo_of,
        get_y=mask_of,
        splitter=apart(dataset),
        item_tfms=Resize(size, method=RESIZE[resize]),
        batch_tfms=[
            *augmentation(augment),
            Normalize.from_stats(*imagenet_stats, cuda=device.type == "cuda"),
        ],
    )


def photos_of(dls: DataLoaders, pictures: torch.Tensor) -> NDArray[np.uint8]:
    """Pictures of a batch as they can be seen: (n, height, width, 3) uint8, normalisation taken back."""
    pixels = pixels_of(dls, pictures).as_subclass(torch.Tensor).cpu()
    levels = (pixels * 255).round().clamp(0, 255).to(torch.uint8)
    return np.asarray(levels.permute(0, 2, 3, 1).contiguous())


def preview(dls: DataLoaders) -> tuple[PreviewSample, ...]:
    """Show up to 16 elements of one training batch with their masks drawn on, as the model receives them."""
    pictures, masks = dls.train.one_batch()
    photos = photos_of(dls, pictures)  # (n, height, width, 3)
    codes = masks[:PREVIEWED].as_subclass(torch.Tensor).cpu().numpy().astype(np.uint8)  # (n, height, width)
    known = dls.train_ds.items[0].mask.codes
    return tuple(
        PreviewSample(_png(blended(photo, mask, known)), shares_in_words(mask, known))
        for photo, mask in zip(photos, codes, strict=True)
    )


def _png(picture: NDArray[np.uint8]) -> bytes:
    target = io.BytesIO()
    Image.fromarray(picture).save(target, "PNG", compress_level=1)
    return target.getvalue()
