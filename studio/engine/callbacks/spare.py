"""Tells a person which items broke while a run trained, and by what they were replaced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastai.callback.core import Callback

from studio.dataset.spares import Spares, told
from studio.engine.messages import Event, Notice


class Spare(Callback):
    """Emits a `Notice` for each item that broke since the last batch, the first ones by name."""

    order = 72

    def __init__(self, emit: Callable[[Event], None]) -> None:
        super().__init__()
        self.emit = emit
        self.seen: set[str] = set()

    def after_batch(self) -> None:
        """Look at what the loaders of both sets have noted."""
        for loader in self.learn.dls.loaders:
            for name, why in _broken(loader):
                if name not in self.seen:
                    self.seen.add(name)
                    text = told(name, why, len(self.seen))
                    if text:
                        self.emit(Notice(level="warning", text=text))

    def after_fit(self) -> None:
        """Count them where not all were named."""
        self.after_batch()


def _broken(loader: Any) -> list[tuple[str, str]]:
    spares = getattr(getattr(loader, "dataset", None), "__dict__", {}).get("spares")
    return spares.names() if isinstance(spares, Spares) and spares.broken else []
