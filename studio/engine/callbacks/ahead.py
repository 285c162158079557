"""Begins an epoch's loader at a later batch, as if it had given the ones before.

fastai's loaders draw an epoch's order when they begin, and prepare an item when its turn comes. So the order is drawn
as ever, the items before are passed over without being opened, and the random states are put back just before the
first item that is. Only for loaders that prepare their batches in this process: `can_begin_later`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from fastai.data.load import DataLoader


def can_begin_later(loader: Any) -> bool:
    """Whether items can be passed over unopened: fastai's own iteration, without loader processes."""
    return (
        isinstance(loader, DataLoader)
        and type(loader).__iter__ is DataLoader.__iter__
        and loader.fake_l.num_workers == 0
    )


class Ahead:
    """A loader whose first `batches` come as empty tuples, at once.

    Parameters
    ----------
    drawn : int
        Items that those batches took, those that could not be used among them.
    caught_up : callable
        Called in the moment between them and the first item that is opened.
    """

    def __init__(self, loader: Any, batches: int, drawn: int, caught_up: Callable[[], None]) -> None:
        self.loader, self.batches, self.drawn, self.caught_up = loader, batches, drawn, caught_up

    def __len__(self) -> int:
        return len(self.loader)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loader, name)

    def __iter__(self) -> Iterator[Any]:
        for _ in range(self.batches):
            yield ()
        order = self.loader.sample
        self.loader.sample = lambda: self._rest(order)
        yield from self.loader

    def _rest(self, order: Callable[[], Iterator[Any]]) -> Iterator[Any]:
        self.loader.sample = order
        rest = itertools.islice(order(), self.drawn, None)
        self.caught_up()
        yield from rest


class Over:
    """A loader that has given all its batches: for a fit that goes on in an epoch's validation.

    What a whole pass leaves behind in the loader is done: the next epoch's order depends on it.
    """

    def __init__(self, loader: Any, caught_up: Callable[[], None]) -> None:
        self.loader, self.caught_up = loader, caught_up

    def __len__(self) -> int:
        return len(self.loader)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loader, name)

    def __iter__(self) -> Iterator[Any]:
        for _ in range(len(self.loader)):
            yield ()
        self.loader.randomize()
        self.loader.get_idxs()
        self.caught_up()
