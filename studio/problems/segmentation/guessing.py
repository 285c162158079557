"""What a dropped folder of photos and masks looks like, told from a bounded number of its entries. No torch, no Qt.

Order of belief: a folder of photos beside a folder of masks (with sets inside or not); sets with a folder of
masks each; masks beside their photos. A few masks are opened only where no file names the classes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from PIL import Image

from studio.dataset.images import EXTENSIONS, IMAGE_ERRORS
from studio.dataset.masks import look_at_mask
from studio.errors import UserError
from studio.problems.base import Guess
from studio.problems.image_classification.guessing import MASK_ENDINGS, TRAIN_NAMES, VALID_NAMES, Budget
from studio.problems.segmentation.codes import class_names, void_among
from studio.problems.segmentation.options import SMALLEST, Options
from studio.problems.segmentation.pairing import SET
from studio.recipe.schema import Split

NAME = "segmentation"
PHOTO_NAMES = ("images", "imgs", "image", "img", "photos", "jpegimages", "rgb", "frames", "x")
CODE_FILES = ("codes.txt", "classes.txt", "labels.txt", "class_names.txt", "names.txt")
LIST_FILES = ("valid.txt", "val.txt", "validation.txt")
SIDE_SUFFIX = re.compile(r"(_P|_L|_mask|-mask|_label|_labels|_seg|_gt|\.mask)$", re.IGNORECASE)
LONGEST_SUFFIX = 24
LOOKED_AT = 6
LARGEST = 384
SPREAD = 4
"""So many times as many numbers as values: 0, 128 and 255 are three classes, not 129."""


@dataclass(frozen=True)
class Found:
    """Photos and masks as the options say them, with some masks and one photo to look at."""

    images: str
    masks: str
    suffix: str
    split: Split
    some: tuple[Path, ...]
    photo: Path
    sure: float


def guess_at(path: Path) -> Guess | None:
    """Propose values for a folder, or None where it does not look like photos with masks."""
    if not path.is_dir():
        return None
    budget = Budget()
    found = _beside(path, budget) or _in_sets(path, budget) or _together(path, budget)
    if found is None:
        return None
    options = {
        "images": found.images,
        "masks": found.masks,
        "mask_suffix": found.suffix,
        **_classes(path, found),
    }
    split = found.split
    if split.kind == "random":
        listed = next((name for name in LIST_FILES if (path / name).is_file()), "")
        split = Split(kind="list", valid_list=listed) if listed else split
    sentence = f"Photos ({found.images or 'here'}) with masks ({found.masks or 'here'}): segmentation."
    return Guess(NAME, found.sure, sentence, options, split, size=full_size(found.photo))


def full_size(photo: Path) -> int | None:
    """The shorter side of a photo, `LARGEST` at most: the size of the plan's last stage."""
    try:
        with Image.open(photo) as image:
            return max(SMALLEST, min(*image.size, LARGEST))
    except IMAGE_ERRORS:
        return None


def _is_mask_folder(name: str) -> bool:
    return name.casefold().endswith(MASK_ENDINGS)


def _photo_folders(folders: Sequence[str]) -> list[str]:
    return sorted(folders, key=lambda name: (name.casefold() not in PHOTO_NAMES, name))


def _beside(path: Path, budget: Budget) -> Found | None:
    """`images/` and `labels/`, perhaps with `train/` and `val/` in each."""
    folders = budget.peek(path, 500)[0]
    for masks in filter(_is_mask_folder, folders):
        for photos in _photo_folders([f for f in folders if not _is_mask_folder(f)]):
            if photos.casefold() in (*TRAIN_NAMES, *VALID_NAMES):
                continue
            inside = budget.peek(path / photos, 500)[0]
            train, valid = _first(inside, TRAIN_NAMES), _first(inside, VALID_NAMES)
            has_sets = bool(train and valid and (path / masks / train).is_dir())
            below = f"/{train}" if has_sets else ""
            suffix = _suffix(path / (photos + below), path / (masks + below), budget)
            if suffix is not None:
                split = Split(kind="random")
                if has_sets:
                    split = Split(kind="folders", train=f"{photos}/{train}", valid=f"{photos}/{valid}")
                return _found(path, photos, masks, suffix, split, below, 0.95)
    return None


def _in_sets(path: Path, budget: Budget) -> Found | None:
    """`train/` and `trainannot/`, `val/` and `valannot/`; or `train/images/` and `train/masks/`."""
    folders = budget.peek(path, 500)[0]
    train, valid = _first(folders, TRAIN_NAMES), _first(folders, VALID_NAMES)
    if not train or not valid:
        return None
    split = Split(kind="folders", train=train, valid=valid)
    for masks in (f for f in folders if f.startswith(train) and f != train and _is_mask_folder(f)):
        suffix = _suffix(path / train, path / masks, budget)
        if suffix is not None and (path / masks.replace(train, valid, 1)).is_dir():
            return _found(path, SET, masks.replace(train, SET, 1), suffix, split, "", 0.95)
    inside = budget.peek(path / train, 500)[0]
    for masks in filter(_is_mask_folder, inside):
        for photos in _photo_folders([f for f in inside if not _is_mask_folder(f)]):
            suffix = _suffix(path / train / photos, path / train / masks, budget)
            if suffix is not None:
                return _found(path, f"{SET}/{photos}", f"{SET}/{masks}", suffix, split, "", 0.95)
    return None


def _together(path: Path, budget: Budget) -> Found | None:
    """`road.jpg` and `road_mask.png` in one folder."""
    folders, images = budget.peek(path, 1000)
    where = "" if images else next((f for f in folders if budget.peek(path / f, 100)[1]), "")
    names = images or (budget.peek(path / where, 1000)[1] if where else [])
    stems = {PurePosixPath(name).stem for name in names}
    ends = [m.group(1) for stem in stems if (m := SIDE_SUFFIX.search(stem)) and stem[: m.start()] in stems]
    if len(ends) < 2 or len(ends) * 3 < len(stems):
        return None
    suffix = max(set(ends), key=ends.count)
    return _found(path, where, where, suffix, Split(kind="random"), "", 0.9)


def _first(folders: Sequence[str], names: Sequence[str]) -> str:
    by_fold = {name.casefold(): name for name in folders}
    return next((by_fold[name] for name in names if name in by_fold), "")


def _suffix(photos: Path, masks: Path, budget: Budget) -> str | None:
    """What the names of masks have after those of photos; None where they do not go together."""
    names = budget.peek(masks, 1000)[1][:LOOKED_AT]
    found = [_suffix_of(photos, PurePosixPath(name).stem) for name in names]
    known = [one for one in found if one is not None]
    return max(set(known), key=known.count) if len(known) * 2 > len(found) else None


def _suffix_of(photos: Path, stem: str) -> str | None:
    for length in range(min(LONGEST_SUFFIX, len(stem) - 1) + 1):
        start = stem[: len(stem) - length]
        if any((photos / f"{start}{ending}").is_file() for ending in EXTENSIONS):
            return stem[len(start) :]
    return None


def _found(
    path: Path, images: str, masks: str, suffix: str, split: Split, below: str, sure: float
) -> Found | None:
    """Fill in some masks and a photo of theirs."""
    folder = path / (masks.replace(SET, split.train) + below)
    names = [n for n in Budget().peek(folder, 1000)[1] if PurePosixPath(n).stem.endswith(suffix)]
    photos = path / (images.replace(SET, split.train) + below)
    for name in names[:LOOKED_AT]:
        stem = PurePosixPath(name).stem.removesuffix(suffix)
        ways = (photos / f"{stem}{ending}" for ending in EXTENSIONS)
        photo = next((way for way in ways if way.is_file()), None)
        if photo is not None:
            step = max(1, len(names) // LOOKED_AT)
            some = tuple(folder / one for one in names[::step][:LOOKED_AT])
            return Found(images, masks, suffix, split, some, photo, sure)
    return None


def _classes(path: Path, found: Found) -> dict[str, str]:
    """The classes file and its void class; or names for the values of a few masks."""
    for name in CODE_FILES:
        try:
            names = class_names(path, Options(codes=name)) if (path / name).is_file() else ()
        except UserError:
            continue
        if names:
            return {"codes": name, "void": void_among(names)}
    values = {value for mask in found.some for value in look_at_mask(mask).pixels}
    return {"codes": "", "classes": ", ".join(_named(values))}


def _named(values: set[int]) -> tuple[str, ...]:
    """Names for the values of a few masks: every number up to the highest; only those seen where they lie far apart."""
    highest = max((value for value in values if value != 255), default=1) or 1
    if highest == 1:
        return ("background", "object")
    is_spread = highest + 1 > SPREAD * len(values)
    numbers = sorted(values | {0}) if is_spread else range(highest + 1)
    return tuple("background" if value == 0 else f"class {value}" for value in numbers)
