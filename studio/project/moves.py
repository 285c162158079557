"""Moving one file so that nothing can be lost: never over another file, never half, on any kind of drive.

No torch, no Qt.
"""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path

from studio.project.atomic import sync_folder

NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV, errno.ENOSYS)


def move(source: Path, target: Path) -> None:
    """Move a file to a name that is free.

    Raises
    ------
    FileExistsError
        Where `target` is taken; nothing was changed.
    OSError
        Where a folder cannot be written or the disk is full; the source is still there.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
    _put(source, target)
    try:
        source.unlink(missing_ok=True)
    except OSError:
        target.unlink()
        raise
    sync_folder(target.parent)
    sync_folder(source.parent)


def free_name(target: Path) -> Path:
    """Return `target`, or the first of `name-2`, `name-3` ... beside it that is free."""
    candidate, count = target, 1
    while os.path.lexists(candidate):
        count += 1
        candidate = target.with_name(f"{target.stem}-{count}{target.suffix}")
    return candidate


def refused(root: Path, key: str) -> str:
    """Say why the file `key` below `root` must not be touched; empty where it may."""
    path = root / key
    try:
        if path.is_symlink():
            return "it is a link; the file it points to was left alone"
        if not path.resolve().is_relative_to(root.resolve()):
            return "it leads out of the data folder"
    except (OSError, RuntimeError, ValueError):
        return "its path cannot be followed"
    return "" if path.is_file() else "it is no longer there"


def _put(source: Path, target: Path) -> None:
    """Make `target` the same file as `source` (a second name, or a copy on another drive)."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in NO_LINKS and os.name != "nt":
            raise
        _copy(source, target)


def _copy(source: Path, target: Path) -> None:
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        shutil.copy2(source, part)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target))
        part.rename(target)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
