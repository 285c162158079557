"""Tells what a dataset is: counts and a few samples of every class. Must not import torch or Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from studio.engine.messages import ClassCount, SampleRef, Scanned
from studio.problems.base import Dataset, Item, in_words
from studio.problems.base import names_in as classes_in

SAMPLES = 120
LEFT_OUT = 200


def scanned(
    dataset: Dataset,
    classes: tuple[ClassCount, ...] | None = None,
    names_in: Callable[[Sequence[Item]], Sequence[tuple[str, ...]]] | None = None,
) -> Scanned:
    """Count a dataset and choose items to show, evenly over the classes.

    Parameters
    ----------
    classes : tuple of ClassCount or None
        Counts by the problem itself, where a target does not name the classes in it (a mask).
    names_in : callable or None
        The classes in some items, where their targets do not name them.
    """
    train, valid = dataset.train(), dataset.valid()
    return Scanned(
        n_train=len(train),
        n_valid=len(valid),
        classes=class_counts(dataset) if classes is None else classes,
        samples=samples(dataset, classes is not None, names_in),
        left_out=dataset.left_out[:LEFT_OUT],
        n_left_out=len(dataset.left_out),
        train_groups=len(
            {dataset.groups.get(item.key, item.key) for item in train} if dataset.groups else ()
        ),
        valid_groups=len(
            {dataset.groups.get(item.key, item.key) for item in valid} if dataset.groups else ()
        ),
    )


def class_counts(dataset: Dataset) -> tuple[ClassCount, ...]:
    """Items of every class on both sides; an item of several classes counts in each."""
    train = Counter(name for item in dataset.train() for name in classes_in(item.target))
    valid = Counter(name for item in dataset.valid() for name in classes_in(item.target))
    return tuple(ClassCount(name, train[name], valid[name]) for name in dataset.classes)


def samples(
    dataset: Dataset,
    by_name: bool = False,
    names_in: Callable[[Sequence[Item]], Sequence[tuple[str, ...]]] | None = None,
) -> tuple[SampleRef, ...]:
    """Up to `SAMPLES` items, the same ones every time: evenly spaced within each class, classes in turn.

    Parameters
    ----------
    by_name : bool
        Label each by the name of its file, where its target does not name the classes in it.
    """
    by_label: dict[str, list[Item]] = {}
    for item in dataset.items:
        by_label.setdefault(in_words(item.target), []).append(item)
    share = max(1, SAMPLES // max(1, len(by_label)))
    groups = list(by_label.values())[:: max(1, len(by_label) // SAMPLES)]
    columns = [items[:: max(1, len(items) // share)][:share] for items in groups]
    turns = [column[row] for row in range(share) for column in columns if row < len(column)]
    shown = turns[:SAMPLES]
    named = names_in(shown) if names_in is not None else [()] * len(shown)
    return tuple(
        SampleRef(i.key, i.key.rpartition("/")[2] if by_name else in_words(i.target), i.valid, names)
        for i, names in zip(shown, named, strict=True)
    )
