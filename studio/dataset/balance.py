"""Weights for unbalanced classes, counted on the training items alone. No torch, no Qt."""

from __future__ import annotations

from collections import Counter

from studio.problems.base import Dataset, names_in

MOST = 100.0
"""The largest weight: a tag on one photo of ten thousand must not drown the others."""


def class_weights(dataset: Dataset) -> list[float]:
    """How much each class counts in the loss, in the classes' order: as if all had as many items.

    A class with a k-th of its fair share counts k times; the mean over the items is 1.
    """
    counts = Counter(item.target for item in dataset.train())
    n_items, n_classes = sum(counts.values()), len(dataset.classes)
    return [min(MOST, n_items / (n_classes * max(1, counts[name]))) for name in dataset.classes]


def positive_weights(dataset: Dataset) -> list[float]:
    """How much a tag that is there counts against one that is not, in the tags' order: items without over with."""
    train = dataset.train()
    counts = Counter(name for item in train for name in names_in(item.target))
    return [
        min(MOST, max(1, len(train) - counts[name]) / max(1, counts[name])) if counts[name] else 1.0
        for name in dataset.classes
    ]
