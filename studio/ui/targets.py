"""Targets and answers of any plain kind in words: a class, tags, a number, points, nothing. No Qt.

Must not import: Qt, numpy.
"""

from __future__ import annotations

import math
from typing import Any, Final

from studio.project.scores import percent

_MOST_NUMBERS: Final = 6


def target_words(target: Any) -> str:
    """``ant``; ``clear, haze``; ``12.5``; ``17 points``; ``none`` for nothing."""
    if target is None:
        return "none"
    if isinstance(target, bool):
        return "yes" if target else "no"
    if isinstance(target, float):
        return number_words(target)
    if isinstance(target, dict):
        return ", ".join(f"{name} {target_words(value)}" for name, value in target.items()) or "none"
    if isinstance(target, list | tuple):
        return _list_words(target)
    return str(target)


def number_words(value: float) -> str:
    """A number with few figures and no exponent where it can be read without."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.4g}"


def _list_words(target: list[Any] | tuple[Any, ...]) -> str:
    if any(isinstance(part, list | tuple) for part in target):
        count = sum(part is not None for part in target)
        return "1 point" if count == 1 else f"{count:,} points"
    shown = ", ".join(target_words(part) for part in target[:_MOST_NUMBERS])
    more = len(target) - _MOST_NUMBERS
    if more > 0 and isinstance(target[0], float):
        return f"{shown} and {more:,} more"
    return ", ".join(target_words(part) for part in target) or "none"


def agrees(target: Any, predicted: Any) -> bool:
    """Whether an answer is the target; tags in any order."""
    if isinstance(target, list | tuple) and isinstance(predicted, list | tuple):
        if all(isinstance(part, str) for part in (*target, *predicted)):
            return set(target) == set(predicted)
        return list(target) == list(predicted)
    return bool(target == predicted)


def is_class(target: Any) -> bool:
    """Whether a target is one class by its name."""
    return isinstance(target, str)


def is_amount(target: Any) -> bool:
    """Whether a target is a number, or a list of them: an answer is near, never equal."""
    if isinstance(target, list | tuple):
        return bool(target) and not all(isinstance(part, str) for part in target)
    return isinstance(target, int | float) and not isinstance(target, bool)


def is_points(target: Any) -> bool:
    """Whether a target is points: pairs of x and y, nothing for one that is not known."""
    if not isinstance(target, list | tuple) or not any(isinstance(part, list | tuple) for part in target):
        return False
    return all(part is None or (isinstance(part, list | tuple) and len(part) == 2) for part in target)


def distance_words(target: Any, predicted: Any) -> str:
    """How far points are off on the average: ``8.3 px off``; empty where none is known."""
    pairs = [(t, p) for t, p in zip(target, predicted, strict=False) if t is not None and p is not None]
    if not pairs:
        return ""
    return f"{sum(math.dist(t, p) for t, p in pairs) / len(pairs):.1f} px off"


def names_of(target: Any) -> tuple[str, ...]:
    """The classes of a target: one, several, or none."""
    if isinstance(target, str):
        return (target,)
    return tuple(p for p in target if isinstance(p, str)) if isinstance(target, list | tuple) else ()


def seen_words(target: Any, predicted: Any) -> str:
    """The model's side: ``seen as bee``, ``rightly seen``, ``missed road``, ``predicted 98.3``; empty for nothing."""
    if predicted is None:
        return ""
    if is_points(target) and is_points(predicted):
        return distance_words(target, predicted)
    if is_amount(target) or is_amount(predicted):
        return f"predicted {target_words(predicted)}"
    if agrees(target, predicted):
        return "rightly seen"
    tags = isinstance(target, list | tuple) and isinstance(predicted, list | tuple)
    return _tag_words(target, predicted) if tags else f"seen as {target_words(predicted)}"


def _tag_words(target: list[str] | tuple[str, ...], predicted: list[str] | tuple[str, ...]) -> str:
    """``missed road, added haze``."""
    missed = ", ".join(tag for tag in target if tag not in predicted)
    added = ", ".join(tag for tag in predicted if tag not in target)
    return ", ".join(part for part in (missed and f"missed {missed}", added and f"added {added}") if part)


def answer_words(target: Any, predicted: Any, confidence: float | None) -> str:
    """``bee · 98.2 %``, ``bee, taken for ant · 93.0 %``, ``120, predicted 98.3``."""
    sure = "" if confidence is None else f" · {percent(confidence)}"
    name = target_words(target)
    if is_amount(target) or is_amount(predicted):
        return f"{name}, {seen_words(target, predicted)}"
    if agrees(target, predicted):
        return f"{name}{sure}"
    return f"{name}, {seen_words(target, predicted).replace('seen as', 'taken for')}{sure}"
