"""The figures of numbers: one line a number beside its mean, and predicted against true. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from studio.problems.tabular.figures import against
from studio.project.results import Figure, Grid, Scatter

MOST_SCATTERS = 8
Numbers = NDArray[Any]


def number_views(
    answers: Numbers, truths: Numbers, train: Numbers, names: Sequence[str], keys: Sequence[str]
) -> list[Figure]:
    """A table of errors beside always answering the training photos' mean, and a scatter of every number.

    Parameters
    ----------
    answers, truths : (photos, k)
        Of the validation photos, in their own units.
    train : (photos, k)
        The training photos' numbers.
    """
    if not len(answers) or not len(train):
        return []
    means = train.mean(axis=0)
    rows = [_row(name, answers[:, at], truths[:, at], float(means[at])) for at, name in enumerate(names)]
    better = sum(row[1] < row[4] for row in rows)
    words = f"{better} of {len(rows)} numbers are" if len(rows) > 1 else ("It is" if better else "It is not")
    columns = ("Number", "MAE", "RMSE", "R²", "MAE of the mean", "RMSE of the mean")
    table = Grid(
        "Beside always answering the mean",
        columns,
        tuple(rows),
        f"{words} predicted better than by the mean of the training photos, judged by the mean absolute error.",
    )
    return [table, *scatters(answers, truths, names, keys)]


def _row(name: str, answers: Numbers, truths: Numbers, mean: float) -> tuple[Any, ...]:
    errors, usual = answers - truths, mean - truths
    spread = float(truths.var())
    r2 = 1.0 - float((errors**2).mean()) / spread if spread else None
    return (
        name,
        _short(np.abs(errors).mean()),
        _short((errors**2).mean() ** 0.5),
        None if r2 is None else round(r2, 4),
        _short(np.abs(usual).mean()),
        _short((usual**2).mean() ** 0.5),
    )


def _short(value: Any) -> float:
    return float(f"{float(value):.4g}")


def scatters(answers: Numbers, truths: Numbers, names: Sequence[str], keys: Sequence[str]) -> list[Scatter]:
    """Predicted against true, for the first few numbers."""
    found = []
    for at, name in enumerate(names[:MOST_SCATTERS]):
        made = against(answers[:, at], truths[:, at], keys, name)
        title = made.title if len(names) == 1 else f"{made.title}: {name}"
        found.append(_named(made, title))
    return found


def _named(made: Scatter, title: str) -> Scatter:
    names = tuple(name.removeprefix("row ") for name in made.names)
    return msgspec.structs.replace(made, title=title, names=names)
