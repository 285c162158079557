"""Metrics of classes, of tags and of numbers: fastai's own, and scikit-learn's behind its `AccumMetric`.

Classes are told from scores (batch, classes) and numbers (batch,) or (batch, 1), tags from scores and flags (batch,
tags), numbers from truth and answer (n,) in their own unit. Each has its text for scripts in `parts.py`. Imports torch:
engine only.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import sklearn.metrics as skm
import torch
from fastai.metrics import (
    AccumMetric,
    HammingLossMulti,
    accuracy,
    accuracy_multi,
    error_rate,
    top_k_accuracy,
)
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

Array = NDArray[Any]
MACRO = {"average": "macro", "zero_division": 0}
OF_CLASSES: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "balanced_accuracy": (skm.balanced_accuracy_score, {}),
    "f1_macro": (skm.f1_score, MACRO),
    "precision_macro": (skm.precision_score, MACRO),
    "recall_macro": (skm.recall_score, MACRO),
    "cohen_kappa": (skm.cohen_kappa_score, {}),
    "matthews_corrcoef": (skm.matthews_corrcoef, {}),
}
"""Functions of true and said numbers, with their arguments; pixels have the same (`segmentation/metrics.py`)."""


class Judged(AccumMetric):
    """A metric of the whole validation set; nan where it has no meaning, or an answer is no number.

    scikit-learn's warnings say what the nan says, once more for every epoch.
    """

    @property
    def value(self) -> Any:
        """The metric so far; None before anything was seen."""
        if not all(torch.isfinite(part).all() for part in self.preds):
            return float("nan")
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return super().value


def judged(function: Callable[..., Any], name: str, **how: Any) -> Judged:
    """A metric by a function of truth and answers in numpy; `how` as fastai's `AccumMetric` has it."""
    return Judged(function, name=name, to_np=True, invert_arg=True, **how)


def class_metric(name: str) -> Any:
    """A metric of classes by its name, as a learner takes it."""
    plain = {
        "accuracy": accuracy,
        "error_rate": error_rate,
        "top_3_accuracy": top_3_accuracy,
        "top_5_accuracy": top_5_accuracy,
        "log_loss": log_loss,
    }
    if name in plain:
        return plain[name]
    if name == "roc_auc":
        return judged(class_areas, name, dim_argmax=-1, activation="softmax", flatten=False)
    function, how = OF_CLASSES[name]
    return judged(function, name, dim_argmax=-1, **how)


def tag_metric(name: str, threshold: float, beta: float) -> Any:
    """A metric of tags by its name: those that are said are at least as likely as the threshold."""
    if name == "accuracy_multi":
        return partial(accuracy_multi, thresh=threshold)
    if name == "hamming_loss":
        return HammingLossMulti(thresh=threshold)
    if name in ("roc_auc", "average_precision"):
        areas = tag_areas if name == "roc_auc" else tag_precisions
        return judged(areas, name, activation="sigmoid", flatten=False)
    weighed, nan = {"beta": beta}, float("nan")
    function, how = {
        "fbeta_score": (skm.fbeta_score, {**weighed, "average": "samples", "zero_division": 1.0}),
        "fbeta_macro": (skm.fbeta_score, {**weighed, "average": "macro", "zero_division": nan}),
        "fbeta_micro": (skm.fbeta_score, {**weighed, "average": "micro", "zero_division": nan}),
        "precision_macro": (skm.precision_score, {"average": "macro", "zero_division": nan}),
        "precision_micro": (skm.precision_score, {"average": "micro", "zero_division": nan}),
        "recall_macro": (skm.recall_score, {"average": "macro", "zero_division": nan}),
        "recall_micro": (skm.recall_score, {"average": "micro", "zero_division": nan}),
        "jaccard_samples": (skm.jaccard_score, {"average": "samples", "zero_division": 1.0}),
        "exact_match": (skm.accuracy_score, {}),
    }[name]
    return judged(function, name, thresh=threshold, activation="sigmoid", flatten=False, **how)


def top_3_accuracy(predicted: Tensor, target: Tensor) -> Tensor:
    """The share of items whose class is among the three likeliest."""
    found: Tensor = top_k_accuracy(predicted, target.flatten(), k=min(3, predicted.shape[-1]))
    return found


def top_5_accuracy(predicted: Tensor, target: Tensor) -> Tensor:
    """The share of items whose class is among the five likeliest."""
    found: Tensor = top_k_accuracy(predicted, target.flatten(), k=min(5, predicted.shape[-1]))
    return found


def log_loss(predicted: Tensor, target: Tensor) -> Tensor:
    """Plain cross-entropy, whatever the loss."""
    return functional.cross_entropy(
        predicted.as_subclass(Tensor).float(), target.as_subclass(Tensor).flatten().long()
    )


def class_areas(target: Array, scores: Array) -> float:
    """The mean area under the ROC curves of the classes, each against the others."""
    return tag_areas(target.reshape(-1, 1) == np.arange(scores.shape[1]), scores)


def tag_areas(target: Array, scores: Array) -> float:
    """The same of the tags that some items have and some lack; nan where there are none."""
    told = np.flatnonzero(target.any(axis=0) & ~target.all(axis=0))
    return _mean([skm.roc_auc_score(target[:, at], scores[:, at]) for at in told])


def tag_precisions(target: Array, scores: Array) -> float:
    """The mean average precision of the tags that some items have; nan where there are none."""
    told = np.flatnonzero(target.any(axis=0))
    return _mean([skm.average_precision_score(target[:, at], scores[:, at]) for at in told])


def _mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def mape(truth: Array, answer: Array) -> float:
    """The mean error as a part of the truth; nan where the truth is 0 somewhere."""
    return float(skm.mean_absolute_percentage_error(truth, answer)) if np.all(truth) else float("nan")


OF_NUMBERS: dict[str, Callable[[Array, Array], float]] = {
    "mse": skm.mean_squared_error,
    "rmse": skm.root_mean_squared_error,
    "mae": skm.mean_absolute_error,
    "r2": skm.r2_score,
    "explained_variance": skm.explained_variance_score,
    "median_absolute_error": skm.median_absolute_error,
    "max_error": skm.max_error,
    "mape": mape,
}


def number_figure(name: str, truth: Array, answer: Array) -> float:
    """One figure of numbers (n,); nan where an answer is no number."""
    if not np.isfinite(answer).all():
        return float("nan")
    return float(OF_NUMBERS[name](truth, answer))
