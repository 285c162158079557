"""How a score is written, everywhere a person reads it: per cent for a share, a plain figure and its unit otherwise.

Rules: decided by the metric's name and value alone, never by the problem: the catalogue of metrics knows the field's
names. One that it does not know is written by the words in it, else as a plain figure. Must not import: Qt, numpy.
"""

from __future__ import annotations

import re
from typing import Any, Final

from studio.problems.base import Problem
from studio.problems.measures.catalogue import MEASURES, Scale
from studio.project.record import RunRecord

_SHARE: Final = re.compile(
    r"(^|_)(accuracy|acc|error_rate|precision|recall|sensitivity|specificity|dice|iou|jaccard|f\d|fbeta|pck|of_width)(_|$)"
)
_TITLES: Final = {
    "valid_loss": "validation loss",
    "train_loss": "training loss",
    "r2_score": "R²",
    "f1_score": "F1",
}
_ABBREVIATIONS: Final = frozenset({"iou", "auc", "roc", "rmse", "mse", "mae"})
_AXES: Final[dict[Scale, str]] = {"share": "at most 1", "coefficient": "at most 1", "unit": "unit"}
_TINY, _LARGE = 1e-4, 1000.0


def is_share(name: str, value: float | None = None) -> bool:
    """Whether a metric of this name, with this value, is a part of a whole."""
    named = _SHARE.search(name.lower().replace(" ", "_")) is not None
    if name in MEASURES:
        named = MEASURES[name].scale == "share"
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
        return percent(value)
    return f"{figure(value)} {unit}".strip() if _scale(name) == "unit" else figure(value)


def difference_words(name: str, gain: float, unit: str = "") -> str:
    """How far two scores are apart: ``1.6 points`` of shares, ``2.3 bikes`` of an error in a unit."""
    apart = abs(gain)
    return f"{100 * apart:.1f} points" if is_share(name, apart) else score_words(name, apart, unit)


def _scale(name: str) -> Scale:
    if name in MEASURES:
        return MEASURES[name].scale
    return "share" if is_share(name) else "figure"


def percent(share: float, digits: int = 1) -> str:
    """``100 %``, ``93.7 %``, ``0 %``; never rounded up to all or down to nothing."""
    if share <= 0.0 or share >= 1.0:
        return "0 %" if share <= 0.0 else "100 %"
    least = 10.0**-digits
    return f"{min(100 - least, max(least, 100 * share)):.{digits}f} %"


def figure(value: float) -> str:
    """A number with four figures at least: ``0.8413``, ``98.3``, ``12,480``, ``3.1e-05``."""
    if value == 0 or _TINY <= abs(value) < _LARGE:
        return f"{value:.4g}"
    return f"{value:,.0f}" if _LARGE <= abs(value) < 1e12 else f"{value:.3g}"


def same_measure(name: str, other: str) -> bool:
    """Whether two metrics can stand on one axis: both of at most 1, or both in the unit of what is predicted."""
    axes = [_AXES.get(_scale(one)) for one in (name, other)]
    return name == other or (axes[0] is not None and axes[0] == axes[1])


def metric_title(name: str) -> str:
    """The name of a metric for people: ``error rate``, ``RMSE``, ``foreground IoU``."""
    if name in MEASURES or name in _TITLES:
        return _TITLES[name] if name in _TITLES else MEASURES[name].title
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
