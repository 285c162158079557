"""From batches to a learner: fastai's language model, or its classifier around the same AWD-LSTM encoder.

The encoder carries its vocabulary with it (a buffer of its words), in every checkpoint and model file. So one of
another vocabulary is told, and refused, also where the sizes happen to be equal. Imports torch: engine only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from fastai.text.all import (
    AWD_LSTM,
    CrossEntropyLossFlat,
    DataLoaders,
    Learner,
    LMLearner,
    Perplexity,
    TextLearner,
    accuracy,
    awd_lstm_clas_config,
    awd_lstm_clas_split,
    awd_lstm_lm_config,
    awd_lstm_lm_split,
    get_language_model,
    get_text_classifier,
    top_k_accuracy,
)
from torch import Tensor, nn

from studio.dataset.balance import class_weights
from studio.errors import UserError
from studio.problems.base import Dataset
from studio.problems.measures.metrics import class_metric
from studio.problems.text import wikitext
from studio.problems.text.data import vocab_of
from studio.problems.text.items import metric_names_of as metric_names_of
from studio.problems.text.items import metrics_of_part
from studio.problems.text.options import CLASS_METRICS, LANGUAGE_MODEL, MODEL_METRICS, SIZES, Options
from studio.problems.text.options import CLASSIFIER as CLASSIFIER_PART
from studio.problems.text.weights import Encoder, start_from
from studio.problems.vision.losses import class_loss
from studio.project.atomic import write_bytes
from studio.recipe.schema import Recipe

LANGUAGE_MODEL_FILE = "language_model.safetensors"
WORDS = "vocabulary"
CLASSIFIER, MODEL = "0.module.", "0."
"""Before the names of an encoder's weights in a classifier, and in a language model."""


def metric_names() -> tuple[str, ...]:
    """All metrics there can be, in the order in which they are computed."""
    return (*CLASS_METRICS, *MODEL_METRICS)


def build(dls: DataLoaders, dataset: Dataset, recipe: Recipe, path: Path) -> Learner:
    """Build the learner that the loaders are for; nothing is frozen yet.

    Parameters
    ----------
    path : Path
        A folder of ours that the learner may write to; a relative weights file is looked for in and above it.

    Raises
    ------
    UserError
        Where the starting weights are not there, do not fit, or are of another vocabulary.
    """
    from studio.problems.text import PROBLEM

    options, vocab = PROBLEM.options_of(recipe), vocab_of(dls)
    is_classifier = len(dls.train_ds.tls) > 1
    learner = (
        _classifier(dls, dataset, recipe, vocab, path)
        if is_classifier
        else _language_model(dls, recipe, vocab, path)
    )
    encoder_of(learner.model).register_buffer(WORDS, packed_words(vocab))
    if options.weights != "none":
        start_from(Encoder(learner.model, CLASSIFIER if is_classifier else MODEL, vocab), options, path)
    return learner


def fetch(recipe: Recipe, progress: Callable[[str, int, int], None]) -> None:
    """Download the starting weights, where the recipe has some that are not here yet.

    Raises
    ------
    UserError
        Where they cannot be had, or would not fit the network; that is said before anything is downloaded.
    """
    from studio.problems.text import PROBLEM

    options = PROBLEM.options_of(recipe)
    if options.weights == "wikitext":
        wikitext.require_arch(options.arch)
        wikitext.fetch(progress)


def encoder_of(model: nn.Module) -> Any:
    """The AWD-LSTM in a language model or a classifier."""
    first = model[0]  # type: ignore[index]
    return first.module if hasattr(first, "module") else first


def settle(model: nn.Module) -> None:
    """Forget what was read last, so that a network can be copied.

    fastai's weight dropout keeps the weights of its last pass beside the raw ones, with their history.
    """
    with torch.no_grad():
        model.reset()  # type: ignore[operator]


def is_language_model(learner: Any) -> bool:
    """Whether a learner is one of a language model."""
    return not hasattr(learner.model[0], "module")


def _sizes(options: Options) -> dict[str, int]:
    return dict(zip(("emb_sz", "n_hid", "n_layers"), SIZES[options.arch], strict=True))


def _language_model(dls: DataLoaders, recipe: Recipe, vocab: tuple[str, ...], path: Path) -> Learner:
    from studio.problems.text import PROBLEM

    options = PROBLEM.options_of(recipe)
    model = get_language_model(
        AWD_LSTM, len(vocab), config={**awd_lstm_lm_config, **_sizes(options)}, drop_mult=options.dropout
    )
    return LMLearner(
        dls,
        model,
        loss_func=CrossEntropyLossFlat(),
        splitter=awd_lstm_lm_split,
        metrics=[model_metric(name) for name in metrics_of_part(recipe, LANGUAGE_MODEL)],
        path=path,
        model_dir="models",
    )


def _classifier(
    dls: DataLoaders, dataset: Dataset, recipe: Recipe, vocab: tuple[str, ...], path: Path
) -> Learner:
    from studio.problems.text import PROBLEM

    options = PROBLEM.options_of(recipe)
    is_weighted = options.class_weights == "balanced"
    weighted = {"weight": torch.tensor(class_weights(dataset))} if is_weighted else {}
    model = get_text_classifier(
        AWD_LSTM,
        len(vocab),
        len(dls.train.vocab),
        seq_len=options.seq_len,
        config={**awd_lstm_clas_config, **_sizes(options)},
        drop_mult=options.dropout,
        max_len=None,
    )
    return TextLearner(
        dls,
        model,
        loss_func=class_loss(options.loss, **weighted),
        splitter=awd_lstm_clas_split,
        metrics=[class_metric(name) for name in metrics_of_part(recipe, CLASSIFIER_PART)],
        path=path,
        model_dir="models",
    )


def model_metric(name: str) -> Any:
    """A metric of a language model by its name, as a learner takes it."""
    plain: dict[str, Any] = {
        "token_accuracy": token_accuracy,
        "top_3_token_accuracy": top_3_token_accuracy,
        "top_5_token_accuracy": top_5_token_accuracy,
    }
    return plain.get(name) or Perplexity()


def token_accuracy(predicted: Tensor, target: Tensor) -> Any:
    """The share of next words that are foretold."""
    return accuracy(predicted, target)


def top_3_token_accuracy(predicted: Tensor, target: Tensor) -> Any:
    """The share of next words among the three likeliest."""
    return top_k_accuracy(predicted, target, k=3)


def top_5_token_accuracy(predicted: Tensor, target: Tensor) -> Any:
    """The share of next words among the five likeliest."""
    return top_k_accuracy(predicted, target, k=5)


def packed_words(vocab: tuple[str, ...]) -> Tensor:
    """A vocabulary as bytes: (n,) uint8."""
    raw = "\0".join(vocab).encode("utf-8", "surrogatepass")
    return torch.frombuffer(bytearray(raw), dtype=torch.uint8)


def words_in(tensor: Tensor) -> tuple[str, ...]:
    """What `packed_words` wrote."""
    return tuple(tensor.numpy().tobytes().decode("utf-8", "surrogatepass").split("\0"))


def carry(learner: Any, weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """What a learner takes of the weights ("model.") of an earlier stage or run.

    All of them, where they are of the same part. From a language model to a classifier, and the other way, the encoder;
    the rest is the learner's own. A language model that is left behind is kept in the run's folder.

    Raises
    ------
    UserError
        Where the encoder has another vocabulary.
    """
    given = {name.removeprefix("model."): t for name, t in weights.items() if name.startswith("model.")}
    theirs, ours = (CLASSIFIER if is_classifier else MODEL for is_classifier in
                    (f"{CLASSIFIER}{WORDS}" in given, not is_language_model(learner)))  # fmt: skip
    require_same_words(given.get(f"{theirs}{WORDS}"), encoder_of(learner.model).vocabulary)
    if theirs == ours:
        return dict(weights)
    if ours == CLASSIFIER:
        keep_language_model(Path(learner.path), given)
    own = {f"model.{name}": value for name, value in learner.model.state_dict().items()}
    taken = {
        f"model.{ours}{name.removeprefix(theirs)}": value
        for name, value in given.items()
        if name.startswith(theirs)
    }
    return {name: taken.get(name, value) for name, value in own.items()}


def require_same_words(theirs: Tensor | None, ours: Tensor) -> None:
    """Raise a `UserError` where two vocabularies differ."""
    if theirs is not None and torch.equal(theirs.cpu(), ours.cpu()):
        return
    n_theirs = (
        "no vocabulary" if theirs is None else f"another vocabulary ({len(words_in(theirs.cpu())):,} words)"
    )
    raise UserError(
        f"The encoder has {n_theirs}, this data has one of {len(words_in(ours.cpu())):,} words: "
        "its numbers mean other words here.",
        "The texts or the options of the vocabulary have changed since it was trained: put them back, train anew, or "
        "start from its file with match_words=true.",
    )


def keep_language_model(folder: Path, tensors: Mapping[str, Tensor]) -> None:
    """Write a language model's weights, vocabulary inside, into a run's folder."""
    plain = {name: value.detach().cpu().contiguous().clone() for name, value in tensors.items()}
    write_bytes(folder / LANGUAGE_MODEL_FILE, safetensors.torch.save(plain))
