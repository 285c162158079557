"""The figures of a tabular run: the ranking beside simpler models, importance of columns, predicted against true.

Arrays in, plain figures out. No torch, no Qt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from studio.problems.tabular.baselines import Array, Baseline, Rows
from studio.project.results import Bars, Grid, Scatter

NETWORK = "This network"
REPEATS = 3
IMPORTANCE_ROWS = 2000
SHOWN_COLUMNS = 20
POINTS = 2000
SEED = 0
Answer = Callable[[Array, Array], Array]


def number_scores(answers: Array, targets: Array) -> dict[str, float]:
    """RMSE, MAE and R2."""
    errors = answers.astype(np.float64) - targets
    squares, spread = float((errors**2).mean()), float(targets.var())
    return {
        "rmse": squares**0.5,
        "mae": float(np.abs(errors).mean()),
        "r2": 1 - squares / spread if spread else 0.0,
    }


def ranking(
    network: Array, simpler: Sequence[Baseline], targets: Array, is_class: bool, limited: bool
) -> Grid:
    """Every model by its score on the validation rows, the best first."""
    models = [Baseline(NETWORK, network, 0.0), *simpler]
    if is_class:
        scored = [(model, float((model.answers == targets).mean())) for model in models]
        rows = [(m.name, round(s, 4), round(1 - s, 4)) for m, s in sorted(scored, key=lambda one: -one[1])]
        columns: tuple[str, ...] = ("Model", "Accuracy", "Error rate")
    else:
        found = [(model.name, number_scores(model.answers, targets)) for model in models]
        ordered = sorted(found, key=lambda one: one[1]["rmse"])
        rows = [(name, *(round(value, 4) + 0.0 for value in s.values())) for name, s in ordered]  # type: ignore[misc]
        columns = ("Model", "RMSE", "MAE", "R²")
    place = [row[0] for row in rows].index(NETWORK) + 1
    return Grid("Beside simpler models", columns, tuple(rows), _ranked(place, rows[0][0], limited), best=0)


def _ranked(place: int, best: str, limited: bool) -> str:
    share = " The simpler models saw an even share of the training rows." if limited else ""
    same = "All were trained and judged on the same rows."
    if place == 1:
        return f"The network comes first. {same}{share}"
    return f"{best} comes first, the network is number {place}. {same}{share}"


def importance(
    answer: Answer, rows: Rows, groups: Mapping[str, tuple[Sequence[int], Sequence[int]]], is_class: bool
) -> Bars:
    """How much worse the network answers when a column's cells are shuffled among the validation rows.

    Parameters
    ----------
    answer : callable
        From categories and numbers to answers (n,).
    groups : mapping
        For each column of the table, the places of its features among categories and among numbers.
    """
    rows, generator = rows.some(IMPORTANCE_ROWS), np.random.default_rng(SEED)
    base = _badness(answer(rows.categories, rows.numbers), rows.targets, is_class)
    worse = {name: 0.0 for name in groups}
    for name, (of_categories, of_numbers) in groups.items():
        for _ in range(REPEATS):
            order = generator.permutation(len(rows.targets))
            categories, numbers = rows.categories.copy(), rows.numbers.copy()
            categories[:, of_categories] = rows.categories[order][:, of_categories]
            numbers[:, of_numbers] = rows.numbers[order][:, of_numbers]
            worse[name] += (_badness(answer(categories, numbers), rows.targets, is_class) - base) / REPEATS
    ranked = sorted(worse, key=lambda name: (-worse[name], name))[:SHOWN_COLUMNS]
    unit = "points of accuracy" if is_class else "rise of RMSE"
    return Bars(
        "Importance of columns",
        tuple(ranked),
        tuple(round(worse[name] * (100 if is_class else 1), 4) for name in ranked),
        unit,
        "How much worse the validation score gets when a column is shuffled: what the model relies on.",
    )


def _badness(answers: Array, targets: Array, is_class: bool) -> float:
    if is_class:
        return float((answers != targets).mean())
    return float(((answers - targets) ** 2).mean() ** 0.5)


def against(answers: Array, targets: Array, keys: Sequence[str], name: str) -> Scatter:
    """Predicted against true numbers, at most 2,000 rows of them."""
    chosen: NDArray[np.int64] = np.linspace(0, len(keys) - 1, min(len(keys), POINTS)).round().astype(np.int64)
    return Scatter(
        "Predicted against true",
        f"True {name}",
        f"Predicted {name}",
        tuple(float(targets[i]) for i in chosen),
        tuple(float(answers[i]) for i in chosen),
        tuple(f"row {keys[i]}" for i in chosen),
        diagonal=True,
        sentence="On the line the answer is right. Above it is too high, below too low.",
    )
