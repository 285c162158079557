"""Thumbnails of many items: decoded in Qt's thread pool, the most recently used kept up to a budget.

With a pack, photos come from it where they are there, and while nothing is wanted the rest of them is put into it,
a few at a time with rests between.

Rules: nothing is decoded on the GUI thread; only a few decodings are handed to the pool at a time, so that
what scrolled out of view is dropped before it costs anything; an answer to an old question (other root, size
or pictures) is dropped. While threads decode, Python's cyclic collector is held: it would run on whichever
thread allocates, and destroy widgets there.
Must not import: pages, the engine's parts, numpy.
"""

from __future__ import annotations

import gc
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, QThread, QThreadPool, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from studio.ui.samples.base import Asked, Decode, Decoded, Source, placeholder
from studio.ui.samples.image import decode as decode_image
from studio.ui.samples.pack import Pack
from studio.ui.samples.packed import fetch, keep
from studio.ui.theme import SIZES, theme_of

_MIB = 1024 * 1024
_AT_A_TIME = 16
_REST_MS = 25


class _Answers(QObject):
    """Carries pictures from the pool's threads to the loader's."""

    decoded = Signal(int, str, object)
    packed = Signal(int)


class ThumbnailLoader(QObject):
    """Pictures for tiles, on demand.

    Signals
    -------
    ready(str)
        The picture of this key is in the cache.
    """

    ready = Signal(str)

    def __init__(
        self, decode: Decode = decode_image, budget_mib: float = 96, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._decode, self._budget = decode, round(budget_mib * _MIB)
        self._asked = Asked(SIZES.grid * 14, SIZES.grid * 11)
        self._root: Path | None = None
        self._bytes: dict[str, bytes] = {}
        self._cache: OrderedDict[str, QImage] = OrderedDict()
        self._problems: dict[str, str] = {}
        self._waiting: deque[str] = deque()
        self._running: set[tuple[int, str]] = set()
        self._question = 0  # counts roots, sizes and sets of bytes; answers to an older one are dropped
        self._held_collector = False
        self._at_once = max(1, min(4, QThread.idealThreadCount() - 1))
        self._answers = _Answers(self)
        self._answers.decoded.connect(self._take)
        self._pack: Pack | None = None
        self._later: Iterator[str] = iter(())
        self._filling = False
        self._hurry = Event()  # set while something is wanted: filling the pack gives way
        self._answers.packed.connect(self._filled)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._fill)

    def set_decode(self, decode: Decode) -> None:
        """Pictures are read by this from now on."""
        if decode is not self._decode:
            self._decode = decode
            self.clear()

    def set_root(self, root: Path | None) -> None:
        """Keys are paths below this folder from now on."""
        if root != self._root:
            self._root = root
            self.clear()

    def set_pack(self, pack: Pack | None) -> None:
        """Where photos are kept from now on; None keeps none."""
        self._pack, self._later = pack, iter(())

    def keep_all(self, count: int, key_of: Callable[[int], str]) -> None:
        """Have these in the pack in time, the first ones first; replaces what was asked before."""
        self._later = map(key_of, range(count))
        self._rest.start()

    def set_size(self, width: int, height: int, ratio: float = 1.0, fill: bool = True) -> None:
        """Size of a tile in device-independent pixels, and device pixels for each of them."""
        asked = Asked(width, height, ratio, fill)
        if asked != self._asked:
            self._asked = asked
            self.clear()

    def set_bytes(self, pictures: Mapping[str, bytes]) -> None:
        """Pictures that are in memory; replaces those given before."""
        for key in {*self._bytes, *pictures}:
            self._forget(key)
        self._bytes = dict(pictures)
        self._question += 1

    def want(self, keys: Sequence[str]) -> None:
        """These are visible, the most wanted first; whatever else waits is dropped."""
        self._waiting = deque(k for k in dict.fromkeys(keys) if k not in self._cache)
        for key in keys:
            if key in self._cache:
                self._cache.move_to_end(key)
        self._hurry.set()
        self._feed()

    def image(self, key: str) -> QImage | None:
        """The picture from the cache, or None while it is not there."""
        found = self._cache.get(key)
        if found is not None:
            self._cache.move_to_end(key)
        return found

    def broken(self, key: str) -> str:
        """Why a picture could not be read, or an empty string."""
        return self._problems.get(key, "")

    @property
    def idle(self) -> bool:
        """True when nothing waits and nothing is being read."""
        return not self._waiting and not self._running

    @property
    def held_bytes(self) -> int:
        """Size of the cache."""
        return sum(image.sizeInBytes() for image in self._cache.values())

    def clear(self) -> None:
        """Forget every picture; late answers are dropped."""
        self._question += 1
        self._cache.clear()
        self._problems.clear()
        self._waiting.clear()

    def _forget(self, key: str) -> None:
        self._cache.pop(key, None)
        self._problems.pop(key, None)

    def _source(self, key: str) -> Source:
        return self._bytes[key] if key in self._bytes else (self._root or Path()) / key

    def _feed(self) -> None:
        """Hand the next few to the pool."""
        while self._waiting and len(self._running) < self._at_once:
            key = self._waiting.popleft()
            job = (self._question, key)
            if job in self._running:
                continue
            self._running.add(job)
            self._hold_collector()
            source = self._source(key)
            read = partial(self._decode, source, self._asked)
            if (pack := self._packs()) is not None and isinstance(source, Path):
                read = partial(fetch, pack, self._decode, key, source, self._asked)
            QThreadPool.globalInstance().start(partial(_work, read, self._answers, job))
        if not self._running:
            self._hurry.clear()
            self._rest.start()
            if not self._filling:
                self._release_collector()

    def _packs(self) -> Pack | None:
        """The pack, where pictures are plain photos: anything else depends on more than its file."""
        return self._pack if self._decode is decode_image else None

    @Slot()
    def _fill(self) -> None:
        """Have the next few put into the pack, unless something is wanted."""
        pack, root = self._packs(), self._root
        if pack is None or root is None or self._filling or self._running:
            return
        keys = list(islice(self._later, _AT_A_TIME))
        if keys:
            self._filling = True
            self._hold_collector()
            sources = [(key, root / key) for key in keys if key not in self._bytes]
            put = partial(keep, pack, self._decode)
            work = partial(_put, put, sources, self._asked, self._answers, self._hurry)
            QThreadPool.globalInstance().start(work)

    @Slot(int)
    def _filled(self, _count: int) -> None:
        self._filling = False
        if not self._running:
            self._release_collector()
            self._rest.start()

    def _take(self, question: int, key: str, decoded: Decoded) -> None:
        self._running.discard((question, key))
        if question == self._question:
            self._keep(key, decoded)
        self._feed()

    def _keep(self, key: str, decoded: Decoded) -> None:
        self._problems.pop(key, None)
        image = decoded.image
        if decoded.problem:
            self._problems[key] = decoded.problem
            image = placeholder(self._asked, theme_of())
        self._cache[key] = image
        self._cache.move_to_end(key)
        held = self.held_bytes
        while held > self._budget and len(self._cache) > 1:
            _, dropped = self._cache.popitem(last=False)
            held -= dropped.sizeInBytes()
        self.ready.emit(key)

    def _hold_collector(self) -> None:
        if not self._held_collector and gc.isenabled():
            gc.disable()
            self._held_collector = True

    def _release_collector(self) -> None:
        if self._held_collector:
            self._held_collector = False
            gc.enable()


def _put(
    put: Callable[[str, Path, Asked], None],
    sources: Sequence[tuple[str, Path]],
    asked: Asked,
    answers: _Answers,
    hurry: Event,
) -> None:
    """On a thread of the pool: put pictures into the pack until something else is wanted.

    What is left out then is not asked for again: it comes into the pack when it is looked at.
    """
    done = 0
    for key, path in sources:
        if hurry.is_set():
            break
        put(key, path, asked)
        done += 1
    with suppress(RuntimeError):  # the page and its loader were closed meanwhile
        answers.packed.emit(done)


def _work(read: Callable[[], Decoded], answers: _Answers, job: tuple[int, str]) -> None:
    """On a thread of the pool: read one picture and send it home."""
    decoded = read()
    try:
        answers.decoded.emit(*job, decoded)
    except RuntimeError:  # the page and its loader were closed meanwhile; nobody waits for this picture
        return
