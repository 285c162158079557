"""How a score is written, everywhere in the window: per cent for a share, a plain figure and its unit otherwise.

Rules: decided by the metric's name and value alone, never by the problem: fastai's and scikit-learn's names are the
field's. A name that is not known is written as a plain figure. Must not import: Qt, numpy.
"""

from __future__ import annotations

import re
from typing import Any, Final

from studio.problems.base import Problem
from studio.project import RunRecord

_SHARE: Final = re.compile(
    r"(^|_)(accuracy|acc|error_rate|precision|recall|sensitivity|specificity|dice|iou|jaccard|f\d|fbeta|pck|of_width)(_|$)"
)
_IN_UNIT: Final = frozenset({"rmse", "mae", "median_absolute_error", "max_error", "point_error"})
_TITLES: Final = {
    "valid_loss": "validation loss",
    "train_loss": "training loss",
    "r2": "R²",
    "r2_score": "R²",
    "rmse": "RMSE",
    "mse": "MSE",
    "mae": "MAE",
    "f1_score": "F1",
    "fbeta_score": "F-beta",
    "accuracy_multi": "accuracy per tag",
    "point_error": "mean point error",
    "error_of_width": "error as part of the width",
    "pck": "points within 5 % of the width",
    "foreground_acc": "foreground accuracy",
}
_ABBREVIATIONS: Final = frozenset({"iou", "auc", "roc", "rmse", "mse", "mae"})
_TINY, _LARGE = 1e-4, 1000.0


def is_share(name: str, value: float | None = None) -> bool:
    """Whether a metric of this name, with this value, is a part of a whole."""
    named = _SHARE.search(name.lower().replace(" ", "_")) is not None
    return named and (value is None or 0 <= value <= 1)


def score_words(name: str, value: float | None, unit: str = "") -> str:
    """``93.7 %`` for a share, ``64.12 bikes`` for an error in a unit, ``0.8413`` otherwise; ``none`` without a value.

    Parameters
    ----------
    name : str
        The metric by fastai's name.
    unit : str
        Of the numbers that are predicted, where they have one.
    """
    if value is None:
        return "none"
    if is_share(name, value):
        return f"{100 * value:.1f} %"
    return f"{figure(value)} {unit}".strip() if name in _IN_UNIT else figure(value)


def percent(share: float) -> str:
    """``100 %``, ``93.7 %``, ``0 %``; never rounded up to all or down to nothing."""
    if share <= 0.0 or share >= 1.0:
        return "0 %" if share <= 0.0 else "100 %"
    return f"{min(99.9, max(0.1, 100 * share)):.1f} %"


def figure(value: float) -> str:
    """A number with four figures at least: ``0.8413``, ``98.3``, ``12,480``, ``3.1e-05``."""
    if value == 0 or _TINY <= abs(value) < _LARGE:
        return f"{value:.4g}"
    return f"{value:,.0f}" if _LARGE <= abs(value) < 1e12 else f"{value:.3g}"


def same_measure(name: str, other: str) -> bool:
    """Whether two metrics can stand on one axis: both shares, or both in the unit of what is predicted."""
    return (is_share(name) and is_share(other)) or (name in _IN_UNIT and other in _IN_UNIT) or name == other


def metric_title(name: str) -> str:
    """The name of a metric for people: ``error rate``, ``RMSE``, ``foreground IoU``."""
    if name in _TITLES:
        return _TITLES[name]
    words = ("IoU" if w == "iou" else w.upper() if w in _ABBREVIATIONS else w for w in name.split("_"))
    return " ".join(words)


def metric_heading(name: str) -> str:
    """The same at the start of a line."""
    said = metric_title(name)
    return said[:1].upper() + said[1:]


def score_of(problem: Problem[Any] | None, run: RunRecord) -> tuple[str, bool]:
    """What a run was judged by, and whether more of it is better."""
    return problem.judged_by(run.metrics) if problem is not None else ("accuracy", True)


def run_score_words(problem: Problem[Any] | None, run: RunRecord, unit: str = "") -> str:
    """The score of a run, empty where it has none."""
    return score_words(score_of(problem, run)[0], run.score, unit) if run.score is not None else ""
