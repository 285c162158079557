"""The field that chooses the metrics told after each epoch, and what a choice comes to. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, get_args

from msgspec import Meta

from studio.errors import UserError
from studio.problems.measures.catalogue import MEASURES
from studio.recipe.fields import about

ClassMetric = Literal[
    "accuracy",
    "error_rate",
    "top_3_accuracy",
    "top_5_accuracy",
    "balanced_accuracy",
    "f1_macro",
    "precision_macro",
    "recall_macro",
    "cohen_kappa",
    "matthews_corrcoef",
    "roc_auc",
    "log_loss",
]
"""Of one class out of several."""
NumberMetric = Literal[
    "rmse", "mae", "r2", "explained_variance", "median_absolute_error", "max_error", "mape"
]
"""Of a number in its own unit."""
CLASS_NAMES: tuple[str, ...] = get_args(ClassMetric)
NUMBER_NAMES: tuple[str, ...] = get_args(NumberMetric)


def metrics_field(names: Sequence[str]) -> Meta:
    """The words of a field that chooses some of the metrics called `names`."""
    return about(
        "Metrics",
        "What is told of the validation set after each epoch, beside the score that ranks runs; none chosen: the usual "
        "ones.",
        choices={name: _heading(name) for name in names},
        hints={name: MEASURES[name].sentence for name in names},
        kind="several",
        more=True,
        note="metric",
    )


def _heading(name: str) -> str:
    title = MEASURES[name].title
    return title[:1].upper() + title[1:]


ClassMetrics = Annotated[tuple[ClassMetric, ...], metrics_field(CLASS_NAMES)]


def told(
    problem: str, chosen: Sequence[str], usual: Sequence[str], offered: Sequence[str]
) -> tuple[str, ...]:
    """Names of the metrics to tell: the score first, then the chosen ones; the usual ones where none is chosen.

    Parameters
    ----------
    problem : str
        The problem type's name.
    usual, offered : sequence of str
        What is told by itself for this kind of target, and what else can be.

    Raises
    ------
    UserError
        Where a chosen one says nothing about this kind of target.
    """
    from studio.problems import problem_named

    if not chosen:
        return tuple(usual)
    every = tuple(dict.fromkeys((*usual, *offered)))
    for name in chosen:
        if name not in every:
            raise UserError(
                f"The metric “{name}” says nothing about this kind of target.",
                f"Choose some of: {', '.join(every)}.",
                fix="metrics",
            )
    score, _ = problem_named(problem).judged_by(usual)
    return tuple(dict.fromkeys((score, *chosen)))
