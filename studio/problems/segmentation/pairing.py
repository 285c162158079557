"""Which mask belongs to which photo, told from names alone. No torch, no Qt, nothing is opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from studio.dataset.images import EXTENSIONS, find_images
from studio.dataset.paths import folder_key, is_below
from studio.errors import UserError
from studio.problems.segmentation.options import Options
from studio.recipe.schema import Split

SET = "{set}"
NO_MASK = "no mask belongs to it"
NO_PHOTO = "no photo belongs to this mask"
ELSEWHERE = "images outside the folders of photos and masks"


@dataclass(frozen=True)
class Place:
    """A folder of photos and the folder of their masks, as keys."""

    photos: str
    masks: str


@dataclass(frozen=True)
class Pairs:
    """Photos with their masks, sorted by the photo's key; and what was left out, with the reason."""

    pairs: tuple[tuple[str, str], ...]
    left_out: tuple[tuple[str, str], ...]


def places(options: Options, split: Split) -> tuple[Place, ...]:
    """The folders meant by the options; two of each where they name `{set}`."""
    if SET not in options.images and SET not in options.masks:
        return (Place(folder_key(options.images), folder_key(options.masks)),)
    sets = (folder_key(split.train), folder_key(split.valid))
    return tuple(
        Place(folder_key(options.images.replace(SET, one)), folder_key(options.masks.replace(SET, one)))
        for one in sets
    )


def mask_stem(key: str, place: Place, options: Options) -> str:
    """The mask's key without its ending."""
    inside = key[len(place.photos) + 1 :] if place.photos else key
    stem = PurePosixPath(inside).with_suffix("").as_posix().removesuffix(options.photo_suffix)
    return f"{place.masks}/{stem}{options.mask_suffix}".lstrip("/")


def mask_beside(root: Path, key: str, options: Options, split: Split) -> Path | None:
    """The mask of one photo, by asking the disk; None where there is none."""
    for place in places(options, split):
        if is_below(key, place.photos):
            stem = mask_stem(key, place, options)
            ways = (root / f"{stem}{ending}" for ending in (".png", *EXTENSIONS))
            return next((way for way in ways if way.is_file() and way != root / key), None)
    return None


def find_pairs(root: Path, options: Options, split: Split) -> Pairs:
    """Find every photo with its mask.

    Raises
    ------
    UserError
        Where there is no photo, or none with a mask, naming the folders.
    """
    found = find_images(root)
    pairs: dict[str, str] = {}
    left_out = list(found.left_out)
    taken: set[str] = set()
    for place in places(options, split):
        photos, masks = _sorted_out(found.keys, place, options)
        by_stem = {key.rpartition(".")[0]: key for key in masks}
        for key in photos:
            mask = by_stem.get(mask_stem(key, place, options), "")
            if mask and mask != key:
                pairs[key] = mask
            else:
                left_out.append((key, NO_MASK))
        used = set(pairs.values())
        left_out += [(key, NO_PHOTO) for key in masks if key not in used]
        taken |= {*photos, *masks}
    if not pairs:
        raise _none(root, options, split, taken)
    left_out += _elsewhere(found.keys, taken)
    return Pairs(tuple(sorted(pairs.items())), tuple(sorted(set(left_out))))


def _sorted_out(keys: Sequence[str], place: Place, options: Options) -> tuple[list[str], list[str]]:
    """Photos and masks of one place; in one folder the suffix tells them apart."""
    suffix = options.mask_suffix
    masks = [key for key in keys if is_below(key, place.masks)]
    photos = [key for key in keys if is_below(key, place.photos)]
    if is_below(place.photos, place.masks):  # the folder of masks holds the photos too
        masks = [key for key in masks if _stem(key).endswith(suffix)] if suffix else []
    if is_below(place.masks, place.photos):
        own = set(masks)
        photos = [key for key in photos if key not in own]
    return photos, masks


def _stem(key: str) -> str:
    return PurePosixPath(key).stem


def _elsewhere(keys: Sequence[str], taken: set[str]) -> list[tuple[str, str]]:
    tops = Counter(key.split("/")[0] + "/" if "/" in key else "./" for key in keys if key not in taken)
    return [(top, f"{count} {ELSEWHERE}") for top, count in tops.items()]


def _none(root: Path, options: Options, split: Split, taken: set[str]) -> UserError:
    wanted = places(options, split)
    folders = " and ".join(f"“{place.photos or '.'}” with “{place.masks or '.'}”" for place in wanted)
    there = sorted(p.name for p in root.iterdir() if p.is_dir() and not p.name.startswith("."))
    holds = f"It has the folders: {', '.join(there[:12])}." if there else "It has no folders."
    looked = f"{len(taken)} pictures were looked at." if taken else holds
    return UserError(
        f"No photo with a mask was found in {root} (photos and masks: {folders}). {looked}",
        "Name the folders (images, masks) and what a mask's name has more than the photo's (mask_suffix).",
        fix="images",
    )
