"""The metrics as text, for exported scripts: an expression each, and the functions that it needs. Nothing but text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

LINE = 90
IMPORT = "import sklearn.metrics as skm\n"
SHARED = '''
def mean_of(values):
    """Return the mean of what there is; nan of nothing."""
    return float(np.mean(values)) if values else float("nan")
'''
TOP = '''
def top_{k}_accuracy(predicted, target):
    """Return the share of items whose class is among the {word} likeliest."""
    return top_k_accuracy(predicted, target.flatten(), k=min({k}, predicted.shape[-1]))
'''
LOG_LOSS = '''
def log_loss(predicted, target):
    """Return the plain cross-entropy, whatever the loss."""
    scores, truth = predicted.as_subclass(torch.Tensor), target.as_subclass(torch.Tensor)
    return F.cross_entropy(scores.float(), truth.flatten().long())
'''
TAG_AREAS = '''
def tag_areas(target, scores):
    """Return the mean area under the ROC curves of what some items have and some lack."""
    told = np.flatnonzero(target.any(axis=0) & ~target.all(axis=0))
    return mean_of([skm.roc_auc_score(target[:, at], scores[:, at]) for at in told])
'''
CLASS_AREAS = '''
def class_areas(target, scores):
    """Return the same of classes, each against the others."""
    return tag_areas(target.reshape(-1, 1) == np.arange(scores.shape[1]), scores)
'''
TAG_PRECISIONS = '''
def tag_precisions(target, scores):
    """Return the mean average precision of the tags that some items have."""
    told = np.flatnonzero(target.any(axis=0))
    return mean_of([skm.average_precision_score(target[:, at], scores[:, at]) for at in told])
'''
IN_UNIT = '''
def in_unit(figure, name):
    """Return a metric of numbers in their own unit: the mean over the columns."""

    def value(predicted, target):
        answers = {loss}.activation(predicted.as_subclass(torch.Tensor).double()).numpy()
        truths = target.as_subclass(torch.Tensor).double().numpy().reshape(answers.shape)
        return float(np.mean([figure(truths[:, at], answers[:, at]) for at in range(answers.shape[1])]))

    return AccumMetric(value, name=name, flatten=False)
'''
MAPE = '''
def mape(truth, answer):
    """Return the mean error as a part of the truth; nan where the truth is 0 somewhere."""
    return skm.mean_absolute_percentage_error(truth, answer) if truth.all() else float("nan")
'''
RMSE = '''
def root_mean_square(predicted, target):
    """Return the root of the mean squared error."""
    return torch.sqrt(F.mse_loss(predicted, target))
'''


class Words(NamedTuple):
    """What a script needs: an expression for each metric in order, and functions to stand before the learner."""

    expressions: tuple[str, ...]
    functions: str

    def listed(self) -> str:
        """The expressions as the argument of a learner, in one line where that is not too long."""
        line = ", ".join(self.expressions)
        if len(line) <= LINE:
            return f"[{line}]"
        return "[\n" + "".join(f"            {one},\n" for one in self.expressions) + "        ]"

    @property
    def imports(self) -> str:
        """The line that brings scikit-learn, where it is used."""
        return IMPORT if "skm." in self.functions + "".join(self.expressions) else ""


def _sklearn(function: str, name: str, *more: str) -> str:
    arguments = ", ".join((f"skm.{function}", f'name="{name}"', *more))
    return f"skm_to_fastai({arguments})"


_MACRO = ('average="macro"', "zero_division=0")
_CLASSES: dict[str, tuple[str, tuple[str, ...]]] = {
    "accuracy": ("accuracy", ()),
    "error_rate": ("error_rate", ()),
    "top_3_accuracy": ("top_3_accuracy", (TOP.format(k=3, word="three"),)),
    "top_5_accuracy": ("top_5_accuracy", (TOP.format(k=5, word="five"),)),
    "log_loss": ("log_loss", (LOG_LOSS,)),
    "balanced_accuracy": (_sklearn("balanced_accuracy_score", "balanced_accuracy"), ()),
    "f1_macro": (_sklearn("f1_score", "f1_macro", *_MACRO), ()),
    "precision_macro": (_sklearn("precision_score", "precision_macro", *_MACRO), ()),
    "recall_macro": (_sklearn("recall_score", "recall_macro", *_MACRO), ()),
    "cohen_kappa": (_sklearn("cohen_kappa_score", "cohen_kappa"), ()),
    "matthews_corrcoef": (_sklearn("matthews_corrcoef", "matthews_corrcoef"), ()),
    "roc_auc": (
        'skm_to_fastai(class_areas, name="roc_auc", activation="softmax", flatten=False)',
        (SHARED, TAG_AREAS, CLASS_AREAS),
    ),
}
_FIGURES = {
    "mse": "skm.mean_squared_error",
    "rmse": "skm.root_mean_squared_error",
    "mae": "skm.mean_absolute_error",
    "r2": "skm.r2_score",
    "explained_variance": "skm.explained_variance_score",
    "median_absolute_error": "skm.median_absolute_error",
    "max_error": "skm.max_error",
    "mape": "mape",
}
_RATINGS: dict[str, tuple[str, tuple[str, ...]]] = {
    "mse": ('AccumMetric(F.mse_loss, name="mse")', ()),
    "rmse": ('AccumMetric(root_mean_square, name="rmse")', (RMSE,)),
    "mae": ('AccumMetric(F.l1_loss, name="mae")', ()),
}


def class_words(names: Sequence[str]) -> Words:
    """Metrics of one class out of several."""
    return _together([_CLASSES[name] for name in names])


def number_words(names: Sequence[str], loss: str) -> Words:
    """Metrics of numbers in their own unit; `loss` is an expression for what `activation` belongs to."""
    unit = IN_UNIT.format(loss=loss)
    return _together(
        [
            (f'in_unit({_FIGURES[name]}, "{name}")', (unit, *((MAPE,) if name == "mape" else ())))
            for name in names
        ]
    )


def rating_words(names: Sequence[str]) -> Words:
    """Metrics of ratings, which the network answers as they are."""
    return _together(
        [
            _RATINGS.get(name, (_sklearn(_FIGURES[name].removeprefix("skm."), name, "is_class=False"), ()))
            for name in names
        ]
    )


def tag_words(names: Sequence[str], threshold: str, beta: str) -> Words:
    """Metrics of several tags; `threshold` and `beta` as Python writes them."""
    return _together([_tag(name, threshold, beta) for name in names])


def _tag(name: str, threshold: str, beta: str) -> tuple[str, tuple[str, ...]]:
    scored = f'name="{name}", is_class=False, activation="sigmoid", flatten=False'
    said, weighed = (f"thresh={threshold}", "flatten=False"), f"beta={beta}"
    function, average, own = {
        "fbeta_score": ("fbeta_score", "samples", (weighed,)),
        "fbeta_macro": ("fbeta_score", "macro", (weighed,)),
        "fbeta_micro": ("fbeta_score", "micro", (weighed,)),
        "precision_macro": ("precision_score", "macro", ()),
        "precision_micro": ("precision_score", "micro", ()),
        "recall_macro": ("recall_score", "macro", ()),
        "recall_micro": ("recall_score", "micro", ()),
        "jaccard_samples": ("jaccard_score", "samples", ()),
    }.get(name, ("", "", ()))
    if function:
        nothing = "zero_division=1.0" if average == "samples" else 'zero_division=float("nan")'
        return _sklearn(function, name, *said, *own, f'average="{average}"', nothing), ()
    return {
        "accuracy_multi": (f"partial(accuracy_multi, thresh={threshold})", ()),
        "hamming_loss": (f"HammingLossMulti(thresh={threshold})", ()),
        "exact_match": (_sklearn("accuracy_score", name, *said), ()),
        "roc_auc": (f"skm_to_fastai(tag_areas, {scored})", (SHARED, TAG_AREAS)),
        "average_precision": (f"skm_to_fastai(tag_precisions, {scored})", (SHARED, TAG_PRECISIONS)),
    }[name]


def _together(found: Sequence[tuple[str, tuple[str, ...]]]) -> Words:
    functions = dict.fromkeys(text for _, needed in found for text in needed)
    return Words(tuple(expression for expression, _ in found), "".join(f"\n{text}" for text in functions))
