"""The next batches are made while this one trains: one thread, a batch or two. No torch, no Qt."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Generic, TypeVar

T = TypeVar("T")
AHEAD = 1
"""Batches that wait for training; another one is being made, and the next are being asked for."""


class Ahead(Generic[T]):
    """Runs an iterator in a thread of its own and gives what it makes, in its order.

    What it raises is raised here. `close` (or leaving the loop) ends the thread and the iterator before it returns.
    """

    def __init__(self, make: Callable[[], Iterator[T]], ahead: int = AHEAD) -> None:
        self._make = make
        self._made: queue.Queue[tuple[T | None, BaseException | None, bool]] = queue.Queue(ahead)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="batches", daemon=True)

    def __iter__(self) -> Iterator[T]:
        self._thread.start()
        try:
            while True:
                made, error, is_over = self._made.get()
                if error is not None:
                    raise error
                if is_over:
                    return
                yield made  # type: ignore[misc]
        finally:
            self.close()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        while self._thread.is_alive():
            try:
                self._made.get(timeout=0.05)
            except queue.Empty:
                self._thread.join(0.05)

    def _run(self) -> None:
        try:
            with closing(self._make()) as making:  # type: ignore[type-var]
                for made in making:
                    self._made.put((made, None, False))
                    del made  # a batch is not held while the next is made
                    if self._stop.is_set():
                        return
            self._made.put((None, None, True))
        except BaseException as error:  # noqa: BLE001
            self._made.put((None, error, True))
