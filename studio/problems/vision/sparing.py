"""Loaders that survive a photo which breaks while they run; the rule is that of `studio/dataset/spares.py`.

    dls = sparing(block.dataloaders(items, ..., dl_type=SparingLoader), dataset)

Where nothing breaks, they make the batches of fastai's own loaders bit for bit. Imports torch: engine only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastai.data.core import DataLoaders, TfmdDL

from studio.dataset.spares import Spares
from studio.problems.base import Dataset, Item


class SparingLoader(TfmdDL):
    """fastai's loader, but for an item that cannot be read: the next one of its set takes its place."""

    def create_item(self, s: int | None) -> Any:
        """The item at a place; the spares belong to the set, so that every loader of it knows what is broken."""
        spares = spares_of(self)
        return super().create_item(s) if spares is None else spares.take(s or 0, super().create_item)


def sparing(dls: DataLoaders, dataset: Dataset) -> DataLoaders:
    """Give both sets their spares; returns the same loaders."""
    for loader, items in zip(dls.loaders, (dataset.train(), dataset.valid()), strict=True):
        loader.dataset.spares = spares_for(items)
    return dls


def spares_for(items: Sequence[Item]) -> Spares:
    """Spares of a set, whose items are named by their keys."""
    return Spares(len(items), lambda place: items[place].key)


def spares_of(loader: Any) -> Spares | None:
    """The spares of a loader's set; None where it has none (an exported one, items of somebody else)."""
    found = vars(loader.dataset).get("spares") if hasattr(loader.dataset, "__dict__") else None
    return found if isinstance(found, Spares) else None
