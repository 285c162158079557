"""Tags from folders: a photo in `beach/sunset/` has both. No torch, no Qt; nothing is opened."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.dataset.images import find_images
from studio.dataset.merging import read_merges
from studio.dataset.paths import folder_key, is_below
from studio.errors import UserError
from studio.problems.image_classification.sources import SET_FOLDERS, Labelled, Source, no_images
from studio.problems.multi_label.options import Options
from studio.problems.multi_label.table_source import NO_TAGS
from studio.recipe.schema import Split


def folder_tags(root: Path, options: Options, split: Split) -> tuple[Source, dict[str, tuple[str, ...]]]:
    """Find every photo; the tags of each by its key.

    Folders of the sets (train, valid) and those that all photos share are no tags.

    Raises
    ------
    UserError
        Where there is no photo, or none lies in a folder of its own.
    """
    found = find_images(root)
    if not found.keys:
        raise no_images(root, found.left_out)
    merges = read_merges(options.merge)
    tags = {
        key: tuple(sorted({merges.get(name, name) for name in names}))
        for key, names in zip(found.keys, _folders(found.keys, split), strict=True)
    }
    if not any(tags.values()):
        raise UserError(
            f"The {len(tags)} photos in {root} lie in no folders of their own, so that they have no tags.",
            "Put them into folders named for their tags, or take the tags from a table.",
            fix="labels=delimited",
        )
    without = [(key, NO_TAGS) for key, own in tags.items() if not own and options.no_tags == "leave_out"]
    for key, _ in without:
        del tags[key]
    labelled = tuple(Labelled(key, ", ".join(own)) for key, own in tags.items())
    return Source(labelled, tuple(sorted((*found.left_out, *without)))), tags


def _folders(keys: Sequence[str], split: Split) -> list[list[str]]:
    """The folders of each photo that tell photos apart."""
    bases = [folder_key(split.train), folder_key(split.valid)] if split.kind == "folders" else []
    folders = [_inside(key, bases).split("/")[:-1] for key in keys]
    tops = {parts[0].casefold() for parts in folders if parts}
    if tops and tops <= set(SET_FOLDERS):
        folders = [parts[1:] for parts in folders]
    while folders and all(parts and parts[0] == folders[0][0] for parts in folders):
        folders = [parts[1:] for parts in folders]
    return folders


def _inside(key: str, bases: Sequence[str]) -> str:
    holding = [base for base in bases if base and is_below(key, base)]
    return key[len(max(holding, key=len)) + 1 :] if holding else key
