"""Writes that replace a file whole or not at all.

The new content goes to a temporary file in the same folder, reaches the disk, and only then takes the name.
Whatever happens on the way (kill, power cut, full disk), the old file is still there. Imports nothing of the
studio but `errors`.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from studio.errors import UserError

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) if hasattr(errno, "EDQUOT") else (errno.ENOSPC, errno.EFBIG)
DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
BUSY_ON_WINDOWS = (5, 32, 33)
RETRIES = 10
RETRY_S = 0.25


def write_text(path: Path, text: str) -> None:
    """Replace `path` by `text` in UTF-8; raises like `write_bytes`."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, data: bytes) -> None:
    """Replace `path` by `data`.

    Raises
    ------
    UserError
        Where the disk is full or the folder cannot be written; the old file is kept.
    """
    with replacing(path) as temporary, temporary.open("wb") as file:
        file.write(data)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path to write to; it takes the place of `path` when the block ends well.

    Raises
    ------
    UserError
        As `write_bytes`, also for an `OSError` inside the block.
    """
    path = Path(os.path.realpath(path))
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        _sync_file(temporary)
        _replace(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        raise disk_error(error, path) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def disk_error(error: OSError, path: Path) -> UserError:
    """Turn an operating system's refusal to write `path` into a sentence with a remedy."""
    if error.errno in FULL:
        return UserError(
            f"The disk is full: {path} could not be written{_free_words(path.parent)}.",
            "Free some space and try again. What was saved before is still there.",
        )
    if error.errno in DENIED:
        return UserError(
            f"{path} cannot be written: permission denied.",
            "Make the folder writable, or work in a copy of it elsewhere.",
        )
    return UserError(
        f"{path} could not be written: {error.strerror or error}.", "Check the drive and try again."
    )


def sync_folder(folder: Path) -> None:
    """Make renames in `folder` last; nothing where folders cannot be synced (Windows, network drives)."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sync_file(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _replace(source: Path, target: Path) -> None:
    """Rename; on Windows a virus scanner or a sync client may hold the target for a moment."""
    for left in range(RETRIES, -1, -1):
        try:
            source.replace(target)
            return
        except OSError as error:
            if getattr(error, "winerror", None) not in BUSY_ON_WINDOWS or not left:
                raise
            time.sleep(RETRY_S)  # nobody signals the end of a virus scan


def _free_words(folder: Path) -> str:
    try:
        free = shutil.disk_usage(folder).free
    except OSError:
        return ""
    return f" ({free / 2**20:.0f} MiB free)"
