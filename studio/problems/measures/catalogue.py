"""Every metric by its name in the field: what it says, how it is written, and which way is better. No torch, no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scale = Literal["share", "coefficient", "unit", "figure"]


@dataclass(frozen=True)
class Measure:
    """One metric.

    Attributes
    ----------
    title, sentence : str
        For people: the name within a sentence, and what it says.
    is_up : bool
        Whether more of it is better.
    scale : {"share", "coefficient", "unit", "figure"}
        A part of a whole, written in per cent; a number whose best is 1; an error in the unit of what is predicted; or
        a figure of its own, that no other can be compared with.
    """

    title: str
    sentence: str
    is_up: bool
    scale: Scale


MEASURES: dict[str, Measure] = {
    "accuracy": Measure("accuracy", "The share of items whose class is right.", True, "share"),
    "error_rate": Measure("error rate", "The share of items whose class is wrong.", False, "share"),
    "top_3_accuracy": Measure(
        "top-3 accuracy",
        "The share of items whose class is among the three likeliest; all of them, with up to three classes.",
        True,
        "share",
    ),
    "top_5_accuracy": Measure(
        "top-5 accuracy",
        "The share of items whose class is among the five likeliest; all of them, with up to five classes.",
        True,
        "share",
    ),
    "balanced_accuracy": Measure(
        "balanced accuracy",
        "The recall of every class, averaged, so that a rare one counts as much.",
        True,
        "share",
    ),
    "f1_macro": Measure(
        "F1 (macro)",
        "The mean of precision and recall of every class, averaged over the classes.",
        True,
        "share",
    ),
    "precision_macro": Measure(
        "precision (macro)",
        "How often a class is right where it is said, averaged over the classes.",
        True,
        "share",
    ),
    "recall_macro": Measure(
        "recall (macro)", "How much of a class is found, averaged over the classes.", True, "share"
    ),
    "cohen_kappa": Measure(
        "Cohen's kappa",
        "How far the answers agree beyond chance: 0 is guessing, 1 is all right.",
        True,
        "coefficient",
    ),
    "matthews_corrcoef": Measure(
        "Matthews correlation",
        "The correlation of answers and truth, also for classes of unlike size: 0 is guessing, 1 is all right.",
        True,
        "coefficient",
    ),
    "roc_auc": Measure(
        "ROC AUC",
        "How surely an item of a class scores above one of another: 0.5 is guessing; averaged over the classes that "
        "the validation set has.",
        True,
        "coefficient",
    ),
    "log_loss": Measure(
        "log loss", "The plain cross-entropy, whatever the loss: sure and wrong costs most.", False, "figure"
    ),
    "fbeta_score": Measure(
        "F-beta", "The F-beta of every photo, averaged, with the recipe's beta.", True, "share"
    ),
    "accuracy_multi": Measure(
        "accuracy per tag", "The share of right yes or no, over all photos and tags.", True, "share"
    ),
    "hamming_loss": Measure(
        "Hamming loss", "The share of wrong yes or no, over photos and tags.", False, "figure"
    ),
    "fbeta_macro": Measure(
        "F-beta (macro)",
        "The F-beta of every tag, averaged, so that a rare tag counts as much.",
        True,
        "share",
    ),
    "fbeta_micro": Measure("F-beta (micro)", "The F-beta over all photos and tags at once.", True, "share"),
    "precision_micro": Measure(
        "precision (micro)", "How many of the tags that are said are right, over all photos.", True, "share"
    ),
    "recall_micro": Measure(
        "recall (micro)", "How many of the true tags are said, over all photos.", True, "share"
    ),
    "jaccard_samples": Measure(
        "Jaccard",
        "Tags that are said and true among those that are either, averaged over the photos.",
        True,
        "share",
    ),
    "exact_match": Measure("exact match", "The share of photos with every tag right.", True, "share"),
    "average_precision": Measure(
        "mean average precision",
        "Precision over all thresholds, averaged over the tags that the validation set has.",
        True,
        "share",
    ),
    "foreground_acc": Measure(
        "foreground accuracy", "The share of labelled pixels that are right (pixel accuracy).", True, "share"
    ),
    "dice": Measure("Dice", "Twice the overlap over both areas, averaged over the classes.", True, "share"),
    "iou": Measure("IoU", "Overlap over union (Jaccard), averaged over the classes.", True, "share"),
    "jaccard_weighted": Measure(
        "IoU by area", "Overlap over union, each class weighted by its labelled pixels.", True, "share"
    ),
    "rmse": Measure("RMSE", "The root of the mean squared error: large misses count most.", False, "unit"),
    "mae": Measure("MAE", "The mean of the errors' size.", False, "unit"),
    "mse": Measure("MSE", "The mean squared error.", False, "figure"),
    "r2": Measure(
        "R²", "The part of the spread that is explained: 0 is guessing the mean.", True, "coefficient"
    ),
    "explained_variance": Measure(
        "explained variance", "The same without counting a constant offset.", True, "coefficient"
    ),
    "median_absolute_error": Measure(
        "median error", "Half of the errors are smaller: a few large misses change nothing.", False, "unit"
    ),
    "max_error": Measure("largest error", "The worst miss of the validation set.", False, "unit"),
    "mape": Measure(
        "MAPE", "The mean error as a part of the truth; none where the truth is 0 somewhere.", False, "share"
    ),
    "point_error": Measure(
        "mean point error", "The mean distance from the truth, in the photo's pixels.", False, "unit"
    ),
    "median_point_error": Measure(
        "median point error", "Half of the points are nearer, in the photo's pixels.", False, "unit"
    ),
    "max_point_error": Measure(
        "largest point error", "The farthest miss, in the photo's pixels.", False, "unit"
    ),
    "error_of_width": Measure(
        "error as part of the width", "The mean distance as a part of the photo's width.", False, "share"
    ),
    "pck": Measure("points within 5 % of the width", "The share of points that near (PCK).", True, "share"),
    "pck_10": Measure(
        "points within 10 % of the width", "The share of points that near (PCK).", True, "share"
    ),
    "perplexity": Measure(
        "perplexity", "Between how many words the language model wavers, on the average.", False, "figure"
    ),
    "token_accuracy": Measure("token accuracy", "The share of next words that are foretold.", True, "share"),
    "top_3_token_accuracy": Measure(
        "top-3 token accuracy", "The share of next words among the three likeliest.", True, "share"
    ),
    "top_5_token_accuracy": Measure(
        "top-5 token accuracy", "The share of next words among the five likeliest.", True, "share"
    ),
}


def direction(name: str) -> bool | None:
    """Whether more of a metric is better; None where it is not known."""
    return MEASURES[name].is_up if name in MEASURES else None
