"""Names of a learner's layer groups, first to last, as they are called beside their rates. Must not import Qt."""

from __future__ import annotations

from typing import Any


def described(learner: Any) -> tuple[tuple[str, ...], tuple[bool, ...]]:
    """Return the groups' names, and whether each trains as the learner is frozen now."""
    count = len(learner.opt.param_lists)
    return group_names(count), tuple(index >= learner.opt.frozen_idx for index in range(count))


def group_names(count: int) -> tuple[str, ...]:
    """Return names for `count` groups.

    >>> group_names(3)
    ('early layers', 'later layers', 'head')
    """
    known = {1: ("all layers",), 2: ("body", "head"), 3: ("early layers", "later layers", "head")}
    return known.get(count) or (*(f"layers {n}" for n in range(1, count)), "head")
