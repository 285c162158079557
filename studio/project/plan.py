"""What carrying out the marks would move, decided before anything is: for data in class folders.

Remove goes to the project's trash, relabel to the folder of the other class. Whatever cannot be moved safely
is left with a reason. No torch, no Qt.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from msgspec import Struct

from studio.project.hashing import sha256_of
from studio.project.marks import Mark
from studio.project.moves import free_name, refused


class Move(Struct, frozen=True):
    """One file to move; `source` and `target` are absolute paths."""

    key: str
    action: str
    source: str
    target: str
    sha256: str


def planned(
    marks: Mapping[str, Mark], targets: Mapping[str, Any], root: Path, trash: Path, in_folders: bool
) -> tuple[list[Move], list[tuple[str, str]]]:
    """Decide the moves.

    Parameters
    ----------
    marks : mapping
        Relabels and removals, by key.
    targets : mapping
        Every item's present label, by key, as the data says it without marks.
    in_folders : bool
        Whether the name of a folder is the label, so that moving a file relabels it.

    Returns
    -------
    moves, skipped
        Skipped items with the reason.
    """
    moves: list[Move] = []
    skipped: list[tuple[str, str]] = []
    taken: set[Path] = set()
    for key, mark in marks.items():
        made = _one(mark, targets, root, trash, in_folders, taken)
        if isinstance(made, str):
            skipped.append((key, made))
        else:
            taken.add(Path(made.target))
            moves.append(made)
    return moves, skipped


def _one(
    mark: Mark, targets: Mapping[str, Any], root: Path, trash: Path, in_folders: bool, taken: set[Path]
) -> Move | str:
    if mark.key not in targets:
        return "it is not in the data any more"
    if why := refused(root, mark.key):
        return why
    source = root / mark.key
    target = (
        trash / "files" / mark.key
        if mark.action == "remove"
        else _relabelled(mark, targets, root, in_folders)
    )
    if isinstance(target, str):
        return target
    try:
        content = sha256_of(source)
    except OSError as error:
        return f"it cannot be read ({error.strerror})"
    if mark.sha256 and mark.sha256 != content:
        return "it has changed since it was marked"
    return Move(mark.key, mark.action, str(source), str(_free(target, taken)), content)


def _relabelled(mark: Mark, targets: Mapping[str, Any], root: Path, in_folders: bool) -> Path | str:
    if not in_folders:
        return "its label is not the name of a folder; the mark stays and is used in training"
    new, old = str(mark.value), str(targets[mark.key])
    if new in ("", ".", "..") or any(c in new for c in "/\\\0"):
        return f"“{new}” cannot be the name of a folder"
    if new == old:
        return "it already has that label"
    parts = list(PurePosixPath(mark.key).parts)
    places = [i for i, part in enumerate(parts[:-1]) if part == old]
    if not places:
        return f"no folder on its path is called “{old}”"
    parts[places[-1]] = new
    target = root.joinpath(*parts)
    if not target.parent.resolve().is_relative_to(root.resolve()):
        return f"the folder “{new}” leads out of the data folder"
    return target


def _free(target: Path, taken: set[Path]) -> Path:
    candidate, count = free_name(target), 1
    while candidate in taken:
        count += 1
        candidate = free_name(target.with_name(f"{target.stem}-{count}{target.suffix}"))
    return candidate
