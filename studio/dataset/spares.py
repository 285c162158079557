"""What happens where an item breaks in the middle of a training: the next readable one of its set takes its place.

A file that was whole when it was checked may be overwritten, cut short or gone an hour later. That must not end a run,
nor change how many items a batch has. The rule is the same for every loader, so that all make the same batches:

* item `place` of a set of `n` breaks: try `place + 1`, `place + 2`, ... modulo `n`, picture and target together;
* a place that broke once is passed over from then on, without being tried again;
* more than `SHARE` of a set (and more than one item) is too much: a `UserError` ends the run in a sentence.

A loader asks for an item by `Spares.take`, one `Spares` a set, kept for as long as the loaders of that set:

    spares = Spares(n_items, name_of)
    item = spares.take(place, read)        # `read(place)` raises `UserError` (as `load_rgb` does) or `OSError`

Where items are read in other processes or threads, each may have a `Spares` of its own and send `broken` back to be
merged by `note`. Nothing here draws a random number: where nothing breaks, nothing differs. No torch, no Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from studio.errors import UserError

SHARE = 0.05
NAMED = 20
BREAKS = (UserError, OSError)
"""What reading a broken item raises; anything else is a mistake of the program and goes on."""

T = TypeVar("T")


class Spares:
    """See the module.

    Parameters
    ----------
    n_items : int
        How many items the set has.
    name_of : callable
        The name of the item at a place, for people.

    Attributes
    ----------
    broken : dict of int to str
        Why each place that broke did, in the order in which they were met.
    """

    def __init__(self, n_items: int, name_of: Callable[[int], str]) -> None:
        self.n_items, self.name_of = n_items, name_of
        self.broken: dict[int, str] = {}
        self._lock = Lock()

    @property
    def most(self) -> int:
        """How many items may break."""
        return max(1, int(self.n_items * SHARE))

    def take(self, place: int, read: Callable[[int], T]) -> T:
        """Read the item at a place, or the next one that can be read.

        Raises
        ------
        UserError
            Where more than `most` items are broken.
        """
        for step in range(self.n_items):
            chosen = (place + step) % self.n_items
            if chosen in self.broken:
                continue
            try:
                return read(chosen)
            except BREAKS as error:
                self.note(chosen, error.message if isinstance(error, UserError) else str(error))
        raise self._too_many()

    def note(self, place: int, why: str) -> None:
        """Write down that an item is broken; raises a `UserError` where there are too many."""
        with self._lock:
            self.broken.setdefault(place, why)
        if len(self.broken) > self.most:
            raise self._too_many()

    def names(self) -> list[tuple[str, str]]:
        """(name, why) of every broken item, in the order in which they were met."""
        return [(self.name_of(place), why) for place, why in list(self.broken.items())]

    def _too_many(self) -> UserError:
        shown = ", ".join(name for name, _ in self.names()[:3])
        return UserError(
            f"{len(self.broken)} of {self.n_items} items can no longer be read, such as {shown}.",
            "Is the drive still there? Check the data, leave out what is broken, and train again.",
            fix="check",
        )


def told(name: str, why: str, count: int) -> str:
    """A sentence about the `count`-th broken item of a run; empty after the first `NAMED`."""
    if count > NAMED:
        return ""
    more = " Further ones are counted, not named." if count == NAMED else ""
    return f"{name} could not be read and was replaced by the next item; training goes on. {why}{more}"
