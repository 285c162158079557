"""What a model got right and wrong, item by item, as kept in a run's folder. No torch, no Qt."""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class ItemResult(Struct, frozen=True):
    """One item: its target, the model's answer and how wrong that was.

    `scores` are the model's scores in the order of `Results.classes`; `confidence` is that of the answer.
    """

    key: str
    valid: bool
    target: Any
    predicted: Any
    loss: float | None
    confidence: float | None = None
    scores: tuple[float, ...] = ()


class ClassScore(Struct, frozen=True):
    """One class on the validation set. None where a figure has no meaning (no items)."""

    name: str
    items: int
    precision: float | None
    recall: float | None
    f1: float | None


class Results(Struct, frozen=True):
    """Results of one run; `items` sorted by loss, worst first. `confusion[target][predicted]` on validation."""

    problem: str
    classes: tuple[str, ...]
    metrics: dict[str, float | None]
    items: tuple[ItemResult, ...]
    confusion: tuple[tuple[int, ...], ...] = ()
    per_class: tuple[ClassScore, ...] = ()
