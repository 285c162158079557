"""What a model got right and wrong, item by item, as kept in a run's folder. No torch, no Qt."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class ItemResult(Struct, frozen=True):
    """One item: its target, the model's answer and how wrong that was.

    `loss` says how wrong, by one measure for all runs of a project whatever loss they were trained with: cross-entropy
    where there are classes.
    `scores` are the model's scores in the order of `Results.classes`; `confidence` is that of the answer.
    `words` says what the item is where it is not a picture (a row, a text), in one line.
    """

    key: str
    valid: bool
    target: Any
    predicted: Any
    loss: float | None
    confidence: float | None = None
    scores: tuple[float, ...] = ()
    words: str = ""


class Grid(Struct, frozen=True, tag="grid"):
    """A table. `best` is the row to point at, where one is."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | float | None, ...], ...]
    sentence: str = ""
    best: int | None = None


class Bars(Struct, frozen=True, tag="bars"):
    """One bar for each name, in order."""

    title: str
    names: tuple[str, ...]
    values: tuple[float, ...]
    unit: str = ""
    sentence: str = ""


class Scatter(Struct, frozen=True, tag="scatter"):
    """Points with optional names that can be searched; `diagonal` draws x = y (predicted against true)."""

    title: str
    x_title: str
    y_title: str
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    names: tuple[str, ...] = ()
    diagonal: bool = False
    sentence: str = ""


class Samples(Struct, frozen=True, tag="samples"):
    """Texts to read one by one: a heading and what follows it (next-word samples, similar items)."""

    title: str
    entries: tuple[tuple[str, str], ...]
    sentence: str = ""


class Pictures(Struct, frozen=True, tag="pictures"):
    """Picture files in the run's folder with a caption each (overlays of masks, points).

    A tile has room for a caption's first line; the rest is said where one is shown in large.
    """

    title: str
    files: tuple[str, ...]
    captions: tuple[str, ...]
    sentence: str = ""


Figure = Grid | Bars | Scatter | Samples | Pictures


class ClassScore(Struct, frozen=True):
    """One class on the validation set. None where a figure has no meaning (no items)."""

    name: str
    items: int
    precision: float | None
    recall: float | None
    f1: float | None


class Results(Struct, frozen=True):
    """Results of one run; `items` by loss, worst first. `confusion[target][predicted]` on validation.

    `figures` is whatever else this problem's people look at first, in their order; the page draws each by its
    kind and need not know the problem. `unit` is that of targets which are numbers, where they have one.
    `thresholds` are the scores from which each class is said, where an item may have several. `loss` names the one that
    was trained with, which `metrics["valid_loss"]` is; empty where a problem has one alone.
    """

    problem: str
    classes: tuple[str, ...]
    metrics: dict[str, float | None]
    items: tuple[ItemResult, ...]
    confusion: tuple[tuple[int, ...], ...] = ()
    per_class: tuple[ClassScore, ...] = ()
    figures: tuple[Figure, ...] = ()
    unit: str = ""
    thresholds: tuple[float, ...] = ()
    loss: str = ""
