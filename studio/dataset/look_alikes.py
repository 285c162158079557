"""Photos that look alike though their files differ: saved again, scaled, made a little brighter, the next frame.

Each photo becomes a signature of 16 x 18 grey levels. Candidates share a band of a 64-bit difference hash (which of
two neighbours is brighter), by the pigeonhole principle all pairs within `MOST_BITS`; a pair is believed where the
signatures agree. numpy and Pillow; no torch, no Qt.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from studio.dataset.facts import Fact
from studio.dataset.images import DEEP_MODES, IMAGE_ERRORS, MAX_PIXELS, stretched
from studio.dataset.scan_cache import ScanCache, Seen, Stamp

HIGH, WIDE = 16, 18
DRAFT = (WIDE * 4, HIGH * 4)
MOST_BITS = 5
BANDS = (11, 11, 11, 11, 10, 10)
AGREES = 0.98
"""The least correlation of two signatures that are of one picture."""
FLAT = 4.0
"""The deviation of grey levels under which a picture has nothing to compare."""
COMPARED = "look alikes 1"
ALL = "/all"
"""What the cache knows the comparison by: no key of a file begins with a slash."""
CROWD = 1024
NEIGHBOURS = 256

Signatures = NDArray[np.uint8]


def signature(path: Path) -> bytes:
    """Grey levels of a photo made tiny: (HIGH, WIDE) uint8 as bytes; empty where it cannot be read."""
    try:
        with Image.open(path) as image:
            if image.width * image.height > MAX_PIXELS:
                return b""
            image.draft("L", DRAFT)
            upright = ImageOps.exif_transpose(image)
            grey = stretched(upright) if upright.mode in DEEP_MODES else upright.convert("L")
            return bytes(grey.resize((WIDE, HIGH), Image.Resampling.BOX).tobytes())
    except IMAGE_ERRORS:
        return b""


SIGNATURE = Fact("signature 1", "Comparing pictures", signature, bytes, bool)


def look_alikes(
    signatures: Signatures, comparing: Callable[[int, int], None] = lambda done, total: None
) -> tuple[tuple[int, ...], ...]:
    """Return groups of two or more places whose pictures look alike.

    Parameters
    ----------
    signatures : (n, HIGH, WIDE) uint8
    comparing : callable
        Told (bands done, bands); may raise to stop.
    """
    usable = np.flatnonzero(_deviations(signatures) >= FLAT)
    codes = hashes(signatures[usable])
    joined = _Joined(len(signatures))
    for band, bits in enumerate(_bands(codes)):
        comparing(band, len(BANDS))
        for places in _buckets(bits):
            ordered = places[np.argsort(codes[places], kind="stable")]
            _join_close(codes[ordered], usable[ordered], signatures, joined)
    return joined.groups()


def known_look_alikes(
    signatures: Signatures, cache: ScanCache, comparing: Callable[[int, int], None]
) -> tuple[tuple[int, ...], ...]:
    """`look_alikes`, from the cache where the same signatures were compared before."""
    digest = hashlib.sha256(signatures.tobytes()).digest()
    stamp = Stamp(len(signatures), int.from_bytes(digest[:7]))
    known = cache.known(COMPARED, {ALL: stamp})
    if known:
        return msgspec.msgpack.decode(known[ALL], type=tuple[tuple[int, ...], ...])
    found = look_alikes(signatures, comparing)
    cache.keep(COMPARED, [Seen(ALL, stamp, msgspec.msgpack.encode(found))])
    return found


def hashes(signatures: Signatures) -> NDArray[np.uint64]:
    """Difference hashes: (n,) uint64, a bit for each two neighbours of 8 x 9 cells."""
    if not len(signatures):
        return np.zeros(0, dtype=np.uint64)
    cells = signatures.reshape(-1, HIGH // 2, 2, WIDE // 2, 2).sum(axis=(2, 4), dtype=np.uint16)  # (n, 8, 9)
    bits = cells[:, :, 1:] > cells[:, :, :-1]  # (n, 8, 8)
    packed: NDArray[np.uint64] = np.packbits(bits.reshape(-1, 64), axis=1).view(np.uint64).ravel()
    return packed


def _deviations(signatures: Signatures) -> NDArray[np.float64]:
    """The deviation of grey levels of each photo, a few thousand at a time: floats take eight times the memory."""
    parts = [signatures[at : at + CROWD].std(axis=(1, 2)) for at in range(0, len(signatures), CROWD)]
    return np.concatenate(parts) if parts else np.zeros(0)


def _bands(codes: NDArray[np.uint64]) -> Iterator[NDArray[np.uint64]]:
    shift = 0
    for width in BANDS:
        yield (codes >> np.uint64(shift)) & np.uint64((1 << width) - 1)
        shift += width


def _buckets(bits: NDArray[np.uint64]) -> Iterator[NDArray[np.intp]]:
    """Places with the same bits, two or more."""
    order = np.argsort(bits, kind="stable")
    ends = np.flatnonzero(np.diff(bits[order])) + 1
    yield from (group for group in np.split(order, ends) if len(group) > 1)


def _join_close(
    codes: NDArray[np.uint64], places: NDArray[np.intp], signatures: Signatures, joined: _Joined
) -> None:
    """Join pairs of a bucket that are one picture; in a crowd only neighbours by hash, so that it stays quick.

    Pairs that are in one group already are not compared again: a film of a thousand frames is compared once along.
    """
    roots = joined.roots(places)
    reach = len(places) - 1 if len(places) <= CROWD else NEIGHBOURS
    for step in range(1, reach + 1):
        near = np.bitwise_count(codes[:-step] ^ codes[step:]) <= MOST_BITS
        near &= roots[:-step] != roots[step:]
        if not near.any():
            continue
        first, second = places[:-step][near], places[step:][near]
        agree = _agreement(signatures[first], signatures[second]) >= AGREES
        for a, b in zip(first[agree].tolist(), second[agree].tolist(), strict=True):
            joined.join(a, b)
        if agree.any():
            roots = joined.roots(places)


def _agreement(one: Signatures, other: Signatures) -> NDArray[np.float32]:
    """Correlation of signatures, pair by pair: (n,)."""
    a, b = (_centred(each) for each in (one, other))
    found: NDArray[np.float32] = (a * b).sum(axis=1) / np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    return found


def _centred(signatures: Signatures) -> NDArray[np.float32]:
    values = signatures.reshape(len(signatures), -1).astype(np.float32)
    centred: NDArray[np.float32] = values - values.mean(axis=1, keepdims=True)
    return centred


class _Joined:
    """Places joined into groups (union-find)."""

    def __init__(self, n: int) -> None:
        self._parents = list(range(n))

    def join(self, a: int, b: int) -> None:
        """Put two places into one group."""
        self._parents[self._root(a)] = self._root(b)

    def roots(self, places: NDArray[np.intp]) -> NDArray[np.intp]:
        """What tells the groups of some places apart."""
        return np.array([self._root(place) for place in places.tolist()], dtype=np.intp)

    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Groups of two or more, in order."""
        found: dict[int, list[int]] = defaultdict(list)
        for place in range(len(self._parents)):
            found[self._root(place)].append(place)
        return tuple(tuple(group) for group in found.values() if len(group) > 1)

    def _root(self, place: int) -> int:
        while self._parents[place] != place:
            self._parents[place] = self._parents[self._parents[place]]
            place = self._parents[place]
        return place


def stacked(found: Sequence[bytes]) -> Signatures:
    """Signatures as one array: (n, HIGH, WIDE) uint8; flat where a photo could not be read."""
    empty = bytes(HIGH * WIDE)
    joined = b"".join(one or empty for one in found)
    return np.frombuffer(joined, dtype=np.uint8).reshape(-1, HIGH, WIDE)
