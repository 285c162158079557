"""Names of files below a data root: keys with forward slashes, and nothing outside.

A table of file names is somebody else's writing: a name that is absolute, climbs with `..` or leaves through
a link is refused, so that nothing outside the data folder is ever read, moved or deleted. No torch, no Qt.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath, PureWindowsPath


def key_below(root: Path, text: str) -> str | None:
    """Return the key of the file that `text` names, or None where it would lie outside `root`.

    The file need not exist. Backward slashes count as forward ones, `./` is dropped.
    """
    if PurePosixPath(text).is_absolute() or PureWindowsPath(text).anchor:
        return None
    parts = [p for p in text.replace("\\", "/").split("/") if p not in ("", ".")]
    if not parts or ".." in parts or "\0" in text:
        return None
    key = "/".join(parts)
    return key if stays_below(root, key) else None


def stays_below(root: Path, key: str) -> bool:
    """Whether following every link of `key` still ends below `root`."""
    try:
        return (root / key).resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError):  # a loop of links, or a name that the system cannot hold
        return False


def is_below(key: str, folder: str) -> bool:
    """Whether `key` lies in `folder` (a key itself), or is it."""
    return not folder or key == folder or key.startswith(f"{folder}/")


def folder_key(folder: str) -> str:
    """A folder as a person may type it (`./train/`) as a key (`train`)."""
    return "/".join(p for p in folder.replace("\\", "/").split("/") if p not in ("", "."))
