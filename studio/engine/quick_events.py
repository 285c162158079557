"""fastai's events at a fraction of their price: a callback is called for what it does, not for everything.

fastai sorts its callbacks and calls each of them for each of some eleven events a batch, most of them to do
nothing; looking each one's flags up walks from the callback through the learner to the model. Here the callbacks of
an event are looked up once and asked again whenever one is added or removed. Order, flags (`run`, `run_train`,
`run_valid`) and the meaning of exceptions stay fastai's; what a callback raises is raised as it is. Must not import Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastai.callback.core import _inner_loop, event
from fastcore.basics import noop

EACH_BATCH = frozenset(_inner_loop)
"""Events of which a callback may want those of training or of validation only."""


class QuickEvents:
    """Stands in for one learner's `_call_one` (called) and `_with_events` (`around`)."""

    def __init__(self, learner: Any) -> None:
        self._learner = learner
        self._known: list[Any] = []
        self._called: dict[str, list[Any]] = {}

    def __call__(self, name: str) -> None:
        """Call the callbacks that have this event, by their order."""
        callbacks = self._learner.cbs
        if callbacks.items != self._known:
            self._known, self._called = list(callbacks.items), {}
        if name not in self._called:
            self._called[name] = [
                cb for cb in callbacks.sorted("order") if name == "after_fit" or _has(cb, name)
            ]
        if name not in EACH_BATCH:
            for callback in self._called[name]:
                callback(name)
            return
        wanted = "run_train" if self._learner.training else "run_valid"
        for callback in self._called[name]:
            if callback.run and getattr(callback, wanted):
                getattr(callback, name)()

    def around(
        self, act: Callable[[], None], kind: str, cancel: type[Exception], final: Callable[[], None] = noop
    ) -> None:
        """Do something between its events; `cancel` skips the rest of it."""
        try:
            self(f"before_{kind}")
            act()
        except cancel:
            self(f"after_cancel_{kind}")
        self(f"after_{kind}")
        final()


def _has(callback: Any, name: str) -> bool:
    """Whether the callback itself does something at an event; what the learner has under that name is no event."""
    if not hasattr(event, name):
        raise AttributeError(f"there is no event called {name}")
    return name in vars(callback) or hasattr(type(callback), name)
