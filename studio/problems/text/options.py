"""The fields of text, its guess at a folder and its default plans. No torch, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from msgspec import Meta, Struct

from studio.dataset.letter_encodings import AUTO
from studio.problems.base import Guess
from studio.problems.measures.choosing import CLASS_NAMES, ClassMetric, metrics_field
from studio.problems.table_options import NOTHING, Merge, Sheet, encoding_field, header_field, separator_field
from studio.problems.vision.networks import ClassWeights, Loss
from studio.recipe.fields import about
from studio.recipe.schema import Rate, Stage

LANGUAGE_MODEL, CLASSIFIER = "language_model", "classifier"
SIZES = {"awd_lstm_small": (100, 200, 1), "awd_lstm_medium": (200, 600, 2), "awd_lstm": (400, 1152, 3)}
"""For each network: numbers for a word, units of a layer, layers."""
DEEPER = 2.6**4
"""How many times slower the first layers learn than the head: the usual factor of 2.6 a group, over four groups."""

ModelMetric = Literal["perplexity", "token_accuracy", "top_3_token_accuracy", "top_5_token_accuracy"]
"""Of a language model: what comes next in the text."""
MODEL_NAMES: tuple[str, ...] = get_args(ModelMetric)
CLASS_METRICS, MODEL_METRICS = ("accuracy", "error_rate"), ("perplexity",)
"""Told by themselves."""


class Options(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What text can be told."""

    source: Annotated[
        Literal["table", "folders"],
        about(
            "Texts are in",
            "A table with a column of texts, or text files in a folder for each class.",
            choices={"table": "A table", "folders": "Text files in folders"},
            note="language-model",
        ),
    ] = "table"
    table: Annotated[
        str,
        about(
            "Table",
            "A CSV, TSV, Parquet or Excel file below the data folder.",
            shown_when=("source", ("table",)),
            note="language-model",
        ),
    ] = ""
    encoding: Annotated[str, encoding_field(("source", ("table",)))] = AUTO
    separator: Annotated[str, separator_field(("source", ("table",)))] = AUTO
    header: Annotated[Literal["yes", "no"], header_field(("source", ("table",)))] = "yes"
    sheet: Sheet = ""
    text_column: Annotated[
        str,
        about(
            "Text column",
            "The column of texts. Empty: guessed by its name, else the one with the longest cells.",
            kind="column",
            shown_when=("source", ("table",)),
            note="language-model",
        ),
    ] = ""
    label_column: Annotated[
        str,
        about(
            "Label column",
            "The column of classes. Rows without a label are read by the language model only.",
            kind="column",
            shown_when=("source", ("table",)),
            note="language-model",
        ),
    ] = ""
    merge: Merge = ""
    task: Annotated[
        Literal["classification", "language_model"],
        about(
            "Learn",
            "To tell classes apart, with a language model before it that needs no labels; or the language alone.",
            choices={"classification": "Classes of texts", "language_model": "The language only"},
            note="language-model",
        ),
    ] = "classification"
    arch: Annotated[
        Literal["awd_lstm_small", "awd_lstm_medium", "awd_lstm"],
        about(
            "Network",
            "Small (1 layer of 200) learns from a thousand texts in minutes; medium has 2 layers of 600. Full (3 of "
            "1152) is for weights from WikiText, or for many texts and a card.",
            choices={
                "awd_lstm_small": "AWD-LSTM, small",
                "awd_lstm_medium": "AWD-LSTM, medium",
                "awd_lstm": "AWD-LSTM, full",
            },
            note="architecture",
        ),
    ] = "awd_lstm_small"
    weights: Annotated[
        str,
        about(
            "Starting weights",
            "None, those of WikiText-103 (106 MB, downloaded once; for the full AWD-LSTM), or a file: a language model "
            "trained here (language_model.safetensors in a run's folder), or fastai's .pth with its .pkl beside it.",
            choices={"none": "None, from scratch", "wikitext": "WikiText-103 (English)"},
            open=True,
            kind="file",
            note="language-model",
        ),
    ] = "none"
    match_words: Annotated[
        bool,
        about(
            "Match words",
            "Takes over an encoder of another vocabulary word by word; words that it does not know begin as its mean. "
            "Without this, an encoder of another vocabulary is refused. WikiText is always matched.",
            more=True,
            note="embeddings-bias",
        ),
    ] = False
    most_tokens: Annotated[
        int,
        Meta(ge=16, le=20_000),
        about(
            "Longest text",
            "So many words and marks from its beginning are read by the classifier, in training and in every bundle.",
            unit="tokens",
            note="language-model",
        ),
    ] = 500
    min_freq: Annotated[
        int,
        Meta(ge=1, le=1000),
        about(
            "Rarest word",
            "A word that stands less often than this in the training texts is unknown.",
            unit="times",
            more=True,
            note="embeddings-bias",
        ),
    ] = 3
    max_vocab: Annotated[
        int,
        Meta(ge=100, le=500_000),
        about(
            "Largest vocabulary",
            "The most frequent words are kept, at most so many.",
            unit="words",
            more=True,
            note="embeddings-bias",
        ),
    ] = 60_000
    html: Annotated[
        Literal["remove", "keep"],
        about(
            "HTML remnants",
            "Tags such as <br /> become spaces or line ends, &amp; becomes &; or everything is kept as written.",
            choices={"remove": "Turn into plain text", "keep": "Keep as written"},
            more=True,
            note="language-model",
        ),
    ] = "remove"
    seq_len: Annotated[
        int,
        Meta(ge=8, le=512),
        about(
            "Tokens at a time",
            "Over how many tokens the network learns to remember in one step.",
            unit="tokens",
            more=True,
            note="language-model",
        ),
    ] = 72
    dropout: Annotated[
        float,
        Meta(ge=0.0, le=2.0),
        about(
            "Dropout",
            "Times the five dropouts of AWD-LSTM as fastai sets them. Less for few texts, more where it over-fits.",
            unit="times",
            note="over-under-fitting",
        ),
    ] = 0.5
    loss: Loss = "cross_entropy"
    class_weights: ClassWeights = "none"
    metrics: Annotated[
        tuple[ClassMetric | ModelMetric, ...], metrics_field((*CLASS_NAMES, *MODEL_NAMES))
    ] = ()


def guess(folder: Path, told: Mapping[str, Any] = NOTHING) -> Guess | None:
    """Look at a folder or a table for a moment and propose values."""
    from studio.problems.text.guessing import guess_at

    return guess_at(folder, told)


def stages(options: Options) -> tuple[Stage, ...]:
    """A language model, then its encoder in a classifier that is thawed from the head downwards."""
    is_fresh = options.weights == "none"
    model = _language_model(is_fresh)
    if options.task == "language_model":
        return model
    return (*model, *(_small_classifier() if is_fresh else _classifier(SIZES[options.arch][2])))


def _language_model(is_fresh: bool) -> tuple[Stage, ...]:
    """From scratch nothing is worth freezing; a pre-trained one first learns the new words."""
    if is_fresh:
        return (Stage(part=LANGUAGE_MODEL, freeze=False, epochs=4, lr=Rate(max=1e-2, min=1e-2)),)
    return (
        Stage(part=LANGUAGE_MODEL, freeze=True, epochs=1, lr=Rate(max=2e-2)),
        Stage(part=LANGUAGE_MODEL, freeze=False, epochs=4, lr=Rate(max=2e-3)),
    )


def _small_classifier() -> tuple[Stage, ...]:
    """After a short language model the encoder has much to learn: all layers at one rate."""
    return (
        Stage(part=CLASSIFIER, freeze=True, epochs=1, lr=Rate(max=2e-2)),
        Stage(part=CLASSIFIER, freeze=True, freeze_to=-2, epochs=1, lr=Rate(max=1e-2, min=5e-3)),
        Stage(part=CLASSIFIER, freeze=False, epochs=6, lr=Rate(max=5e-3, min=5e-3)),
    )


def _classifier(layers: int) -> tuple[Stage, ...]:
    """Head; the last layer too; one more; all: lower layers ever slower."""
    third = [(-3, 5e-3)] if layers > 1 else []
    thawing = [
        Stage(part=CLASSIFIER, freeze=True, freeze_to=to, epochs=1, lr=Rate(max=rate, min=rate / DEEPER))
        for to, rate in ((-2, 1e-2), *third)
    ]
    return (
        Stage(part=CLASSIFIER, freeze=True, epochs=1, lr=Rate(max=2e-2)),
        *thawing,
        Stage(part=CLASSIFIER, freeze=False, epochs=2, lr=Rate(max=1e-3, min=1e-3 / DEEPER)),
    )
