"""Files with the very same content, found by size first and by a hash second. No torch, no Qt."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from studio.dataset.facts import CONTENT, facts
from studio.dataset.scan_cache import NO_CACHE, ScanCache, stamp_of


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
    groups: dict[bytes, list[str]] = defaultdict(list)
    hashing(0, len(candidates))
    for key, digest in facts(CONTENT, root, candidates, lambda _, done, total: hashing(done, total), cache):
        if digest:
            groups[digest].append(key)
    return tuple(sorted(tuple(group) for group in groups.values() if len(group) > 1))


def _by_size(root: Path, keys: Iterable[str]) -> list[list[str]]:
    sizes: dict[int, list[str]] = defaultdict(list)
    for key in keys:
        stamp = stamp_of(f"{root}/{key}")
        if stamp is not None and stamp.size:
            sizes[stamp.size].append(key)
    return [group for group in sizes.values() if len(group) > 1]
