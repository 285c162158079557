"""Where an export goes, and how it gets there whole. No torch, no Qt.

An export is written into a hidden folder beside its place and moved there file by file when it is finished
and proven. Whatever fails before that leaves an earlier export as it was.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from studio.atomic import disk_error, replacing
from studio.errors import UserError

STAGE = ".export-"
ABANDONED_S = 24 * 3600


@contextmanager
def staged(folder: Path, first: str) -> Iterator[Path]:
    """Yield an empty folder; when the block ends well, what lies in it replaces its namesakes in `folder`.

    Parameters
    ----------
    first : str
        The file that makes the export; it is moved before the others.

    Raises
    ------
    UserError
        Where the disk is full or `folder` cannot be written.
    """
    made = missing_folders(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _clear_abandoned(folder)
        with tempfile.TemporaryDirectory(prefix=STAGE, dir=folder, ignore_cleanup_errors=True) as stage:
            yield Path(stage)
            for path in sorted(Path(stage).iterdir(), key=lambda p: (p.name != first, p.name)):
                settle(path, folder / path.name)
    except OSError as error:
        raise disk_error(error, folder) from error
    finally:
        for empty in made:
            with suppress(OSError):
                empty.rmdir()  # only where the export failed: a folder with files in it stays


def missing_folders(folder: Path) -> list[Path]:
    """Return those of `folder` and its parents that do not exist yet, deepest first."""
    missing: list[Path] = []
    while not folder.exists() and folder != folder.parent:
        missing.append(folder)
        folder = folder.parent
    return missing


def settle(path: Path, target: Path) -> None:
    """Move a finished file onto `target`, durably; raises `UserError` where it cannot be done."""
    with replacing(target) as temporary:
        path.replace(temporary)


def refuse_data_folder(folder: Path, root: Path, project: Path) -> None:
    """Raise `UserError` where `folder` lies in the data, outside a project: it is never written to."""
    place = folder.resolve()
    if place.is_relative_to(root.resolve()) and not place.is_relative_to(project.resolve()):
        raise UserError(
            f"{folder} is part of the data folder.", "Choose a folder outside of it for the export."
        )


def bundle_home(folder: Path, name: str) -> Path:
    """Return where a bundle goes: `folder` itself where it is new, empty or a bundle; else a folder in it."""
    if not folder.is_dir() or (folder / "bundle.json").exists():
        return folder
    others = [p for p in folder.iterdir() if not p.name.startswith(".")]
    return folder / f"{name}-onnx" if others else folder


def _clear_abandoned(folder: Path) -> None:
    """Remove what an export that was killed left behind; a day later nobody is writing to it."""
    for stage in folder.glob(f"{STAGE}*"):
        if time.time() - stage.stat().st_mtime > ABANDONED_S:
            shutil.rmtree(stage, ignore_errors=True)
