"""The value that decides which epoch of a run is best: its name among fastai's, and its direction. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from studio.errors import UserError
from studio.problems.base import Problem
from studio.problems.measures.catalogue import direction

LESS_IS_BETTER = ("loss", "error", "rmse", "mae", "mse", "perplexity", "hamming")
"""Words in the names of metrics of which less is better, where the catalogue does not know them."""


def watched(monitor: str, problem: Problem[Any], metrics: Sequence[str]) -> tuple[str, bool]:
    """Return the name of the watched value among fastai's, and whether more of it is better.

    Raises
    ------
    UserError
        Where there is no metric of that name.
    """
    is_up: bool | None
    known = dict(((problem.score, problem.score_up), *problem.other_scores))
    if monitor == "score":
        name, is_up = problem.judged_by(metrics)
    else:
        name, is_up = monitor, known.get(monitor, direction(monitor))
    if name != "valid_loss" and metrics and name not in metrics:
        there = ", ".join(("score", "valid_loss", *metrics))
        also = f" Or have it told: metrics={name}." if direction(name) is not None else ""
        raise UserError(
            f"There is no metric called “{name}” to watch.", f"Use one of: {there}.{also}", fix="monitor"
        )
    return name, not any(word in name for word in LESS_IS_BETTER) if is_up is None else is_up
