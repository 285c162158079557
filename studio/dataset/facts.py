"""Looking at many files: several at a time, in their order, with what is known from before. No torch, no Qt.

Only `AT_ONCE` files are under way at a time, so that a hundred thousand take no more memory than what is kept of them;
what was found is remembered after each of these, so that a check that is cancelled or killed was not in vain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from studio.dataset.headers import Header, look
from studio.dataset.masks import MaskLook, look_at_mask
from studio.dataset.scan_cache import NO_CACHE, ScanCache, Seen, content_of, stamp_of

THREADS = 4
AT_ONCE = 256

T = TypeVar("T")
Progress = Callable[[str, int, int], None]


def no_progress(text: str, done: int, total: int) -> None:
    """Tell nobody."""


def _always(fact: object) -> bool:
    return True


@dataclass(frozen=True)
class Fact(Generic[T]):
    """Something worth knowing of a file.

    Attributes
    ----------
    name : str
        In the cache; another one whenever the meaning changes.
    words : str
        What is being done, for the progress.
    of : callable
        Finds it out; must not raise for what is wrong with the file.
    kind : type
        Of the fact, for reading it back.
    lasts : callable
        Whether it may be remembered: a file that could not be read is looked at again.
    whole : bool
        It takes the whole file, so that hashing the content too costs little: see `scan_cache.py`.
    """

    name: str
    words: str
    of: Callable[[Path], T]
    kind: type[T]
    lasts: Callable[[T], bool] = _always
    whole: bool = True


HEADER = Fact("header 1", "Looking at images", look, Header, lambda header: not header.trouble, False)
MASK = Fact("mask 1", "Looking at masks", look_at_mask, MaskLook, lambda seen: not seen.trouble)
CONTENT = Fact("content", "Looking for copies", content_of, bytes, bool)


def facts(
    fact: Fact[T],
    root: Path,
    keys: Sequence[str],
    progress: Progress = no_progress,
    cache: ScanCache = NO_CACHE,
) -> Iterator[tuple[str, T]]:
    """Yield (key, fact) in the keys' order.

    Parameters
    ----------
    progress : callable
        Told (text, done, total) after each file; what it raises ends the look.
    """
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="facts")
    done = 0
    try:
        for first in range(0, len(keys), AT_ONCE):
            for key, found in _some(fact, root, keys[first : first + AT_ONCE], cache, pool):
                yield key, found
                done += 1
                progress(fact.words, done, len(keys))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _some(
    fact: Fact[T], root: Path, keys: Sequence[str], cache: ScanCache, pool: ThreadPoolExecutor
) -> Iterator[tuple[str, T]]:
    def contents(asked: Sequence[str]) -> dict[str, bytes]:
        return dict(zip(asked, pool.map(content_of, [root / key for key in asked]), strict=True))

    stamps = {key: stamp_of(f"{root}/{key}") for key in keys}
    known = cache.known(fact.name, stamps, contents)
    new = [key for key in stamps if key not in known]
    hashed = cache.unhashed(new) if fact.whole else set()
    asked = {key: pool.submit(_look, fact, root / key, key in hashed) for key in new}
    kept = []
    for key in keys:
        if key in known:
            yield key, msgspec.msgpack.decode(known[key], type=fact.kind)
            continue
        (found, content), stamp = asked[key].result(), stamps[key]
        if stamp is not None and fact.lasts(found) and stamp == stamp_of(f"{root}/{key}"):
            kept.append(Seen(key, stamp, msgspec.msgpack.encode(found), content or None))
        yield key, found
    cache.keep(fact.name, kept)


def _look(fact: Fact[T], path: Path, hashes: bool) -> tuple[T, bytes]:
    """A fact, and the hash of the file's content where it is wanted."""
    found = fact.of(path)
    if isinstance(found, bytes) and fact.of is content_of:
        return found, found
    return found, content_of(path) if hashes else b""
