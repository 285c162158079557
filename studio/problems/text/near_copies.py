"""Texts that are nearly the same though not word for word: edited a little, quoted whole, printed again.

A text is the set of its runs of four words, each as a number; two are nearly the same where they share seven tenths of
their runs (Jaccard). All pairs are never compared: the smallest runs of a text stand for it, since two sets that are
nearly equal have nearly the same smallest members (Broder 1997, bottom sketches). numpy; no torch, no Qt.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

RUN: Final = 4
SKETCH: Final = 8
FEWEST: Final = 8
"""Runs from which a text has enough to be compared by."""
ALIKE: Final = 0.7
CROWD: Final = 64
"""Texts that share a run from which each is compared with the next only."""
_MIXED = np.uint64(0x9E3779B97F4A7C15)

Tokens = Sequence[str]
Numbers = NDArray[np.uint64]


@lru_cache(maxsize=1 << 18)
def _number(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def runs(words: Tokens) -> Numbers:
    """The distinct runs of four words of a text, as numbers in rising order: (n,) uint64."""
    numbers = np.fromiter((_number(word) for word in words), dtype=np.uint64, count=len(words))
    if len(numbers) < RUN:
        return np.empty(0, dtype=np.uint64)
    mixed = np.zeros(len(numbers) - RUN + 1, dtype=np.uint64)
    for place in range(RUN):
        mixed = mixed * _MIXED + numbers[place : len(numbers) - RUN + 1 + place]
    return np.unique((mixed ^ (mixed >> np.uint64(29))) * _MIXED)


def alike(one: Numbers, other: Numbers) -> float:
    """The share of the runs of both that each of them has."""
    both = len(np.intersect1d(one, other, assume_unique=True))
    return both / max(1, len(one) + len(other) - both)


def near_copies(
    texts: Sequence[Tokens], progress: Callable[[int, int], None] = lambda done, total: None
) -> tuple[tuple[int, ...], ...]:
    """Return groups of two or more places whose texts are nearly the same.

    Parameters
    ----------
    progress : callable
        Told (texts done, texts); may raise to stop.
    """
    leader = list(range(len(texts)))

    def first(place: int) -> int:
        while leader[place] != place:
            leader[place] = place = leader[leader[place]]
        return place

    for one, other in sorted(set(_candidates(texts, progress))):
        a, b = first(one), first(other)
        if a != b and alike(runs(texts[one]), runs(texts[other])) >= ALIKE:
            leader[max(a, b)] = min(a, b)
    groups: dict[int, list[int]] = {}
    for place in range(len(texts)):
        groups.setdefault(first(place), []).append(place)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def _candidates(texts: Sequence[Tokens], progress: Callable[[int, int], None]) -> Iterator[tuple[int, int]]:
    """Pairs of places that share one of their smallest runs."""
    sketches, places = [], []
    for place, words in enumerate(texts):
        progress(place, len(texts))
        found = runs(words)
        if len(found) >= FEWEST:
            sketches.append(found[:SKETCH])
            places.append(place)
    if not sketches:
        return
    values = np.concatenate(sketches)
    owners = np.repeat(np.array(places), [len(sketch) for sketch in sketches])
    order = np.lexsort((owners, values))
    values, owners = values[order], owners[order]
    for shared in np.split(owners, np.flatnonzero(np.diff(values)) + 1):
        yield from _pairs(shared.tolist())


def _pairs(shared: list[int]) -> Iterator[tuple[int, int]]:
    """All pairs of a few; of a crowd (a footer that stands under every mail) each with the next."""
    if len(shared) > CROWD:
        yield from pairwise(shared)
        return
    for at, one in enumerate(shared):
        for other in shared[at + 1 :]:
            yield one, other
