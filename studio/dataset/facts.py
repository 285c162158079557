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
from studio.dataset.scan_cache import NO_CACHE, ScanCache, stamp_of

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
    """

    name: str
    words: str
    of: Callable[[Path], T]
    kind: type[T]
    lasts: Callable[[T], bool] = _always


HEADER = Fact("header 1", "Looking at images", look, Header, lambda header: not header.trouble)
MASK = Fact("mask 1", "Looking at masks", look_at_mask, MaskLook, lambda seen: not seen.trouble)


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
    stamps = {key: stamp_of(f"{root}/{key}") for key in keys}
    known = cache.known(fact.name, stamps)
    asked = {key: pool.submit(fact.of, root / key) for key in stamps if key not in known}
    new = []
    for key in keys:
        if key in known:
            yield key, msgspec.msgpack.decode(known[key], type=fact.kind)
            continue
        found, stamp = asked[key].result(), stamps[key]
        if stamp is not None and fact.lasts(found):
            new.append((key, stamp, msgspec.msgpack.encode(found)))
        yield key, found
    cache.keep(fact.name, new)
