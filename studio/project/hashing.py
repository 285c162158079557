"""The content of files as SHA-256, to tell whether one changed since it was marked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path


def sha256_of(path: Path) -> str:
    """Return the hexadecimal digest of a file's content; raises `OSError` where it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hashes_of(root: Path, keys: Sequence[str]) -> dict[str, str]:
    """Return the digests of the keys that are files below `root`; others are left out."""
    hashes = {}
    for key in keys:
        with suppress(OSError, ValueError):
            hashes[key] = sha256_of(root / key)
    return hashes
