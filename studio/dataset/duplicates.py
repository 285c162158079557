"""Files with the very same content, found by size first and by SHA-256 second. No torch, no Qt."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from studio.dataset.facts import Fact, facts
from studio.dataset.scan_cache import NO_CACHE, ScanCache, stamp_of

CHUNK_BYTES = 1 << 20


def exact_duplicates(
    root: Path,
    keys: Iterable[str],
    hashing: Callable[[int, int], None] = lambda done, total: None,
    cache: ScanCache = NO_CACHE,
) -> tuple[tuple[str, ...], ...]:
    """Return groups of two or more keys with the same content, each and all of them sorted.

    Only files of equal size are read. Empty and unreadable files belong to no group.

    Parameters
    ----------
    hashing : callable
        Told (files read, files to read); may raise to stop.
    """
    candidates = sorted(key for group in _by_size(root, keys) for key in group)
    groups: dict[str, list[str]] = defaultdict(list)
    hashing(0, len(candidates))
    for key, digest in facts(SHA, root, candidates, lambda _, done, total: hashing(done, total), cache):
        if digest:
            groups[digest].append(key)
    return tuple(sorted(tuple(group) for group in groups.values() if len(group) > 1))


def sha256_of(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file, or an empty text where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
    except OSError:
        return ""
    return digest.hexdigest()


SHA = Fact("sha256", "Looking for copies", sha256_of, str, bool)


def _by_size(root: Path, keys: Iterable[str]) -> list[list[str]]:
    sizes: dict[int, list[str]] = defaultdict(list)
    for key in keys:
        stamp = stamp_of(f"{root}/{key}")
        if stamp is not None and stamp.size:
            sizes[stamp.size].append(key)
    return [group for group in sizes.values() if len(group) > 1]
